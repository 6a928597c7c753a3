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

/** What a loader of one request offers. */
export interface BatchLoader<Result> {
  /** The batch that this key is part of is sent when everything that is ready to run has run. */
  load(key: BatchKey): Promise<Result>
  /** As `load` for each key; the failure of one is its own. */
  loadMany(keys: readonly BatchKey[]): Promise<(Result | Error)[]>
  /** Answers later loads of this key with a value that is already at hand, unless it has been loaded before. */
  prime(key: BatchKey, value: Result): void
  /** Forgets everything that was loaded. */
  clearAll(): void
}

/**
 * A loader of one request: keys → provider → chunks → bounded parallel calls → results in the order of the keys. A failed call fails
 * the keys of its chunk and no others, and a slow provider keeps nobody waiting for another one.
 */
export function createBatchLoader<Found, Result>(options: BatchOptions<Found, Result>): BatchLoader<Result> {
  const loaders = new Map<string, DataLoader<string, Result>>()

  const loaderOf = (provider: string): DataLoader<string, Result> => {
    const known = loaders.get(provider)
    if (known) return known
    const made = createProviderLoader(provider, options)
    loaders.set(provider, made)
    return made
  }

  const load = (batched: BatchKey): Promise<Result> => {
    const { provider, key } = partsOf(batched)
    return loaderOf(provider).load(key)
  }

  return {
    load,
    loadMany: (keys) => Promise.all(keys.map((key) => load(key).catch((error: Error) => error))), // only errors are thrown
    prime(batched, value) {
      const { provider, key } = partsOf(batched)
      loaderOf(provider).prime(key, value)
    },
    clearAll() {
      for (const loader of loaders.values()) loader.clearAll()
    },
  }
}

function createProviderLoader<Found, Result>(
  provider: string,
  options: BatchOptions<Found, Result>,
): DataLoader<string, Result> {
  return new DataLoader<string, Result>(async (keys) => {
    const source = options.source(provider)
    if (source && keys.length <= source.maxKeysPerCall) return keys.map(await readChunk(source, keys, options))
    const results = new Map<string, Result | Error>()
    if (source) {
      const chunks = chunksOf(keys, source.maxKeysPerCall)
      await eachAtMost(source.maxParallelCalls, chunks, async (chunk) => {
        const outcome = await readChunk(source, chunk, options)
        for (const key of chunk) results.set(key, outcome(key))
      })
    }
    return keys.map((key) => results.get(key) ?? options.resolve([]))
  })
}

function partsOf(batched: BatchKey): { readonly provider: string; readonly key: string } {
  const colon = batched.indexOf(':')
  return { provider: batched.slice(0, colon), key: batched.slice(colon + 1) }
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
