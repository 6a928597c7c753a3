import DataLoader from 'dataloader'
import { PartialBatchError } from './identity/errors.ts'

/** What a batch needs to know of one provider: how many keys fit in a call, how many calls may run at once, and how to read. */
export interface BatchSource<Found> {
  readonly maxKeysPerCall: number
  readonly maxParallelCalls: number
  /** Answers in any order, leaves out what it does not find. */
  read(keys: readonly string[]): Promise<readonly Found[]>
}

export interface BatchOptions<Found, Result> {
  /** `null`: there is no such provider, or it cannot do this; its keys resolve to `nothing`. */
  source(provider: string): BatchSource<Found> | null
  /** The keys that a found item answers: usually one, its id. Matching is by these, never by position. */
  keysOf(found: Found): readonly string[]
  /** What a key resolves to, out of the items that carry it. */
  resolve(found: readonly Found[]): Result
}

/** A key at a provider. Provider names hold no colon, so that the first one separates. */
export type BatchKey = `${string}:${string}`

export function batchKey(provider: string, key: string): BatchKey {
  return `${provider}:${key}`
}

/**
 * A loader of one request: keys → provider → chunks → bounded parallel calls → results in the order of the keys. A failed call fails
 * the keys of its chunk and no others.
 */
export function createBatchLoader<Found, Result>(options: BatchOptions<Found, Result>): DataLoader<BatchKey, Result> {
  return new DataLoader<BatchKey, Result>(async (batch) => {
    const results = new Map<BatchKey, Result | Error>()
    await Promise.all(
      [...byProvider(batch)].map(async ([provider, keys]) => {
        const source = options.source(provider)
        if (!source) return
        const chunks = chunksOf(keys, source.maxKeysPerCall)
        await eachAtMost(source.maxParallelCalls, chunks, async (chunk) => {
          const outcome = await readChunk(source, chunk, options)
          for (const key of chunk) results.set(batchKey(provider, key), outcome(key))
        })
      }),
    )
    return batch.map((key) => results.get(key) ?? options.resolve([]))
  })
}

async function readChunk<Found, Result>(
  source: BatchSource<Found>,
  chunk: readonly string[],
  { keysOf, resolve }: BatchOptions<Found, Result>,
): Promise<(key: string) => Result | Error> {
  try {
    const found = byKey(await source.read(chunk))
    return (key) => resolve(found.get(key) ?? [])
  } catch (error) {
    if (error instanceof PartialBatchError) {
      const { failures } = error
      const found = byKey(error.found as readonly Found[]) // thrown by the read above, whose rows these are
      return (key) => failures.get(key) ?? resolve(found.get(key) ?? [])
    }
    const failure = error instanceof Error ? error : new Error('a batch failed', { cause: error })
    return () => failure
  }

  function byKey(items: readonly Found[]): ReadonlyMap<string, readonly Found[]> {
    const wanted = new Set(chunk)
    const found = new Map<string, Found[]>()
    for (const item of items) {
      for (const key of keysOf(item)) {
        if (!wanted.has(key)) continue // a row that nobody asked for
        const known = found.get(key)
        if (known) known.push(item)
        else found.set(key, [item])
      }
    }
    return found
  }
}

function byProvider(batch: readonly BatchKey[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const key of batch) {
    const colon = key.indexOf(':')
    const provider = key.slice(0, colon)
    const keys = groups.get(provider)
    if (keys) keys.push(key.slice(colon + 1))
    else groups.set(provider, [key.slice(colon + 1)])
  }
  return groups
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  const chunks: Item[][] = []
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size))
  return chunks
}

/** Runs `work` for each item, at most `limit` at a time. `work` must not reject. */
async function eachAtMost<Item>(
  limit: number,
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
}
