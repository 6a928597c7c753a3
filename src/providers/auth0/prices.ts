import { inCallsOf, type ProviderPrices } from '../../identity/prices.ts'
import { byIdOnlyFields, missingFromRoleMembers } from './map.ts'

/** How many device credentials of one user are ended one by one before it is out of the ordinary. */
const usualEndings = 20

/** auth0.md 2.1, 2.3. `maxIdsPerSearch`: ids or values in one search. */
export function createPrices(maxIdsPerSearch: number): ProviderPrices {
  const bySearch = inCallsOf(maxIdsPerSearch)
  return {
    users: {
      // What a search does not find is asked for one by one, and nobody need exist whose id was made up.
      getMany: { ...bySearch, perRecord: bySearch.perRecord + 1 },
      complete: bySearch,
      missingFromLists: byIdOnlyFields,
      missingFromMembers: missingFromRoleMembers,
      // An address alone is looked up in two ways.
      findByEmails: { perBatch: 2 - bySearch.perRecord, perRecord: bySearch.perRecord },
    },
    groups: { membershipRoles: 1 },
    grants: { get: { page: () => 2 } },
    actions: {
      'grants.revokeByClient': 4 + 2 * usualEndings,
      'grants.revokeAll': 4 + usualEndings,
    },
  }
}
