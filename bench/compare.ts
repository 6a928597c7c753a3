/**
 * Programs in turns under the same load, to see what a change brings: `npm run bench:compare -- raw /tmp/before/cli.js dist/cli.js`.
 *
 *   raw, yoga            the baselines
 *   FILE                 a built program, with the flags of its first line
 *   FILE+FLAG            the same with one more flag for the engine; there may be several
 *
 *   --workloads a,b      these only
 *   --rounds N           default 9
 *   --ms N               how long each program is under load in a round; default 700
 *   --warm N             milliseconds of each workload before anything is measured; default 7000
 *   --latency N          of the upstreams, in milliseconds; default 0
 *   --connections N      default 1
 */
import { parseArgs } from 'node:util'
import { sandboxEnvironment } from '../src/sandbox/sandbox.ts'
import { applyLoad, median, percentile, prepare, rotated, type Sample, warmUp } from './load.ts'
import { findPeople } from './people.ts'
import { answers, commandOf } from './programs.ts'
import { startTarget, type Target } from './targets.ts'
import { startUpstreams } from './upstream-process.ts'
import { workloads } from './workloads.ts'

const { values: options, positionals: programs } = parseArgs({
  allowPositionals: true,
  options: {
    workloads: { type: 'string' },
    rounds: { type: 'string', default: '9' },
    ms: { type: 'string', default: '700' },
    warm: { type: 'string', default: '7000' },
    latency: { type: 'string', default: '0' },
    connections: { type: 'string', default: '1' },
  },
})

interface Program {
  readonly label: string
  readonly target: Target
}

const upstreams = await startUpstreams()
const started: Program[] = []
try {
  const environment = sandboxEnvironment(upstreams.origin)
  for (const label of programs) started.push({ label, target: await start(label, environment) })
  const gateway = started.find(({ target }) => target.name === 'gateway')
  if (!gateway) throw new Error('one of the programs must be a gateway, which tells whom there is to ask for')
  const people = await findPeople(gateway.target.origin)
  const chosen = options.workloads?.split(',')
  for (const workload of workloads.filter(({ name }) => chosen?.includes(name) ?? true)) {
    const prepared = prepare(workload, people)
    upstreams.setLatency(0)
    const load = { connections: Number(options.connections), ms: Number(options.ms) }
    await warmUp(
      started.map(({ target }) => target),
      prepared,
      { ...load, totalMs: Number(options.warm) },
    )
    upstreams.setLatency(Number(options.latency))
    const turns = started.map((program) => ({ ...program, samples: [] as Sample[] }))
    for (let round = 0; round < Number(options.rounds); round += 1) {
      for (const { target, samples } of rotated(turns, round)) samples.push(await applyLoad(target, prepared, load))
    }
    const [first] = turns
    console.log(workload.title)
    console.table(
      Object.fromEntries(
        turns.map(({ label, target, samples }, index) => [
          `${index + 1} ${label}`,
          figuresOf(target, samples, first?.samples ?? []),
        ]),
      ),
    )
  }
} finally {
  await Promise.all(started.map(({ target }) => target.stop()))
  await upstreams.stop()
}

function start(label: string, environment: Readonly<Record<string, string>>): Promise<Target> {
  if (label === 'raw' || label === 'yoga') return startTarget(label, { environment, isReady: answers })
  const [file = '', ...flags] = label.split('+')
  return startTarget('gateway', { environment, isReady: answers, program: commandOf(file, flags) })
}

/** The last figure is the median of the ratios within each round. */
function figuresOf(target: Target, own: readonly Sample[], ofFirst: readonly Sample[]) {
  const cpu = own.map(cpuOf)
  const first = ofFirst.map(cpuOf)
  return {
    'CPU ms': rounded(median(cpu)),
    least: rounded(Math.min(...cpu)),
    'p50 ms': rounded(median(own.map(({ latencies }) => percentile(latencies, 0.5)))),
    'p99 ms': rounded(median(own.map(({ latencies }) => percentile(latencies, 0.99)))),
    'memory MB': Math.round(target.memory().residentMb),
    'CPU over the first': rounded(median(cpu.map((ms, round) => ms / (first[round] ?? Number.NaN)))),
  }
}

function cpuOf({ cpuMs, operations }: Sample): number {
  return cpuMs / operations
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
