import { deepStrictEqual } from 'node:assert'
import { createClient, type Prepared } from './load.ts'
import { type Target, targetOf } from './targets.ts'
import type { UpstreamProcess } from './upstream-process.ts'

/**
 * Throws unless all targets give the same answers, each workload takes the upstream calls that it states, and requests in flight share them.
 * Whatever the upstreams have not been asked for by then they answer no more.
 */
export async function check(
  targets: readonly Target[],
  prepared: readonly Prepared[],
  upstreams: UpstreamProcess,
): Promise<void> {
  for (const each of prepared) await expectSameAnswers(targets, each)
  upstreams.freeze()
  await expectCalls(targets, prepared, upstreams)
  await expectSharedCalls(targetOf(targets, 'gateway'), prepared, upstreams)
}

/** Targets that answer something else are not compared. */
async function expectSameAnswers(targets: readonly Target[], prepared: Prepared): Promise<void> {
  const bodies = await Promise.all(
    targets.map(async ({ origin }) => {
      const client = createClient(origin, 1)
      const { status, body } = await client.send(prepared)
      await client.close()
      return status === 200 ? (JSON.parse(body) as unknown) : body
    }),
  )
  for (const body of bodies) deepStrictEqual(body, bodies[0])
}

async function expectCalls(
  targets: readonly Target[],
  prepared: readonly Prepared[],
  upstreams: UpstreamProcess,
): Promise<void> {
  for (const { name, origin } of targets) {
    const client = createClient(origin, 1)
    for (const each of prepared) {
      await upstreams.takeCounts()
      await client.send(each)
      const { total, byVendor, unanswered } = await upstreams.takeCounts()
      deepStrictEqual(unanswered, [], `${name}: asked for what it had not asked for the first time`)
      const { upstreamCalls } = each.workload
      if (total === upstreamCalls) continue
      const seen = JSON.stringify(byVendor)
      throw new Error(`${name}, ${each.workload.name}: ${total} upstream calls instead of ${upstreamCalls} (${seen})`)
    }
    await client.close()
  }
}

/** Requests in flight that ask for the same record are answered by one call. */
async function expectSharedCalls(
  gateway: Target,
  [first]: readonly Prepared[],
  upstreams: UpstreamProcess,
): Promise<void> {
  if (!first) return
  const client = createClient(gateway.origin, atOnce)
  upstreams.setLatency(100)
  await upstreams.takeCounts()
  await Promise.all(Array.from({ length: atOnce }, () => client.send(first)))
  upstreams.setLatency(0)
  const { total } = await upstreams.takeCounts()
  await client.close()
  const { name, upstreamCalls } = first.workload
  if (total !== upstreamCalls) throw new Error(`${atOnce} × ${name} at once: ${total} calls, not ${upstreamCalls}`)
}

const atOnce = 16
