/** Things that are told together, some time after they happened. */
export interface Batch<Item> {
  add(item: Item): void
  /** Tells what waits, now. */
  tellAll(): void
}

/** So many are told at once: few enough that nobody waits for it. */
const size = 128

/**
 * Gathers things and tells them in order, a batch at a time: what is done once in a while is done with a cold processor, and costs several times
 * as much as when it is done again at once (bench/README.md). `longestWaitMs`: how long one waits at most.
 * `tell` must not throw.
 */
export function createBatch<Item>(longestWaitMs: number, tell: (item: Item) => void): Batch<Item> {
  let waiting: Item[] = []
  let timer: NodeJS.Timeout | null = null

  function tellAll(): void {
    if (timer) clearTimeout(timer)
    timer = null
    const told = waiting
    waiting = []
    for (const item of told) tell(item)
  }

  return {
    add(item) {
      waiting.push(item)
      if (waiting.length >= size) tellAll()
      else timer ??= setTimeout(tellAll, longestWaitMs)
    },
    tellAll,
  }
}
