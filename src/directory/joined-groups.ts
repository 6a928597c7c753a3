import type { PageRequest } from '../identity/page.ts'
import type { IdentityProvider } from '../identity/provider.ts'
import type { Group, GroupKind } from '../identity/records.ts'
import { concatenate } from './concatenate.ts'
import { unlessHeldBack } from './held-back.ts'
import type { ListingContext, Part, PartialPage } from './part.ts'
import { withSoftDeadline } from './soft-deadline.ts'
import { sumOfCounts } from './sum.ts'

export interface GroupSelection {
  /** The kinds asked for; `null`: all. */
  readonly kinds: readonly GroupKind[] | null
  readonly search: string | null
  /** The word by which clients know a kind. */
  readonly nameOf: (kind: GroupKind) => string
}

/** The kinds of one provider's groups as parts of a list, in the provider's order. None where the provider has no groups. */
export function groupParts(
  { name: provider, groups }: IdentityProvider,
  { kinds, search, nameOf }: GroupSelection,
  { call }: Pick<ListingContext, 'call'>,
): readonly Part<Group>[] {
  if (!groups) return []
  const wanted = groups.kinds.filter((kind) => kinds?.includes(kind) ?? true)
  return wanted.map((kind) => ({
    key: `${provider}:${kind}`,
    provider,
    name: nameOf(kind),
    read: (page) => groups.list({ ...page, kind, search }, call),
  }))
}

/**
 * One page of the groups of all these providers, provider by provider and kind by kind, each in the vendor's own order. A provider
 * without groups is simply not part of it.
 */
export function listJoinedGroups(
  providers: readonly IdentityProvider[],
  selection: GroupSelection,
  page: PageRequest,
  { call, softDeadlineMs }: ListingContext,
): Promise<PartialPage<Group>> {
  const parts = providers.flatMap((provider) =>
    groupParts(provider, selection, { call }).map((part): Part<Group> => ({
      ...part,
      read: (request) => unlessHeldBack(provider, () => part.read(request)),
    })),
  )
  return withSoftDeadline(softDeadlineMs, (deadline) => concatenate(page, parts, { eager: false, deadline }))
}

/**
 * How many groups there are in all, where every kind says so with its pages; otherwise `null`. Costs a call for each kind but those in
 * `known`, by the keys of the parts, whose pages have said so.
 */
export function countJoinedGroups(
  providers: readonly IdentityProvider[],
  selection: GroupSelection,
  known: ReadonlyMap<string, number>,
  { call, softDeadlineMs }: ListingContext,
): Promise<number | null> {
  const counts = providers.flatMap((provider) =>
    groupParts(provider, selection, { call }).map(async (part) => {
      const total = known.get(part.key)
      if (total !== undefined) return total
      const page = await unlessHeldBack(provider, () => part.read({ first: 1, after: null }))
      return page.total ?? null
    }),
  )
  return sumOfCounts(counts, softDeadlineMs)
}
