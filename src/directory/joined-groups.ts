import type { PageRequest } from '../identity/page.ts'
import type { IdentityProvider } from '../identity/provider.ts'
import type { Group, GroupKind } from '../identity/records.ts'
import { concatenate } from './concatenate.ts'
import { heldBack } from './held-back.ts'
import type { MergeContext } from './merged-users.ts'
import type { Part, PartialPage } from './part.ts'
import { withSoftDeadline } from './soft-deadline.ts'

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
  { call }: Pick<MergeContext, 'call'>,
): readonly Part<Group>[] {
  if (!groups) return []
  const wanted = groups.kinds.filter((kind) => kinds?.includes(kind) ?? true)
  return wanted.map((kind) => ({
    key: kind,
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
  { call, softDeadlineMs }: MergeContext,
): Promise<PartialPage<Group>> {
  const parts = providers.flatMap((provider) =>
    groupParts(provider, selection, { call }).map((part): Part<Group> => ({
      ...part,
      key: `${provider.name}:${part.key}`,
      async read(request) {
        const refusal = heldBack(provider)
        if (refusal) throw refusal
        return part.read(request)
      },
    })),
  )
  return withSoftDeadline(softDeadlineMs, (deadline) => concatenate(page, parts, { eager: false, deadline }))
}

/** How many groups there are in all, where every kind says so with its pages; otherwise `null`. Costs a call for each kind. */
export function countJoinedGroups(
  providers: readonly IdentityProvider[],
  selection: GroupSelection,
  { call, softDeadlineMs }: MergeContext,
): Promise<number | null> {
  return withSoftDeadline(softDeadlineMs, async (deadline) => {
    if (providers.some((provider) => heldBack(provider))) return null
    const parts = providers.flatMap((provider) => groupParts(provider, selection, { call }))
    const pages = await Promise.all(
      parts.map((part) =>
        // What fails cannot be counted now; the page says why.
        deadline.wait(part.read({ first: 1, after: null }).catch(() => null)),
      ),
    )
    return pages.reduce<number | null>((sum, page) => {
      const total = page !== null && typeof page === 'object' ? page.total : undefined
      return sum === null || total === undefined ? null : sum + total
    }, 0)
  })
}
