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

/** What a loader of one request offers. */
export interface BatchLoader<Result> {
  /** The batch that this key is part of is sent when everything that is ready to run has run. */
  load(provider: string, key: string): Promise<Result>
  /** Answers later loads of this key with a value that is already at hand, unless it has been loaded before. */
  prime(provider: string, key: string, value: Result): void
  /** Forgets everything that was loaded. */
  clearAll(): void
}

/**
 * A loader of one request: keys → provider → chunks → bounded parallel calls → results in the order of the keys. A failed call fails
 * the keys of its chunk and no others, and a slow provider keeps nobody waiting for another one.
 */
export function createBatchLoader<Found, Result>(options: BatchOptions<Found, Result>): BatchLoader<Result> {
  const loaders = new Map<string, ProviderLoader<Result>>()

  const loaderOf = (provider: string): ProviderLoader<Result> => {
    const known = loaders.get(provider)
    if (known) return known
    const made = { loader: createProviderLoader(provider, options), loaded: new Map<string, Promise<Result>>() }
    loaders.set(provider, made)
    return made
  }

  return {
    load(provider, key) {
      const { loader, loaded } = loaderOf(provider)
      const known = loaded.get(key)
      if (known) return known
      const loading = loader.load(key)
      loaded.set(key, loading)
      return loading
    },
    prime(provider, key, value) {
      const { loaded } = loaderOf(provider)
      if (!loaded.has(key)) loaded.set(key, Promise.resolve(value))
    },
    clearAll: () => loaders.clear(),
  }
}

interface ProviderLoader<Result> {
  readonly loader: DataLoader<string, Result>
  /** In place of the memory that the loader could have: a record may be asked for once for each of its fields. */
  readonly loaded: Map<string, Promise<Result>>
}

/** By key: what has been found that carries it, or why it could not be read. */
type Outcomes<Found> = Map<string, Found[] | Error>

function createProviderLoader<Found, Result>(
  provider: string,
  { source: sourceOf, keysOf, resolve }: BatchOptions<Found, Result>,
): DataLoader<string, Result> {
  const readAll = async (keys: readonly string[]): Promise<(Result | Error)[]> => {
    const source = sourceOf(provider)
    const outcomes: Outcomes<Found> = new Map()
    for (const key of keys) outcomes.set(key, [])
    if (source) {
      const { maxKeysPerCall, maxParallelCalls } = source
      const read = (chunk: readonly string[]): Promise<void> => readChunk(source, chunk, keysOf, outcomes)
      if (keys.length <= maxKeysPerCall) await read(keys)
      else await eachAtMost(maxParallelCalls, chunksOf(keys, maxKeysPerCall), read)
    }
    return keys.map((key) => {
      const outcome = outcomes.get(key) ?? []
      return outcome instanceof Error ? outcome : resolve(outcome)
    })
  }
  return new DataLoader<string, Result>(readAll, { cache: false })
}

async function readChunk<Found>(
  source: BatchSource<Found>,
  chunk: readonly string[],
  keysOf: (found: Found) => readonly string[],
  outcomes: Outcomes<Found>,
): Promise<void> {
  try {
    add(await source.read(chunk))
  } catch (error) {
    if (error instanceof PartialBatchError) {
      add(error.found as readonly Found[]) // thrown by the read above, whose rows these are
      for (const [key, failure] of error.failures) outcomes.set(key, failure)
    } else {
      const failure = error instanceof Error ? error : new Error('a batch failed', { cause: error })
      for (const key of chunk) outcomes.set(key, failure)
    }
  }

  function add(items: readonly Found[]): void {
    for (const item of items) {
      for (const key of keysOf(item)) {
        const known = outcomes.get(key)
        // Otherwise it is a row that nobody asked for.
        if (Array.isArray(known)) known.push(item)
      }
    }
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
