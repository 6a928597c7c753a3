import { median, percentile, type Sample } from './load.ts'
import { type TargetName, targetNames } from './targets.ts'
import type { Workload } from './workloads.ts'

/** A sample of one target in one round. Those of a target are in the order of the rounds. */
export interface RoundSample extends Sample {
  readonly target: TargetName
  /** Which of its processes it was. */
  readonly start: number
  /** Per operation. */
  readonly upstreamCalls: number
}

export interface Conditions {
  /** Of the upstreams. */
  readonly latencyMs: number
  readonly connections: number
}

/** Medians over the rounds of all starts. */
export interface Figures {
  readonly operationsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMsPerOperation: number
  readonly upstreamCallsPerOperation: number
}

/** One workload under one set of conditions. */
export interface Comparison extends Conditions {
  readonly workload: string
  readonly title: string
  readonly figures: Readonly<Record<TargetName, Figures>>
  /** The gateway's figures over each baseline's: medians of the ratios within each round. */
  readonly gatewayOver: Readonly<Record<Exclude<TargetName, 'gateway'>, Figures>>
  /** Of each start, the gateway's processor time over that of `raw`: how far one figure can be relied upon. */
  readonly cpuOverRawByStart: readonly number[]
}

export interface Results {
  readonly node: string
  readonly processors: number
  /** What was measured as the gateway. */
  readonly program: string
  readonly starts: number
  /** Of each start. */
  readonly rounds: number
  readonly comparisons: readonly Comparison[]
  readonly memoryMb: Readonly<Record<string, { readonly idle: number; readonly peak: number }>>
  readonly coldStartMs: Readonly<Record<string, number>>
  readonly soak: { readonly requests: number; readonly residentMb: readonly number[] } | null
}

export function comparisonOf(workload: Workload, conditions: Conditions, samples: readonly RoundSample[]): Comparison {
  const of = (target: TargetName, among = samples): readonly Figures[] =>
    among.filter((sample) => sample.target === target).map(figuresOf)
  const over = (baseline: TargetName, among = samples): Figures => {
    const baselines = of(baseline, among)
    return medians(of('gateway', among).map((figures, round) => ratios(figures, baselines[round])))
  }
  const starts = new Set(samples.map(({ start }) => start))
  return {
    workload: workload.name,
    title: workload.title,
    ...conditions,
    figures: { raw: medians(of('raw')), yoga: medians(of('yoga')), gateway: medians(of('gateway')) },
    gatewayOver: { raw: over('raw'), yoga: over('yoga') },
    cpuOverRawByStart: [...starts].map((start) => {
      const own = samples.filter((sample) => sample.start === start)
      return over('raw', own).cpuMsPerOperation
    }),
  }
}

function figuresOf({ operations, seconds, latencies, cpuMs, upstreamCalls }: RoundSample): Figures {
  return {
    operationsPerSecond: operations / seconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    cpuMsPerOperation: cpuMs / operations,
    upstreamCallsPerOperation: upstreamCalls,
  }
}

function each(make: (name: keyof Figures) => number): Figures {
  return {
    operationsPerSecond: make('operationsPerSecond'),
    p50Ms: make('p50Ms'),
    p99Ms: make('p99Ms'),
    cpuMsPerOperation: make('cpuMsPerOperation'),
    upstreamCallsPerOperation: make('upstreamCallsPerOperation'),
  }
}

function medians(rounds: readonly Figures[]): Figures {
  return each((name) => rounded(median(rounds.map((figures) => figures[name]))))
}

function ratios(figures: Figures, baseline: Figures | undefined): Figures {
  return each((name) => figures[name] / (baseline?.[name] ?? Number.NaN))
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}

export function printComparison(comparison: Comparison): void {
  const { title, latencyMs, connections, figures, gatewayOver, cpuOverRawByStart } = comparison
  console.log(`${title}; upstreams ${latencyMs} ms, ${connections} ${connections === 1 ? 'connection' : 'connections'}`)
  console.log(line('', ['per second', 'p50 ms', 'p99 ms', 'CPU ms', 'calls']))
  for (const name of targetNames) console.log(line(name, columnsOf(figures[name])))
  for (const name of ['raw', 'yoga'] as const) console.log(line(`gateway / ${name}`, columnsOf(gatewayOver[name])))
  console.log(`CPU over raw in each start: ${cpuOverRawByStart.join(', ')}\n`)
}

function columnsOf(figures: Figures): readonly string[] {
  const { operationsPerSecond, p50Ms, p99Ms, cpuMsPerOperation, upstreamCallsPerOperation } = figures
  return [operationsPerSecond, p50Ms, p99Ms, cpuMsPerOperation, upstreamCallsPerOperation].map((value) =>
    value.toPrecision(3),
  )
}

function line(name: string, columns: readonly string[]): string {
  return name.padEnd(16) + columns.map((column) => column.padStart(12)).join('')
}
