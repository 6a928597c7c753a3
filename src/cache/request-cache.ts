import type { Caller } from '../access/caller.ts'
import type { Call } from '../identity/call.ts'
import type { CachedRead, EntityCache } from './entity-cache.ts'

/** The entity cache as one request sees it. */
export interface RequestCache {
  /** Reads records by their ids, as `load` does. */
  read<Found extends { readonly nativeId: string }>(
    what: Pick<CachedRead<Found>, 'provider' | 'kind' | 'ids' | 'load'>,
  ): Promise<readonly Found[]>
  /** From now on nothing is answered to this request that was read for another one. */
  readAfresh(): void
  /** Does work that changes something at this provider. */
  changing<Result>(provider: string, work: () => Promise<Result>): Promise<Result>
  /** By provider, the greatest age in milliseconds of what was answered although it should have been read again. */
  readonly staleness: ReadonlyMap<string, number>
}

/** `cache` `null`: everything is read afresh. */
export function createRequestCache(cache: EntityCache | null, caller: Caller, call: Call): RequestCache {
  const staleness = new Map<string, number>()
  let audience: string | null = null
  let isFresh = false

  return {
    staleness,
    read(what) {
      if (!cache || isFresh) return what.load(what.ids, call)
      const onStale = (ageMs: number): void => {
        staleness.set(what.provider, Math.max(ageMs, staleness.get(what.provider) ?? 0))
      }
      audience ??= audienceOf(caller)
      return cache.read({ ...what, audience, call, onStale })
    },
    readAfresh() {
      isFresh = true
    },
    async changing(provider, work) {
      isFresh = true
      if (!cache) return work()
      // Before, so that nobody is answered what is being changed; and after, because others read it meanwhile.
      await cache.changed(provider)
      try {
        return await work()
      } finally {
        await cache.changed(provider)
      }
    },
  }
}

/** Callers for whom the same providers exist and who may see the same. */
function audienceOf({ scopes, providers, account }: Caller): string {
  return JSON.stringify([[...scopes].toSorted(), providers && [...providers].toSorted(), account])
}
