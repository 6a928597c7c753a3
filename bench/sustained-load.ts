/**
 * Whether the gateway stays what it is under load: `npm run bench:load`. Many clients at once, others that are slow or go away, one provider
 * slow and one failing. Ends with code 1 when a request had no answer or one after its deadline, when something of ours failed, or when
 * memory or sockets grew after the warm-up.
 *
 *   --seconds N    default 60
 *   --clients N    default 200
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { digestOfApiKey } from '../src/access/api-keys.ts'
import { type RunningGateway, startGateway } from '../test/support/process.ts'
import { askAndLeave, askForNothing, askSlowly, askSteadily, type ClientOptions, type Seen } from './load-clients.ts'
import { type Holding, holdingOf } from './process-figures.ts'

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, clients: { type: 'string', default: '200' } },
})
const seconds = Number(options.seconds)
const clients = Number(options.clients)
/** Of either kind, beside the others. */
const oddClients = Math.ceil(clients / 20)

const apiKey = 'key-of-the-load'
const requestTimeoutMs = 3_000
/** Milliseconds by which an answer may come later than its deadline; or three times what an answer takes that needs no provider, if that is more. */
const leastMarginMs = 1_000
/** A heap that was just collected and one that is about to be differ by some tens of megabytes; a young one is growing to its size. */
const allowedGrowthMb = seconds < 30 ? 150 : 60
/** The first part is warm-up; the second is compared with the last. */
const shareOfWarmUp = 0.4

const queries = [
  '{ users(first: 20) { nodes { id name email } unavailable { providerName code } } }',
  '{ users(providers: ["monocloud"], first: 10) { nodes { id groups(first: 5) { nodes { name } } } } }',
  '{ users(providers: ["auth0"], first: 5) { nodes { id sessions(first: 2) { nodes { id } } } } }',
  '{ users(providers: ["clerk"], first: 5) { nodes { id } } }',
  '{ usersByEmail(email: "hiroshi.muller.7@example.test") { users { id groups(first: 1) { nodes { kind } } } unavailable { code } } }',
  '{ providers { name health { status } } }',
]

async function main(): Promise<void> {
  const sandbox = await startGateway({
    arguments: ['sandbox'],
    environment: { SANDBOX_USERS: '300' },
    readyWhen: /APP_SERVICES_APP_ID=.*\n/,
  })
  let gateway: RunningGateway | null = null
  try {
    const environment = Object.fromEntries(
      [...sandbox.output().matchAll(/^ {2}(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
    )
    gateway = await startGateway({
      environment: {
        ...environment,
        NODE_ENV: 'production',
        AUDIT_LOG: 'off',
        REQUEST_TIMEOUT_MS: String(requestTimeoutMs),
        API_KEYS: `load:${digestOfApiKey(apiKey)}:*`,
      },
    })
    const control = new URL('/__sandbox/faults', environment['CLERK_BASE_URL'])
    await fault(control, { provider: 'auth0', kind: 'latency', ms: 700, route: '/users*' })
    await fault(control, { provider: 'clerk', kind: 'status', status: 503 })
    const faults = await load(gateway)
    for (const line of faults) console.error(`  ${line}`)
    if (faults.length > 0) process.exitCode = 1
  } finally {
    await gateway?.stop()
    await sandbox.stop()
  }
}

async function fault(control: URL, body: object): Promise<void> {
  const { ok, status } = await fetch(control, { method: 'POST', body: JSON.stringify(body) })
  if (!ok) throw new Error(`the sandbox refused a fault: ${status}`)
}

/** Puts the gateway under load, prints what came of it, and answers what should not have been. */
async function load(gateway: RunningGateway): Promise<readonly string[]> {
  const seen: Seen = { answered: [], lost: [], left: 0, nothingMs: [] }
  const over = new AbortController()
  const client: ClientOptions = { origin: gateway.origin, apiKey, queries, enough: over.signal }
  const idle = holdingOf(gateway.pid)
  const holdings: Holding[] = []
  const beside: Promise<void>[] = []
  // The others begin when the steady ones are connected: a busy program accepts connections one by one.
  await askSteadily(client, clients, seen, () => {
    setTimeout(() => over.abort(), seconds * 1_000)
    beside.push(sample(gateway.pid, over.signal, holdings), askForNothing(client, seen.nothingMs))
    for (let index = 0; index < oddClients; index += 1) beside.push(askSlowly(client), askAndLeave(client, seen))
  })
  await Promise.all(beside)
  await sleep(500) // for closed connections to be noticed
  const after = holdingOf(gateway.pid)
  gateway.signal('SIGTERM')
  const exitCode = await gateway.ended
  return report(seen, { idle, holdings, after, exitCode, output: gateway.output() })
}

async function sample(pid: number, enough: AbortSignal, holdings: Holding[]): Promise<void> {
  while (!enough.aborted) {
    await sleep(Math.min(1_000, seconds * 50))
    holdings.push(holdingOf(pid))
  }
}

interface Run {
  readonly idle: Holding
  /** While under load, in order. */
  readonly holdings: readonly Holding[]
  readonly after: Holding
  readonly exitCode: number | null
  readonly output: string
}

function report(seen: Seen, { idle, holdings, after, exitCode, output }: Run): readonly string[] {
  const latencies = seen.answered.map(({ ms }) => ms)
  const nothingMs = percentile(seen.nothingMs, 0.99)
  const latestMs = requestTimeoutMs + Math.max(leastMarginMs, 3 * nothingMs)
  const warm = holdings.slice(Math.floor(holdings.length * shareOfWarmUp))
  const earlier = warm.slice(0, Math.ceil(warm.length / 2))
  const later = warm.slice(Math.ceil(warm.length / 2))
  const figures = {
    seconds,
    clients,
    slowClients: oddClients,
    leavingClients: oddClients,
    answered: seen.answered.length,
    answeredPerSecond: Math.round(seen.answered.length / seconds),
    left: seen.left,
    lost: seen.lost.length,
    refusedByStatus: seen.answered.filter(({ status }) => status !== 200).length,
    withErrors: seen.answered.filter(({ codes }) => codes.length > 0).length,
    internalErrors: seen.answered.filter(({ codes }) => codes.includes('INTERNAL')).length,
    afterDeadline: latencies.filter((ms) => ms > latestMs).length,
    latencyMs: { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), max: percentile(latencies, 1) },
    latencyOfNothingMs: { p50: percentile(seen.nothingMs, 0.5), p99: nothingMs },
    residentMb: {
      idle: round(idle.residentMb),
      warm: medianMb(earlier),
      end: medianMb(later),
      after: round(after.residentMb),
    },
    sockets: { idle: idle.sockets, warm: mostSockets(earlier), end: mostSockets(later), after: after.sockets },
    exitCode,
  }
  console.table(
    Object.entries(figures).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).map(([part, figure]) => ({ figure: `${name} ${part}`, value: figure }))
        : [{ figure: name, value }],
    ),
  )
  console.log(JSON.stringify(figures))

  const { residentMb, sockets } = figures
  const wrong: readonly (readonly [boolean, string])[] = [
    [figures.answered === 0, 'nothing was answered'],
    [figures.lost > 0, `${figures.lost} requests had no answer: ${[...new Set(seen.lost)].slice(0, 5).join('; ')}`],
    [figures.refusedByStatus > 0, `${figures.refusedByStatus} answers had another status than 200`],
    [figures.afterDeadline > 0, `${figures.afterDeadline} answers came after their deadline`],
    [figures.internalErrors > 0, `${figures.internalErrors} answers had an error of our own`],
    [
      /internal error|Error:|Rejection/.test(output),
      `the gateway complained: ${output.slice(output.search(/internal error|Error:|Rejection/)).slice(0, 1_500)}`,
    ],
    [exitCode !== 0, `the gateway ended with code ${exitCode}`],
    [residentMb.end > residentMb.warm + allowedGrowthMb, `memory grew from ${residentMb.warm} to ${residentMb.end} MB`],
    [sockets.end > sockets.warm + 20, `sockets grew from ${sockets.warm} to ${sockets.end}`],
    [sockets.after > sockets.warm - clients / 2, `${sockets.after} sockets were left after all clients had gone`],
  ]
  return wrong.filter(([isWrong]) => isWrong).map(([, line]) => line)
}

function medianMb(holdings: readonly Holding[]): number {
  return percentile(
    holdings.map(({ residentMb }) => residentMb),
    0.5,
  )
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return round(sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN)
}

function mostSockets(holdings: readonly Holding[]): number {
  return Math.max(...holdings.map(({ sockets }) => sockets))
}

function round(value: number): number {
  return Math.round(value)
}

await main()
