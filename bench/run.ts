/**
 * What the gateway adds to the upstream calls that it cannot avoid: `npm run bench`. See README.md beside this file.
 *
 *   --short              only whether everything runs and each workload costs the upstream calls that it should
 *   --workloads a,b      these only
 *   --rounds N           default 5
 *   --ms N               how long each target is under load in a round; default 700
 *   --warm N             milliseconds of each workload before anything is measured; default 6000: until then the engine still compiles
 *   --latencies 0,20     of the upstreams, in milliseconds
 *   --soak N             so many requests at the end, and what they leave in memory
 */
import { deepStrictEqual } from 'node:assert'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sandboxEnvironment } from '../src/sandbox/sandbox.ts'
import { applyLoad, createClient, median, type Prepared, prepare, rotated, warmUp } from './load.ts'
import { findPeople } from './people.ts'
import { answers, commandOf } from './programs.ts'
import { comparisonOf, printComparison, type Results, type RoundSample } from './results.ts'
import { startTarget, type Target, type TargetName, targetNames } from './targets.ts'
import { startUpstreams, type UpstreamProcess } from './upstream-process.ts'
import { workloads } from './workloads.ts'

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    workloads: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    ms: { type: 'string', default: '700' },
    warm: { type: 'string', default: '6000' },
    latencies: { type: 'string', default: '0,20' },
    soak: { type: 'string' },
  },
})

const gatewayProgram = builtProgram()

/** Milliseconds after its first answer at which a program that is asked nothing is idle. */
const untilIdleMs = 2_000

/** The built program, where there is one, with the flags of its first line: what is deployed is what is measured. */
function builtProgram(): readonly string[] | null {
  const file = 'dist/cli.js'
  return existsSync(new URL(`../${file}`, import.meta.url)) ? commandOf(file) : null
}

async function main(): Promise<void> {
  const upstreams = await startUpstreams()
  const targets: Target[] = []
  try {
    const environment = sandboxEnvironment(upstreams.origin)
    for (const name of targetNames) targets.push(await startNamed(name, environment))
    await sleep(untilIdleMs)
    const idle = new Map(targets.map((target) => [target.name, target.memory().residentMb]))
    const people = await findPeople(targetOf(targets, 'gateway').origin)
    const chosen = options.workloads?.split(',')
    const prepared = workloads
      .filter(({ name }) => chosen?.includes(name) ?? true)
      .map((workload) => prepare(workload, people))
    for (const each of prepared) await expectSameAnswers(targets, each)
    upstreams.freeze()
    await expectCalls(targets, prepared, upstreams)
    await expectSharedCalls(targetOf(targets, 'gateway'), prepared, upstreams)
    console.log(
      `${prepared.length} workloads: the same answers of all targets, and exactly the upstream calls stated\n`,
    )
    if (options.short) return
    await writeResults(await measure(targets, prepared, idle, environment, upstreams))
  } finally {
    await Promise.all(targets.map((target) => target.stop()))
    await upstreams.stop()
  }
}

function startNamed(name: TargetName, environment: Readonly<Record<string, string>>): Promise<Target> {
  const program = name === 'gateway' && gatewayProgram ? { program: gatewayProgram } : {}
  return startTarget(name, { ...program, environment, isReady: answers })
}

function targetOf(targets: readonly Target[], name: TargetName): Target {
  const found = targets.find((target) => target.name === name)
  if (!found) throw new Error(`${name} was not started`)
  return found
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
  const client = createClient(gateway.origin, concurrent)
  upstreams.setLatency(100)
  await upstreams.takeCounts()
  await Promise.all(Array.from({ length: concurrent }, () => client.send(first)))
  upstreams.setLatency(0)
  const { total } = await upstreams.takeCounts()
  await client.close()
  const { name, upstreamCalls } = first.workload
  if (total !== upstreamCalls) throw new Error(`${concurrent} × ${name} at once: ${total} calls, not ${upstreamCalls}`)
}

const concurrent = 16

async function measure(
  targets: readonly Target[],
  prepared: readonly Prepared[],
  idle: ReadonlyMap<TargetName, number>,
  environment: Readonly<Record<string, string>>,
  upstreams: UpstreamProcess,
): Promise<Results> {
  const comparisons = []
  const rounds = Number(options.rounds)
  const ms = Number(options.ms)
  for (const each of prepared) await warmUp(targets, each, { totalMs: Number(options.warm), ms, connections: 1 })
  const [first] = prepared
  const plans = [
    ...options.latencies
      .split(',')
      .flatMap((latency) => prepared.map((each) => ({ each, latencyMs: Number(latency), connections: 1 }))),
    ...(first ? [{ each: first, latencyMs: 0, connections: concurrent }] : []),
  ]
  for (const { each, latencyMs, connections } of plans) {
    upstreams.setLatency(latencyMs)
    await warmUp(targets, each, { totalMs: ms, ms, connections })
    const samples: RoundSample[] = []
    for (let round = 0; round < rounds; round += 1) {
      for (const target of rotated(targets, round)) {
        await upstreams.takeCounts()
        const sample = await applyLoad(target, each, { connections, ms })
        const { total } = await upstreams.takeCounts()
        samples.push({
          target: target.name,
          round,
          upstreamCalls: total / (sample.operations + connections),
          ...sample,
        })
      }
    }
    const comparison = comparisonOf(each.workload, { latencyMs, connections }, samples)
    printComparison(comparison)
    comparisons.push(comparison)
  }
  upstreams.setLatency(0)
  const soak = options.soak === undefined || !first ? null : await runSoak(targetOf(targets, 'gateway'), first)
  return {
    node: process.version,
    processors: availableParallelism(),
    program: (gatewayProgram ?? ['src/cli.ts', 'serve']).join(' '),
    rounds,
    comparisons,
    memoryMb: Object.fromEntries(
      targets.map((target) => [target.name, { idle: idle.get(target.name) ?? null, peak: target.memory().peakMb }]),
    ),
    coldStartMs: await coldStarts(environment),
    soak,
  }
}

/** From nothing to the first answer, with two providers. */
async function coldStarts(environment: Readonly<Record<string, string>>): Promise<Results['coldStartMs']> {
  // The baselines read all variables at once.
  const two = Object.entries(environment).filter(([name]) => name.startsWith('AUTH0_') || name.startsWith('CLERK_'))
  const starts: [string, number][] = []
  for (const name of targetNames) {
    const taken: number[] = []
    for (let round = 0; round < 5; round += 1) {
      const target = await startNamed(name, name === 'gateway' ? Object.fromEntries(two) : environment)
      taken.push(target.startMs)
      await target.stop()
    }
    starts.push([name, median(taken)])
  }
  return Object.fromEntries(starts)
}

async function runSoak(gateway: Target, prepared: Prepared): Promise<Results['soak']> {
  const requests = Number(options.soak)
  const client = createClient(gateway.origin, concurrent)
  const residentMb: number[] = []
  let sent = 0
  const worker = async (): Promise<void> => {
    while (sent < requests) {
      sent += 1
      if (sent % Math.ceil(requests / 10) === 0) residentMb.push(gateway.memory().residentMb)
      await client.send(prepared)
    }
  }
  await Promise.all(Array.from({ length: concurrent }, worker))
  await client.close()
  console.log(
    `${requests} requests over ${concurrent} connections; resident MB at every tenth: ${residentMb.map(Math.round).join(' ')}`,
  )
  return { requests, residentMb }
}

async function writeResults(results: Results): Promise<void> {
  const { memoryMb, coldStartMs } = results
  console.log(
    '\nmemory, MB (idle / peak):',
    ...targetNames.map((name) => `${name} ${memoryMb[name]?.idle?.toFixed(0)} / ${memoryMb[name]?.peak.toFixed(0)} `),
  )
  console.log(
    'cold start to the first answer, ms:',
    ...targetNames.map((name) => `${name} ${coldStartMs[name]?.toFixed(0)} `),
  )
  await writeFile(new URL('results.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`)
}

await main()
