import type { Caller } from './caller.ts'

/** What exists for this caller, out of all that is there by the names of the providers: the rest is as absent as what was never configured. */
export function withinReach<Value>(
  { providers, account }: Pick<Caller, 'providers' | 'account'>,
  byName: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Value> {
  if (providers === null && account === null) return byName
  return new Map(
    [...byName].filter(([name]) => (providers?.has(name) ?? true) && (account === null || account.provider === name)),
  )
}

/** Names what a caller can reach, so that a cursor made for one reach is of no use in another. */
export function nameOfReach({ providers, account }: Pick<Caller, 'providers' | 'account'>): string {
  if (providers === null && account === null) return nameOfAll
  return JSON.stringify([providers && [...providers].toSorted(), account && [account.provider, account.nativeId]])
}

const nameOfAll = JSON.stringify([null, null])
