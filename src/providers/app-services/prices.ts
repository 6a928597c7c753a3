import type { PagePrice, ProviderPrices, RelationPrice } from '../../identity/prices.ts'
import { pageSize } from './id-paging.ts'
import { missingInLists } from './map.ts'

/** Everything of the user's record: no call but the one for the record. */
const fromRecord: RelationPrice = { page: () => 0, readsRecord: true }

/** Accounts that carry one address. */
const usualAccounts = 2

/** Lists resume after an id, wherever the page before ended. */
const byId: PagePrice = ({ first }) => Math.ceil(first / pageSize)

/** app-services.md 2, 7. */
export const prices: ProviderPrices = {
  users: {
    missingFromLists: missingInLists,
    list: byId,
    // The index names them, and each is read.
    findByEmails: { perBatch: 0, perRecord: usualAccounts },
    // Sign-ins that succeeded and those that did not are two logs, each read on as long as the other has the newer events.
    listEvents: { page: ({ isResumed }) => (isResumed ? 4 : 2) },
  },
  sessions: { listByUser: fromRecord, get: fromRecord },
  grants: {
    listByUser: { linkedIdentity: fromRecord, apiKey: { page: () => 1, readsRecord: true } },
    get: { page: () => 1, readsRecord: true },
  },
  pendingUsers: { list: byId },
}
