import type { IdentityProvider, UserFilter, UserOrder, UserQuery } from '../identity/provider.ts'
import type { User } from '../identity/records.ts'
import { unlessHeldBack } from './held-back.ts'
import { mergeByTime } from './merge.ts'
import type { ListingContext, MissingPart, Part, PartialPage } from './part.ts'
import { mainFailure } from './partial-page.ts'
import { withSoftDeadline } from './soft-deadline.ts'
import { sumOfCounts } from './sum.ts'
import { unsupportedIn } from './users.ts'

/**
 * One page of the users of all these providers, in one order. A provider without the order or a filter is named as missing, on every
 * page alike, and is not part of the list.
 */
export async function listMergedUsers(
  providers: readonly IdentityProvider[],
  { filter, order, ...page }: UserQuery,
  { call, softDeadlineMs }: ListingContext,
): Promise<PartialPage<User>> {
  const { able, refusing } = split(providers, { filter, order })
  if (able.length === 0) throw mainFailure(refusing)
  const parts = able.map((provider): Part<User> => ({
    key: provider.name,
    provider: provider.name,
    name: null,
    read: (part) => unlessHeldBack(provider, () => provider.users.list({ ...part, filter, order }, call)),
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
  { call, softDeadlineMs }: ListingContext,
): Promise<number | null> {
  const { able } = split(providers, query)
  return sumOfCounts(able.map(countOf), softDeadlineMs)

  async function countOf(provider: IdentityProvider): Promise<number | null> {
    const { count } = provider.users
    return known.get(provider.name) ?? (count ? unlessHeldBack(provider, () => count(query.filter, call)) : null)
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
