import type { Call } from '../identity/call.ts'
import type { IdentityProvider, UserFilter, UserOrder, UserQuery } from '../identity/provider.ts'
import type { User } from '../identity/records.ts'
import { heldBack } from './held-back.ts'
import { mergeByTime } from './merge.ts'
import type { MissingPart, Part, PartialPage } from './part.ts'
import { mainFailure } from './partial-page.ts'
import { withSoftDeadline } from './soft-deadline.ts'
import { unsupportedIn } from './users.ts'

export interface MergeContext {
  readonly call: Call
  /** Milliseconds that an answer over several providers waits for the slow ones. */
  readonly softDeadlineMs: number
}

/**
 * One page of the users of all these providers, in one order. A provider without the order or a filter is named as missing, on every
 * page alike, and is not part of the list.
 */
export async function listMergedUsers(
  providers: readonly IdentityProvider[],
  { filter, order, ...page }: UserQuery,
  { call, softDeadlineMs }: MergeContext,
): Promise<PartialPage<User>> {
  const { able, refusing } = split(providers, { filter, order })
  if (able.length === 0) throw mainFailure(refusing)
  const parts = able.map((provider): Part<User> => ({
    key: provider.name,
    provider: provider.name,
    name: null,
    async read(part) {
      const refusal = heldBack(provider)
      if (refusal) throw refusal
      return provider.users.list({ ...part, filter, order }, call)
    },
  }))
  const { field, direction } = order
  const merged = await withSoftDeadline(softDeadlineMs, (deadline) =>
    mergeByTime(page, parts, { timeOf: (user) => user[field], direction, deadline }),
  )
  return { ...merged, missing: [...refusing, ...merged.missing] }
}

/**
 * How long that list is over all its pages; `null` when a provider in it cannot count, or does not answer in time. `known`: lengths that
 * came with a page, by provider, so that they need not be asked for.
 */
export async function countMergedUsers(
  providers: readonly IdentityProvider[],
  query: { readonly filter: UserFilter; readonly order: UserOrder },
  known: ReadonlyMap<string, number>,
  { call, softDeadlineMs }: MergeContext,
): Promise<number | null> {
  const { able } = split(providers, query)
  const counts = await withSoftDeadline(softDeadlineMs, (deadline) =>
    Promise.all(able.map((provider) => deadline.wait(countOf(provider)))),
  )
  return counts.reduce<number | null>(
    (sum, count) => (sum === null || typeof count !== 'number' ? null : sum + count),
    0,
  )

  async function countOf(provider: IdentityProvider): Promise<number | null> {
    const total = known.get(provider.name)
    if (total !== undefined) return total
    if (!provider.users.count || heldBack(provider)) return null
    // What fails cannot be counted now; the page says why.
    return provider.users.count(query.filter, call).catch(() => null)
  }
}

function split(
  providers: readonly IdentityProvider[],
  query: { readonly filter: UserFilter; readonly order: UserOrder },
): { readonly able: readonly IdentityProvider[]; readonly refusing: readonly MissingPart[] } {
  const able: IdentityProvider[] = []
  const refusing: MissingPart[] = []
  for (const provider of providers) {
    const error = unsupportedIn(provider, query)
    if (error) refusing.push({ provider: provider.name, part: null, error })
    else able.push(provider)
  }
  return { able, refusing }
}
