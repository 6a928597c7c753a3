import type { ProviderPrices } from '../../identity/prices.ts'
import { missingFromMembers } from './map-user.ts'

/** Login services that one user has linked accounts at: each is a call (clerk.md 4.5). */
const usualServices = 5

/** Live sessions of one user that are ended one by one before it is out of the ordinary. */
const usualSessions = 20

export const prices: ProviderPrices = {
  users: {
    missingFromMembers,
    listAuthenticators: { page: () => 0, readsRecord: true },
  },
  groups: { missingFromMemberships: ['memberCount'] },
  grants: {
    listByUser: { oauthAccessToken: { page: () => usualServices, readsRecord: true } },
    get: { page: () => 1, readsRecord: true },
  },
  actions: { 'sessions.revokeAll': 2 + usualSessions },
}
