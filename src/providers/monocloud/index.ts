import type { IdentityProvider } from '../../identity/provider.ts'
import { fixedKey } from '../../upstream/authorization.ts'
import { systemClock } from '../../upstream/clock.ts'
import type { ProviderDefinition } from '../../upstream/definition.ts'
import { createHttp, type Http } from '../../upstream/http.ts'
import type { Operation } from '../../upstream/operation.ts'
import { createPipeline } from '../../upstream/pipeline.ts'
import { type MonoCloudSettings, monoCloudEnvironment, monoCloudSettings } from './config.ts'
import { createCredentialActions } from './credential-actions.ts'
import { type ArgumentNames, createVendorErrorReader } from './errors.ts'
import { createGrantActions } from './grant-actions.ts'
import { createGrants } from './grants.ts'
import { createGroupActions } from './group-actions.ts'
import { createGroups } from './groups.ts'
import { createIdentifierActions } from './identifier-actions.ts'
import { createPrices } from './prices.ts'
import { createSessionActions } from './session-actions.ts'
import { createSessions } from './sessions.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import { createUserActions } from './user-actions.ts'
import { createUsers } from './users.ts'

const checkOperation: Operation = { name: 'check', route: 'GET /users', safe: true }

export const monocloud: ProviderDefinition<MonoCloudSettings> = {
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
      authorization: fixedKey({ 'x-api-key': apiKey }),
      maxParallelCalls,
      maxCallsPerSecond: settings.maxCallsPerSecond,
      attemptTimeoutMs,
      maxRetries,
      ...deps,
    })
    const httpNaming = (names: ArgumentNames): Http =>
      createHttp({ pipeline, baseUrl, clock, readVendorError: createVendorErrorReader(names) })
    const http = httpNaming({ filter: ['filter'] })
    const upstream: MonoCloudUpstream = {
      provider: name,
      http,
      httpNaming,
      maxParallelCalls,
      maxPageSize: settings.maxPageSize,
      mapping: () => ({ provider: name, now: new Date(clock.now()) }),
    }

    // No pending registrations apart from users, no events (the log has no filter by user), and no keys to verify tokens with.
    const provider: IdentityProvider = {
      name,
      kind: 'monocloud',
      prices: createPrices(settings),
      maxParallelCalls,
      users: {
        ...createUsers(upstream, settings),
        ...createUserActions(upstream),
        ...createIdentifierActions(upstream),
        ...createCredentialActions(upstream),
      },
      groups: { ...createGroups(upstream), ...createGroupActions(upstream) },
      sessions: { ...createSessions(upstream), ...createSessionActions(upstream) },
      grants: { ...createGrants(upstream), ...createGrantActions(upstream) },
      async check(call) {
        await http.request({ operation: checkOperation, query: { page: 1, size: 1 } }, call)
      },
      health: pipeline.health,
    }
    return { provider, close: pipeline.close }
  },
}
