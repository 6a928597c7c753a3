import type { RequestObserver, SandboxOptions, SandboxVendor } from '../vendor.ts'
import { type Api, createApi } from './api.ts'
import { addAuthenticators } from './routes/authenticators.ts'
import { addGrants } from './routes/grants.ts'
import { addGroupReads } from './routes/groups-read.ts'
import { addIdentities } from './routes/identities.ts'
import { addJobs } from './routes/jobs.ts'
import { addLogs } from './routes/logs.ts'
import { addOrganizationReads } from './routes/organizations-read.ts'
import { addOrganizationWrites } from './routes/organizations-write.ts'
import { addRefreshTokens } from './routes/refresh-tokens.ts'
import { addRoleReads } from './routes/roles-read.ts'
import { addRoleWrites } from './routes/roles-write.ts'
import { addSessions } from './routes/sessions.ts'
import { addStats } from './routes/stats.ts'
import { addTickets } from './routes/tickets.ts'
import { addUserBlocks } from './routes/user-blocks.ts'
import { addUserGroupWrites } from './routes/user-groups-write.ts'
import { addUserGroupReads } from './routes/user-groups.ts'
import { addUserReads } from './routes/users-read.ts'
import { addUserWrites } from './routes/users-write.ts'
import { createTenantState } from './state/tenant-state.ts'
import { tenantDomain } from './tenant.ts'

/** With what a test may change of the vendor's manner. */
export interface Auth0SandboxOptions extends SandboxOptions {
  /** Milliseconds for which a revoked session or token is still there. Left out: 100. */
  readonly revocationDelayMs?: number
  /** Characters in a URL from which on `GET /users` refuses it. Left out: 8,000. */
  readonly maxUrlLength?: number
}

/** The tenant: its state, and the API over it. */
export function createAuth0Sandbox(options: Auth0SandboxOptions, observer: RequestObserver): SandboxVendor {
  const { people, now, searchLagMs = 0, revocationDelayMs = 100, maxUrlLength = 8_000 } = options

  const start = (): Api => {
    const state = createTenantState(people, now, { searchLagMs, revocationDelayMs })
    const api = createApi({ now, observer, domain: tenantDomain })
    addUserReads(api, state, { maxUrlLength })
    addUserWrites(api, state)
    addIdentities(api, state)
    addUserGroupReads(api, state)
    addUserGroupWrites(api, state)
    addSessions(api, state)
    addRefreshTokens(api, state)
    addGrants(api, state)
    addAuthenticators(api, state)
    addUserBlocks(api, state)
    addRoleReads(api, state)
    addRoleWrites(api, state)
    addOrganizationReads(api, state)
    addOrganizationWrites(api, state)
    addGroupReads(api, state)
    addLogs(api, state)
    addStats(api, state)
    addTickets(api, state)
    addJobs(api, state)
    return api
  }
  let api = start()

  return {
    name: 'auth0',
    fetch: (request) => api.fetch(request),
    reset() {
      api = start()
    },
    expireCredentials: () => api.expireTokens(),
  }
}
