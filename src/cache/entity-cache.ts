import { LRUCache } from 'lru-cache'
import type { Call } from '../identity/call.ts'
import { PartialBatchError, ProviderError } from '../identity/errors.ts'
import { type Clock, systemClock } from '../upstream/clock.ts'
import type { Epochs } from './epochs.ts'

export interface EntityCacheSettings {
  /** Milliseconds for which a record is answered without asking again. */
  readonly freshMs: number
  /** Milliseconds after that for which it is still answered, and read again meanwhile. */
  readonly staleMs: number
  /** Milliseconds after `freshMs` for which it is answered when it cannot be read again. */
  readonly staleIfErrorMs: number
  /** More than these push out those that were not asked for the longest. */
  readonly maxRecords: number
}

interface Cacheable {
  readonly nativeId: string
}

/** Records that are asked for by their ids. */
export interface CachedRead<Found extends Cacheable> {
  readonly provider: string
  readonly kind: 'user' | 'group'
  readonly ids: readonly string[]
  /** Who may see the same: what one of them read, another one may be answered. */
  readonly audience: string
  readonly call: Call
  readonly load: (ids: readonly string[], call: Call) => Promise<readonly Found[]>
  /** Told of each record that is answered although it is older than `freshMs`. */
  readonly onStale: (ageMs: number) => void
}

/** Users and groups by id, for a short time: in the memory of this process, and in what it shares with others, if anything. */
export interface EntityCache {
  /** As `load`, but what is at hand is not loaded. Answers copies, which are the caller's own. */
  read<Found extends Cacheable>(request: CachedRead<Found>): Promise<readonly Found[]>
  /** Something is going to be changed, or was changed, at this provider: nothing that was read before is answered any more. */
  changed(provider: string): Promise<void>
}

/** A record, and when it was true. */
export interface KeptRecord {
  readonly record: Cacheable
  /** Epoch milliseconds. */
  readonly readAt: number
  /** In which it began to be read. */
  readonly epoch: string
}

/** What processes share of the records that they read, by the cache's keys. Anything in it may be lost at any time. */
export interface SharedRecords {
  /** Those that are there. Never rejects. */
  get(keys: readonly string[]): Promise<ReadonlyMap<string, KeptRecord>>
  /** Keeps these; `null`: drops what is kept. Never rejects, and nobody waits for it. */
  put(entries: readonly (readonly [key: string, kept: KeptRecord | null])[]): Promise<void>
}

/** What is kept of the records of one read. */
interface AtHand<Found> {
  /** Milliseconds; infinite for what is not kept. */
  ageOf(id: string): number
  /** Copies of what is kept of these. */
  answer(ids: readonly string[]): readonly Found[]
}

function keyOf({ kind, provider, audience }: CachedRead<Cacheable>, id: string): string {
  return `${kind} ${provider} ${audience} ${id}`
}

/**
 * - `hit`: at hand, here or in what processes share, and fresh;
 * - `stale`: at hand, answered though it is old, and read again in the background;
 * - `miss`: asked of the provider;
 * - `rescued`: asked of the provider, which failed, and answered though it is old. Each of these was a `miss`, too.
 */
export type CacheOutcome = 'hit' | 'stale' | 'miss' | 'rescued'

export interface EntityCacheDeps {
  readonly clock?: Clock
  /** Told of how many records were asked for, and what became of that. `count` is above 0. Must not throw. */
  readonly onRead?: (
    provider: string,
    kind: CachedRead<Cacheable>['kind'],
    outcome: CacheOutcome,
    count: number,
  ) => void
  /** `null` or left out: what this process reads it keeps for itself. */
  readonly shared?: SharedRecords | null
}

/** Milliseconds that a read in the background may take. */
const refreshTimeoutMs = 10_000

export function createEntityCache(
  { freshMs, staleMs, staleIfErrorMs, maxRecords }: EntityCacheSettings,
  epochs: Epochs,
  { clock = systemClock, onRead = () => {}, shared = null }: EntityCacheDeps = {},
): EntityCache {
  const entries = new LRUCache<string, KeptRecord>({ max: maxRecords })
  const refreshing = new Set<string>()

  function count({ provider, kind }: CachedRead<Cacheable>, outcome: CacheOutcome, records: number): void {
    if (records > 0) onRead(provider, kind, outcome, records)
  }

  /** Under the epoch in which the read began: what was changed meanwhile makes it worthless. */
  async function load<Found extends Cacheable>(
    request: CachedRead<Found>,
    ids: readonly string[],
    epoch: string,
    call: Call,
  ): Promise<readonly Found[]> {
    const keep = (records: readonly Found[], goneIds: readonly string[]): void => {
      const readAt = clock.now()
      const kept = records.map((record) => [keyOf(request, record.nativeId), { record, readAt, epoch }] as const)
      const gone = goneIds.map((id) => [keyOf(request, id), null] as const)
      for (const [key, one] of kept) entries.set(key, one)
      for (const [key] of gone) entries.delete(key)
      void shared?.put([...kept, ...gone])
    }
    try {
      const records = await request.load(ids, call)
      const found = new Set(records.map(({ nativeId }) => nativeId))
      const goneIds = ids.filter((id) => !found.has(id))
      keep(records, goneIds)
      return records.map(copyOf)
    } catch (error) {
      if (!(error instanceof PartialBatchError)) throw error
      const found = error.found as readonly Found[] // thrown by the read above, whose records these are
      keep(found, [])
      throw new PartialBatchError(found.map(copyOf), error.failures)
    }
  }

  function refresh(request: CachedRead<Cacheable>, ids: readonly string[], epoch: string): void {
    const due = ids.filter((id) => !refreshing.has(keyOf(request, id)))
    if (due.length === 0) return
    for (const id of due) refreshing.add(keyOf(request, id))
    const deadline = clock.now() + refreshTimeoutMs
    const call: Call = { signal: AbortSignal.timeout(refreshTimeoutMs), deadline, record: () => {} }
    load(request, due, epoch, call)
      .catch(() => {}) // whoever asks once it is too old hears of the failure
      .finally(() => {
        for (const id of due) refreshing.delete(keyOf(request, id))
      })
  }

  /** Milliseconds; infinite for what may not be answered. A clock that was set back, or goes behind, makes no record younger. */
  function ageIn(epoch: string, kept: KeptRecord | undefined): number {
    const ageMs = kept?.epoch === epoch ? clock.now() - kept.readAt : -1
    return ageMs < 0 ? Number.POSITIVE_INFINITY : ageMs
  }

  /** Takes over what others have read later, of the records that this process would have to read. */
  async function takeOver(others: SharedRecords, request: CachedRead<Cacheable>, epoch: string): Promise<void> {
    const keys = request.ids.map((id) => keyOf(request, id)).filter((key) => ageIn(epoch, entries.get(key)) >= freshMs)
    if (keys.length === 0) return
    for (const [key, kept] of await others.get(keys)) {
      if (ageIn(epoch, kept) < ageIn(epoch, entries.get(key))) entries.set(key, kept)
    }
  }

  /** What there is of these records, and how old it is. */
  function lookUp<Found extends Cacheable>(request: CachedRead<Found>, epoch: string): AtHand<Found> {
    const known = new Map<string, { readonly record: Found; readonly ageMs: number }>()
    for (const id of request.ids) {
      const kept = entries.get(keyOf(request, id))
      const ageMs = ageIn(epoch, kept)
      if (!kept || ageMs === Number.POSITIVE_INFINITY) continue
      known.set(id, { record: kept.record as Found, ageMs }) // of the same kind, by its key
    }
    return {
      ageOf: (id) => known.get(id)?.ageMs ?? Number.POSITIVE_INFINITY,
      answer: (ids) =>
        ids.flatMap((id) => {
          const one = known.get(id)
          if (!one) return []
          if (one.ageMs >= freshMs) request.onStale(one.ageMs)
          return [copyOf(one.record)]
        }),
    }
  }

  /** Answers old records in the place of those that could not be read, as far as that may be; else throws as the read did. */
  async function rescue<Found extends Cacheable>(
    error: unknown,
    request: CachedRead<Found>,
    epoch: string,
    ids: readonly string[],
    { ageOf, answer }: AtHand<Found>,
  ): Promise<readonly Found[]> {
    const { found, failures } = outcomeOf(error, ids)
    const kept = [...failures]
      .filter(([id, failure]) => mayPass(failure) && ageOf(id) < freshMs + staleIfErrorMs)
      .map(([id]) => id)
    // Changed in the meantime: then it is not only old but wrong.
    if (kept.length === 0 || (await epochs.current(request.provider)) !== epoch) throw error
    count(request, 'rescued', kept.length)
    const records = [...(found as readonly Found[]), ...answer(kept)] // read for these ids
    const left = new Map([...failures].filter(([id]) => !kept.includes(id)))
    if (left.size > 0) throw new PartialBatchError(records, left)
    return records
  }

  return {
    async read(request) {
      const { provider, ids, call } = request
      const epoch = await epochs.current(provider)
      if (epoch === null) {
        count(request, 'miss', ids.length)
        return request.load(ids, call)
      }
      if (shared) await takeOver(shared, request, epoch)
      const known = lookUp(request, epoch)
      const wanted = ids.filter((id) => known.ageOf(id) >= freshMs + staleMs)
      const atHand = ids.filter((id) => !wanted.includes(id))
      const expired = atHand.filter((id) => known.ageOf(id) >= freshMs)
      count(request, 'hit', atHand.length - expired.length)
      count(request, 'stale', expired.length)
      count(request, 'miss', wanted.length)
      if (expired.length > 0) refresh(request, expired, epoch)
      const answered = known.answer(atHand)
      if (wanted.length === 0) return answered
      try {
        const read = await load(request, wanted, epoch, call).catch((error: unknown) =>
          rescue(error, request, epoch, wanted, known),
        )
        return [...answered, ...read]
      } catch (error) {
        if (answered.length === 0) throw error
        const { found, failures } = outcomeOf(error, wanted)
        throw new PartialBatchError([...answered, ...found], failures)
      }
    },
    changed: (provider) => epochs.advance(provider),
  }
}

/** What was read, and why the rest was not. Our own bugs are thrown on. */
function outcomeOf(
  error: unknown,
  ids: readonly string[],
): { readonly found: readonly unknown[]; readonly failures: ReadonlyMap<string, ProviderError> } {
  if (error instanceof PartialBatchError) {
    return { found: error.found, failures: error.failures }
  }
  if (!(error instanceof ProviderError)) throw error
  return { found: [], failures: new Map(ids.map((id) => [id, error])) }
}

/** Whether the record may well be there as it was: what is refused is not answered from memory. */
function mayPass({ isRetryable, kind }: ProviderError): boolean {
  return isRetryable || kind === 'badResponse' || kind === 'quotaExhausted'
}

/** Whoever answers a request marks the records in it. */
function copyOf<Found extends Cacheable>(record: Found): Found {
  return { ...record }
}
