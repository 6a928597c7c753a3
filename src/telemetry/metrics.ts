import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { Attempt } from '../identity/call.ts'
import type { PipelineState } from '../upstream/watch.ts'
import { createOperationNames } from './operation-names.ts'
import { registerStanding } from './standing-metrics.ts'
import type { RequestSink } from './request-summary.ts'
import { createDurationHistogram, createTallies, type Durations, type Tally } from './tallies.ts'

/** What is counted, for Prometheus to read. No label ever holds an id or an address of anybody. */
export interface Metrics {
  readonly requests: RequestSink
  attempt(attempt: Attempt): void
  connected(provider: string, state: () => PipelineState): void
  credentialsRefused(provider: string): void
  /** `reason`: one of a few fixed words. */
  callerRefused(reason: string): void
  sharedStoreChanged(isUp: boolean): void
  /** So many records were asked of the entity cache, with this outcome. */
  cacheRead(provider: string, kind: string, outcome: string, count: number): void
  /** All of it, in the text format. */
  read(): Promise<{ readonly text: string; readonly contentType: string }>
}

export interface MetricsOptions {
  /** Lines of the log that were dropped so far. */
  readonly droppedLogLines: () => number
  /** Whether the process itself is measured too, which observes the garbage collector and the event loop. */
  readonly measuresProcess: boolean
}

const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const attemptSeconds = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

export function createMetrics({ droppedLogLines, measuresProcess }: MetricsOptions): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const pipelines = new Map<string, () => PipelineState>()
  const names = createOperationNames()
  if (measuresProcess) collectDefaultMetrics({ register: registry })

  const operations = new Counter({
    name: 'identity_gateway_operations_total',
    help: 'GraphQL operations that were executed, by the name that the caller gave, type and outcome.',
    labelNames: ['operation', 'type', 'outcome'],
    registers,
  })
  const refusals = new Counter({
    name: 'identity_gateway_refusals_total',
    help: 'Requests that were refused before anything was executed, by code.',
    labelNames: ['code'],
    registers,
  })
  const errors = new Counter({
    name: 'identity_gateway_errors_total',
    help: 'Executed operations whose answer had an error of this code.',
    labelNames: ['code'],
    registers,
  })
  const duration = createDurationHistogram({
    name: 'identity_gateway_request_duration_seconds',
    help: 'From the headers of a request to its answer, by the type of the operation.',
    labelNames: ['type'],
    buckets: requestSeconds,
    registers,
  })
  let inFlight = 0
  const requestsInFlight: Gauge = new Gauge({
    name: 'identity_gateway_requests_in_flight',
    help: 'Requests that are being answered.',
    registers,
    collect: () => requestsInFlight.set(inFlight),
  })
  const attempts = new Counter({
    name: 'identity_gateway_upstream_attempts_total',
    help: 'Attempts to reach a provider, by route and HTTP status, or timeout, network or aborted where no answer came.',
    labelNames: ['provider', 'route', 'status'],
    registers,
  })
  const attemptDuration = createDurationHistogram({
    name: 'identity_gateway_upstream_duration_seconds',
    help: 'From sending an attempt to its answer or failure, by route.',
    labelNames: ['provider', 'route'],
    buckets: attemptSeconds,
    registers,
  })
  const retries = new Counter({
    name: 'identity_gateway_upstream_retries_total',
    help: 'Attempts that repeat an earlier one.',
    labelNames: ['provider'],
    registers,
  })
  const refusedCredentials = new Counter({
    name: 'identity_gateway_upstream_credentials_refused_total',
    help: 'Times a provider began to refuse our key.',
    labelNames: ['provider'],
    registers,
  })
  const refusedCallers = new Counter({
    name: 'identity_gateway_callers_refused_total',
    help: 'Requests whose sender was not recognised, by why.',
    labelNames: ['reason'],
    registers,
  })
  const cacheReads = new Counter({
    name: 'identity_gateway_entity_cache_records_total',
    help: 'Records asked of the entity cache, by what it did: hit, stale, miss or rescued.',
    labelNames: ['provider', 'kind', 'outcome'],
    registers,
  })
  let sharedStore: Gauge | null = null
  registerStanding(registry, pipelines, droppedLogLines)
  // A counter that is not there cannot be told from one that has not moved.
  errors.inc({ code: 'INTERNAL' }, 0)

  const operationTallies = createTallies(operations)
  const tallyOf = remembered((operation: string, type: string, outcome: string) =>
    operationTallies.of({ operation, type, outcome }),
  )
  const durationsOf = remembered((type: string) => duration.of({ type }))
  const attemptTallies = createTallies(attempts)
  const routes = new Map<string, Map<string, RouteFigures>>()

  function figuresOf(provider: string, route: string): RouteFigures {
    let ofProvider = routes.get(provider)
    if (!ofProvider) routes.set(provider, (ofProvider = new Map()))
    let figures = ofProvider.get(route)
    if (!figures)
      ofProvider.set(route, (figures = { tallies: new Map(), durations: attemptDuration.of({ provider, route }) }))
    return figures
  }

  return {
    requests: {
      began() {
        inFlight += 1
      },
      ended({ operationName, operationType, outcome, codes, durationMs }) {
        inFlight -= 1
        durationsOf(operationType).observe(durationMs / 1000)
        if (outcome === 'refused') for (const code of codes) refusals.inc({ code })
        else for (const code of codes) errors.inc({ code })
        if (operationType === 'none' || outcome === 'refused') return
        tallyOf(names.labelOf(operationName), operationType, outcome).count += 1
      },
    },
    attempt({ provider, route, status: httpStatus, failure, attempt, durationMs }) {
      const { tallies, durations } = figuresOf(provider, route)
      const status = httpStatus ?? failure ?? 'network'
      let tally = tallies.get(status)
      if (!tally) tallies.set(status, (tally = attemptTallies.of({ provider, route, status })))
      tally.count += 1
      durations.observe(durationMs / 1000)
      if (attempt > 1) retries.inc({ provider })
    },
    connected(provider, state) {
      pipelines.set(provider, state)
      retries.inc({ provider }, 0)
      refusedCredentials.inc({ provider }, 0)
    },
    credentialsRefused: (provider) => refusedCredentials.inc({ provider }),
    callerRefused: (reason) => refusedCallers.inc({ reason }),
    sharedStoreChanged(isUp) {
      // Not there where there is no such store: 0 would be one that is away.
      sharedStore ??= new Gauge({
        name: 'identity_gateway_shared_store_up',
        help: '1 while the store that processes share answers.',
        registers,
      })
      sharedStore.set(isUp ? 1 : 0)
    },
    cacheRead: (provider, kind, outcome, count) => cacheReads.inc({ provider, kind, outcome }, count),
    async read() {
      operationTallies.tell()
      attemptTallies.tell()
      return { text: await registry.metrics(), contentType: registry.contentType }
    },
  }
}

/** Of the attempts at one route of a provider. */
interface RouteFigures {
  /** By HTTP status or failure. */
  readonly tallies: Map<string | number, Tally>
  readonly durations: Durations
}

/** Makes what is counted with once for each set of its labels. */
function remembered<Labels extends readonly string[], Child>(
  make: (...labels: Labels) => Child,
): (...labels: Labels) => Child {
  const children = new Map<string, Child>()
  return (...labels) => {
    const key = labels.join(' ')
    let child = children.get(key)
    if (child === undefined) children.set(key, (child = make(...labels)))
    return child
  }
}
