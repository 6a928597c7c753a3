import { type Counter, Histogram, type HistogramConfiguration } from 'prom-client'

/**
 * Figures that an addition counts. prom-client looks the labels up each time, which costs more than everything else that is done to count a
 * call, so that it is told when somebody reads.
 */

/** How often something happened. */
export interface Tally {
  count: number
}

/** The tallies of one counter, by its labels. */
export interface Tallies<Label extends string> {
  of(labels: Readonly<Record<Label, string | number>>): Tally
  /** Tells the counter what was added since it was told last. */
  tell(): void
}

export function createTallies<Label extends string>(counter: Counter<Label>): Tallies<Label> {
  const tallies: (Tally & { readonly labels: Readonly<Record<Label, string | number>> })[] = []
  return {
    of(labels) {
      const tally = { labels, count: 0 }
      tallies.push(tally)
      return tally
    },
    tell() {
      for (const tally of tallies) {
        if (tally.count > 0) counter.inc(tally.labels, tally.count)
        tally.count = 0
      }
    },
  }
}

/** How long something took. */
export interface Durations {
  observe(seconds: number): void
}

/** A histogram of seconds, of which each series is made once, by its labels. */
export interface DurationHistogram<Label extends string> {
  of(labels: Readonly<Record<Label, string>>): Durations
}

export function createDurationHistogram<Label extends string>(
  configuration: HistogramConfiguration<Label> & { readonly buckets: number[] },
): DurationHistogram<Label> {
  return new TalliedHistogram(configuration)
}

/** A series of a histogram. The last of the counts is of what is above all bounds. */
class Series<Label extends string> implements Durations {
  readonly labels: Readonly<Record<Label, string>>
  readonly counts: number[]
  sum = 0
  private readonly bounds: readonly number[]

  constructor(labels: Readonly<Record<Label, string>>, bounds: readonly number[]) {
    this.labels = labels
    this.bounds = bounds
    this.counts = [...bounds, Number.POSITIVE_INFINITY].map(() => 0)
  }

  observe(seconds: number): void {
    let at = 0
    while (at < this.bounds.length && seconds > (this.bounds[at] ?? 0)) at += 1
    this.counts[at] = (this.counts[at] ?? 0) + 1
    this.sum += seconds
  }
}

/** A line of the text format. */
interface Value {
  readonly metricName: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

/** What the registry reads in place of prom-client's own. It has no observations but those of its series. */
class TalliedHistogram<Label extends string> extends Histogram<Label> implements DurationHistogram<Label> {
  private readonly configuration: HistogramConfiguration<Label>
  private readonly bounds: readonly number[]
  private readonly series: Series<Label>[] = []

  constructor(configuration: HistogramConfiguration<Label> & { readonly buckets: number[] }) {
    super(configuration)
    this.configuration = configuration
    this.bounds = configuration.buckets
  }

  of(labels: Readonly<Record<Label, string>>): Durations {
    const series = new Series(labels, this.bounds)
    this.series.push(series)
    return series
  }

  /** What the registry reads a metric with, and what `get` is made of; the types of prom-client do not know it. */
  getForPromString() {
    const { name, help } = this.configuration
    const values = this.series.flatMap((series) => this.valuesOf(series))
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values })
  }

  private valuesOf({ labels, counts, sum }: Series<Label>): readonly Value[] {
    const { name } = this.configuration
    let count = 0
    const buckets = counts.map((inBucket, index) => {
      count += inBucket
      return { metricName: `${name}_bucket`, labels: { le: this.bounds[index] ?? '+Inf', ...labels }, value: count }
    })
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ]
  }
}
