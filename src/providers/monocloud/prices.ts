import { type BatchPrice, pagesOf, type ProviderPrices, type RelationPrice } from '../../identity/prices.ts'

/** Everything of the user's record: no call but the one for the record. */
const fromRecord: RelationPrice = { page: () => 0, readsRecord: true }

/** One page of the list, which usually has all, and a read for each that it lacks. */
const groupsById: BatchPrice = { perBatch: 1, perRecord: 1 }

/** How many applications or sessions of one user are ended one by one before it is out of the ordinary. */
const usualEndings = 20

/** Pages are the tenant's largest at most (monocloud.md 2, 7). */
export function createPrices({ maxPageSize }: { readonly maxPageSize: number }): ProviderPrices {
  return {
    users: {
      missingFromLists: ['publicMetadata', 'privateMetadata', 'identities.email', 'identities.name'],
      missingFromMembers: ['publicMetadata', 'privateMetadata', 'identities.email', 'identities.name'],
      list: pagesOf(maxPageSize),
      listAuthenticators: fromRecord,
    },
    groups: {
      getMany: groupsById,
      missingFromMemberships: ['description', 'memberCount', 'createdAt', 'updatedAt'],
    },
    // A grant is found again in its list only.
    grants: { get: { page: () => 2 } },
    actions: {
      // Creation, locale and two bags of metadata.
      'users.create': 4,
      'sessions.revokeAll': 1 + usualEndings,
      'grants.revokeAll': 1 + usualEndings,
    },
  }
}
