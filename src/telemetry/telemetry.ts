import type { AttemptRecorder } from '../identity/call.ts'
import type { PipelineWatch } from '../upstream/watch.ts'
import { type LogLevel, openLog } from './log.ts'
import { type CallerRefusal, createRefusalLog } from './refusal-log.ts'
import type { RequestWatchOptions } from './request-watch.ts'
import { openTraces, type TraceOptions } from './traces.ts'

export interface TelemetryOptions {
  readonly logLevel: LogLevel
  /** Where Prometheus reads, without any key; `null`: nothing is counted. `port` 0: any free one. */
  readonly metrics: { readonly host: string; readonly port: number } | null
  /** `null`: nothing is traced, and no package for it loaded. */
  readonly traces: Pick<TraceOptions, 'sampler' | 'ratio' | 'tellsProviders'> | null
}

export const noTelemetry: TelemetryOptions = { logLevel: 'off', metrics: null, traces: null }

/** Everything that an operator sees of the gateway, in one place: what happens is told here, and goes to log, metrics and traces. */
export interface Telemetry {
  /** For whoever answers requests. */
  readonly requests: RequestWatchOptions
  /** For whoever connects providers: sees all attempts, made for a request or not. */
  readonly record: AttemptRecorder
  readonly watch: PipelineWatch
  /** `requestId` `null`: it was in no request. */
  internalError(error: Error, requestId: string | null): void
  /** Somebody asked and was not recognised. */
  callerRefused(refusal: CallerRefusal): void
  /** The store that processes share came or went. `reason`: a sentence without address or password; `null` when it is there. */
  sharedStoreChanged(isUp: boolean, reason: string | null): void
  /** A record in that store cannot be opened: it was changed there, or is of another version. */
  sharedRecordUnreadable(): void
  /** So many records of this kind (`user`, `group`) were asked of the entity cache, which had this outcome (`hit`, say). */
  cacheRead(provider: string, kind: string, outcome: string, count: number): void
  /** Serves the metrics. `null`: there are none. */
  serveMetrics(): Promise<{ readonly port: number } | null>
  /** Ends when all is written and handed over. */
  close(): Promise<void>
}

export async function openTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const log = openLog(options.logLevel)
  const isLogged = options.logLevel !== 'off'
  // Prometheus' client is only loaded where somebody reads.
  const { createMetrics } = options.metrics ? await import('./metrics.ts') : { createMetrics: null }
  const metrics = createMetrics?.({ droppedLogLines: log.dropped, measuresProcess: true }) ?? null
  const traces = options.traces && (await openTraces({ ...options.traces, onExportFailed: log.traceExportFailed }))
  const closings: (() => Promise<void>)[] = []
  const refusals = createRefusalLog(log.callerRefused)
  let isStoreMissed = false

  return {
    requests: {
      sinks: [...(isLogged ? [{ ended: log.request }] : []), ...(metrics ? [metrics.requests] : [])],
      traces,
    },
    record(attempt) {
      log.attempt(attempt)
      metrics?.attempt(attempt)
    },
    watch: {
      connected: (provider, state) => metrics?.connected(provider, state),
      breakerChanged: log.breakerChanged,
      credentialsRefused(provider) {
        log.credentialsRefused(provider)
        metrics?.credentialsRefused(provider)
      },
    },
    internalError: log.internalError,
    callerRefused(refusal) {
      if (isLogged) refusals.refused(refusal)
      metrics?.callerRefused(refusal.reason)
    },
    sharedStoreChanged(isUp, reason) {
      if (!isUp) log.sharedStoreDown(reason)
      // That it is there from the start is no news.
      else if (isStoreMissed) log.sharedStoreUp()
      isStoreMissed = !isUp
      metrics?.sharedStoreChanged(isUp)
    },
    sharedRecordUnreadable: log.sharedRecordUnreadable,
    cacheRead: (provider, kind, outcome, count) => metrics?.cacheRead(provider, kind, outcome, count),
    async serveMetrics() {
      if (!metrics || !options.metrics) return null
      const { serveMetrics } = await import('./metrics-server.ts')
      const server = await serveMetrics(metrics, options.metrics.host, options.metrics.port)
      closings.push(server.close)
      return { port: server.port }
    },
    async close() {
      await Promise.all(closings.map((close) => close()))
      await traces?.close()
      refusals.close()
      await log.close()
    },
  }
}
