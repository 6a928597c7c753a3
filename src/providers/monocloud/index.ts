import type { IdentityProvider } from '../../identity/provider.ts'
import { systemClock } from '../../upstream/clock.ts'
import type { ProviderDefinition } from '../../upstream/definition.ts'
import { createHttp, type Http } from '../../upstream/http.ts'
import type { Operation } from '../../upstream/operation.ts'
import { createPipeline } from '../../upstream/pipeline.ts'
import { type MonoCloudSettings, monoCloudEnvironment, monoCloudSettings } from './config.ts'
import { type ArgumentNames, createVendorErrorReader } from './errors.ts'
import { createCredentialActions } from './credential-actions.ts'
import { createGrantActions } from './grant-actions.ts'
import { createGroupActions } from './group-actions.ts'
import { createIdentifierActions } from './identifier-actions.ts'
import { createSessionActions } from './session-actions.ts'
import { createUserActions } from './user-actions.ts'
import { createGrants } from './grants.ts'
import { createGroups } from './groups.ts'
import type { MonoCloud } from './listing.ts'
import { createSessions } from './sessions.ts'
import { createUsers } from './users.ts'

const checkOperation: Operation = { name: 'check', route: 'GET /users', safe: true }

export const monoCloud: ProviderDefinition<MonoCloudSettings> = {
  kind: 'monocloud',
  settings: monoCloudSettings,
  environment: monoCloudEnvironment,

  async connect(settings, deps) {
    const { name, apiKey, maxParallelCalls = 8, attemptTimeoutMs = 5_000, maxRetries = 2 } = settings
    const baseUrl = settings.baseUrl ?? `https://${settings.domain ?? ''}/api`
    const clock = deps.clock ?? systemClock
    const pipeline = createPipeline({
      provider: name,
      origin: new URL(baseUrl).origin,
      authorization: { headers: () => ({ 'x-api-key': apiKey }) },
      maxParallelCalls,
      attemptTimeoutMs,
      maxRetries,
      ...deps,
    })
    const httpNaming = (names: ArgumentNames): Http =>
      createHttp({ pipeline, baseUrl, clock, readVendorError: createVendorErrorReader(names) })
    const http = httpNaming({ filter: ['filter'] })
    const tenant: MonoCloud = {
      provider: name,
      http,
      httpNaming,
      maxParallelCalls,
      maxPageSize: settings.maxPageSize,
      now: () => new Date(clock.now()),
    }

    // No pending registrations apart from users, no events (the log has no filter by user), and no keys to verify tokens with.
    const provider: IdentityProvider = {
      name,
      kind: 'monocloud',
      maxParallelCalls,
      users: {
        ...createUsers(tenant, settings),
        ...createUserActions(tenant),
        ...createIdentifierActions(tenant),
        ...createCredentialActions(tenant),
      },
      groups: { ...createGroups(tenant), ...createGroupActions(tenant) },
      sessions: { ...createSessions(tenant), ...createSessionActions(tenant) },
      grants: { ...createGrants(tenant), ...createGrantActions(tenant) },
      async check(call) {
        await http.request({ operation: checkOperation, query: { page: 1, size: 1 } }, call)
      },
      health: pipeline.health,
    }
    return { provider, close: pipeline.close }
  },
}
