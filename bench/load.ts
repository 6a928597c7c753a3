import { Pool } from 'undici'
import { apiKey, type Target } from './targets.ts'
import type { People, Workload } from './workloads.ts'

/** What is sent of a workload, made once. */
export interface Prepared {
  readonly workload: Workload
  readonly body: string
}

export function prepare(workload: Workload, people: People): Prepared {
  return { workload, body: JSON.stringify({ query: workload.document, variables: workload.variables(people) }) }
}

export interface Answer {
  readonly status: number
  readonly body: string
}

/** Sends GraphQL to one origin over so many connections. */
export interface Client {
  send(prepared: Prepared): Promise<Answer>
  close(): Promise<void>
}

export function createClient(origin: string, connections: number): Client {
  const pool = new Pool(origin, { connections })
  return {
    async send({ workload, body }) {
      const answer = await pool.request({
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json', 'x-api-key': apiKey, 'x-workload': workload.name },
        body,
      })
      return { status: answer.statusCode, body: await answer.body.text() }
    },
    close: () => pool.close(),
  }
}

/** One target under one workload for a while. */
export interface Sample {
  readonly operations: number
  readonly seconds: number
  /** Milliseconds of each answer, in rising order. */
  readonly latencies: readonly number[]
  /** Milliseconds of the target's processor time. */
  readonly cpuMs: number
}

/** Keeps every connection busy for so long, and at least for a few answers. Throws when one of them is no answer. */
export async function applyLoad(
  target: Target,
  prepared: Prepared,
  { connections, ms }: { readonly connections: number; readonly ms: number },
): Promise<Sample> {
  const client = createClient(target.origin, connections)
  const latencies: number[] = []
  const send = async (): Promise<void> => {
    const sentAt = performance.now()
    const { status, body } = await client.send(prepared)
    latencies.push(performance.now() - sentAt)
    if (status !== 200) throw new Error(`${target.name}: ${status} ${body.slice(0, 300)}`)
  }
  // The first answers open connections.
  await Promise.all(Array.from({ length: connections }, send))
  latencies.length = 0

  const cpuBefore = target.cpuMs()
  const startedAt = performance.now()
  const worker = async (): Promise<void> => {
    while (performance.now() - startedAt < ms || latencies.length < minOperations) await send()
  }
  await Promise.all(Array.from({ length: connections }, worker))
  const seconds = (performance.now() - startedAt) / 1000
  const cpuMs = target.cpuMs() - cpuBefore
  await client.close()
  return { operations: latencies.length, seconds, latencies: latencies.toSorted((one, other) => one - other), cpuMs }
}

const minOperations = 5

/**
 * Puts each target under load for so many milliseconds at least, in pieces like those that are measured: each piece has connections of its own, and
 * for the first few of them the engine compiles Node's sockets and streams anew.
 */
export async function warmUp(
  targets: readonly Target[],
  prepared: Prepared,
  { totalMs, ...load }: { readonly totalMs: number; readonly connections: number; readonly ms: number },
): Promise<void> {
  const until = performance.now() + totalMs * targets.length
  do {
    for (const target of targets) await applyLoad(target, prepared, load)
  } while (performance.now() < until)
}

/** `share` 0.99: the value that so many stay below. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return percentile(
    values.toSorted((one, other) => one - other),
    0.5,
  )
}

/** Whoever comes first in a round comes last in another. */
export function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const turned = by % items.length
  return [...items.slice(turned), ...items.slice(0, turned)]
}
