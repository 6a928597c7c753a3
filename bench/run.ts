/**
 * What the gateway adds to the upstream calls that it cannot avoid: `npm run bench`. See README.md beside this file.
 *
 *   --short              only whether everything runs and each workload costs the upstream calls that it should
 *   --workloads a,b      these only
 *   --starts N           how often all programs are started anew; default 3: a process may be an eighth slower than its twin, for its whole life
 *   --rounds N           of each start; default 3
 *   --ms N               how long each target is under load in a round; default 700
 *   --warm N             milliseconds of each workload before anything is measured in a start; default 6000: until then the engine still compiles
 *   --latencies 0,20     of the upstreams, in milliseconds
 *   --soak N             so many requests at the end, and what they leave in memory
 */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sandboxEnvironment } from '../src/sandbox/sandbox.ts'
import { check } from './checks.ts'
import { applyLoad, createClient, median, type Prepared, prepare, rotated, warmUp } from './load.ts'
import { findPeople } from './people.ts'
import { answers, commandOf } from './programs.ts'
import { comparisonOf, type Conditions, printComparison, type Results, type RoundSample } from './results.ts'
import { type Memory, startTarget, type Target, type TargetName, targetNames, targetOf } from './targets.ts'
import { startUpstreams, type UpstreamProcess } from './upstream-process.ts'
import { workloads } from './workloads.ts'

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    workloads: { type: 'string' },
    starts: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
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

/** A workload under conditions, and what has been seen of it. */
interface Plan {
  readonly prepared: Prepared
  readonly conditions: Conditions
  readonly samples: RoundSample[]
}

/** Of the connections in the one workload that is asked for over many. */
const concurrent = 16

async function main(): Promise<void> {
  const upstreams = await startUpstreams()
  try {
    const environment = sandboxEnvironment(upstreams.origin)
    const prepared = await withTargets(environment, async (targets) => {
      const found = await prepareAll(targetOf(targets, 'gateway'))
      await check(targets, found, upstreams)
      return found
    })
    console.log(
      `${prepared.length} workloads: the same answers of all targets, and exactly the upstream calls stated\n`,
    )
    if (options.short) return
    await writeResults(await measureAll(plansOf(prepared), environment, upstreams))
  } finally {
    await upstreams.stop()
  }
}

/** All programs, started for this. */
async function withTargets<Result>(
  environment: Readonly<Record<string, string>>,
  work: (targets: readonly Target[]) => Promise<Result>,
): Promise<Result> {
  const targets: Target[] = []
  try {
    for (const name of targetNames) targets.push(await startNamed(name, environment))
    return await work(targets)
  } finally {
    await Promise.all(targets.map((target) => target.stop()))
  }
}

function startNamed(name: TargetName, environment: Readonly<Record<string, string>>): Promise<Target> {
  const program = name === 'gateway' && gatewayProgram ? { program: gatewayProgram } : {}
  return startTarget(name, { ...program, environment, isReady: answers })
}

async function prepareAll(gateway: Target): Promise<readonly Prepared[]> {
  const people = await findPeople(gateway.origin)
  const chosen = options.workloads?.split(',')
  return workloads.filter(({ name }) => chosen?.includes(name) ?? true).map((workload) => prepare(workload, people))
}

function planOf(prepared: Prepared, conditions: Conditions): Plan {
  return { prepared, conditions, samples: [] }
}

function plansOf(all: readonly Prepared[]): readonly Plan[] {
  const [first] = all
  const overOne = options.latencies
    .split(',')
    .flatMap((latency) => all.map((prepared) => planOf(prepared, { latencyMs: Number(latency), connections: 1 })))
  return first ? [...overOne, planOf(first, { latencyMs: 0, connections: concurrent })] : overOne
}

async function measureAll(
  plans: readonly Plan[],
  environment: Readonly<Record<string, string>>,
  upstreams: UpstreamProcess,
): Promise<Results> {
  const starts = Number(options.starts)
  const memories: { readonly name: TargetName; readonly idleMb: number; readonly end: Memory }[] = []
  let soak: Results['soak'] = null
  for (let start = 0; start < starts; start += 1) {
    await withTargets(environment, async (targets) => {
      await sleep(untilIdleMs)
      const idle = targets.map((target) => target.memory().residentMb)
      await measure(targets, plans, start, upstreams)
      const [first] = plans
      if (start === starts - 1 && options.soak !== undefined && first) {
        soak = await runSoak(targetOf(targets, 'gateway'), first.prepared)
      }
      for (const [index, target] of targets.entries()) {
        memories.push({ name: target.name, idleMb: idle[index] ?? Number.NaN, end: target.memory() })
      }
    })
    console.log(`${start + 1} of ${starts} starts measured`)
  }
  const comparisons = plans.map(({ prepared, conditions, samples }) =>
    comparisonOf(prepared.workload, conditions, samples),
  )
  for (const comparison of comparisons) printComparison(comparison)
  const memoryOf = (name: TargetName): Results['memoryMb'][string] => {
    const own = memories.filter((memory) => memory.name === name)
    return { idle: median(own.map(({ idleMb }) => idleMb)), peak: Math.max(...own.map(({ end }) => end.peakMb)) }
  }
  return {
    node: process.version,
    processors: availableParallelism(),
    program: (gatewayProgram ?? ['src/cli.ts', 'serve']).join(' '),
    starts,
    rounds: Number(options.rounds),
    comparisons,
    memoryMb: Object.fromEntries(targetNames.map((name) => [name, memoryOf(name)])),
    coldStartMs: await coldStarts(environment),
    soak,
  }
}

async function measure(
  targets: readonly Target[],
  plans: readonly Plan[],
  start: number,
  upstreams: UpstreamProcess,
): Promise<void> {
  const ms = Number(options.ms)
  const totalMs = Number(options.warm)
  for (const prepared of new Set(plans.map((plan) => plan.prepared))) {
    await warmUp(targets, prepared, { totalMs, ms, connections: 1 })
  }
  for (const { prepared, conditions, samples } of plans) {
    const { latencyMs, connections } = conditions
    upstreams.setLatency(latencyMs)
    await warmUp(targets, prepared, { totalMs: ms, ms, connections })
    for (let round = 0; round < Number(options.rounds); round += 1) {
      for (const target of rotated(targets, round)) {
        await upstreams.takeCounts()
        const sample = await applyLoad(target, prepared, { connections, ms })
        const { total } = await upstreams.takeCounts()
        const upstreamCalls = total / (sample.operations + connections)
        samples.push({ target: target.name, start, upstreamCalls, ...sample })
      }
    }
  }
  upstreams.setLatency(0)
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
    ...targetNames.map((name) => `${name} ${memoryMb[name]?.idle.toFixed(0)} / ${memoryMb[name]?.peak.toFixed(0)} `),
  )
  console.log(
    'cold start to the first answer, ms:',
    ...targetNames.map((name) => `${name} ${coldStartMs[name]?.toFixed(0)} `),
  )
  await writeFile(new URL('results.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`)
}

await main()
