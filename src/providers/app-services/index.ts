import type { IdentityProvider } from '../../identity/provider.ts'
import type { ConnectedProvider, ProviderDefinition, UpstreamDeps } from '../../upstream/definition.ts'
import { systemClock } from '../../upstream/clock.ts'
import { createHttp, type Http } from '../../upstream/http.ts'
import { createPipeline } from '../../upstream/pipeline.ts'
import { collections, createAdminApi } from './admin-api.ts'
import { createAdminAuthorization } from './authorization.ts'
import { type AppServicesSettings, environment, settingsSchema } from './config.ts'
import { readVendorError } from './errors.ts'
import { createGrantActions } from './grant-actions.ts'
import { createGrantReader } from './grants.ts'
import { createPendingUserActions } from './pending-user-actions.ts'
import { createPendingUserReader } from './pending-users.ts'
import { prices } from './prices.ts'
import { createSessionActions } from './session-actions.ts'
import { createSessionReader } from './sessions.ts'
import { createTokenVerifier } from './tokens.ts'
import { createUserActions } from './user-actions.ts'
import { createUserReader } from './users.ts'

/** Within the 8 to 16 that the vendor's limits suggest for one app (app-services.md 3.4). */
const defaultMaxParallelCalls = 12
const defaultAttemptTimeoutMs = 5_000
const defaultMaxRetries = 2

export const appServices: ProviderDefinition<AppServicesSettings> = {
  kind: 'app-services',
  settings: settingsSchema,
  environment,
  connect: (settings, deps) => Promise.resolve(connect(settings, deps)),
}

function connect(settings: AppServicesSettings, deps: UpstreamDeps): ConnectedProvider {
  const { name, baseUrl, maxParallelCalls = defaultMaxParallelCalls } = settings
  const clock = deps.clock ?? systemClock
  const pipeline = createPipeline({
    provider: name,
    origin: new URL(baseUrl).origin,
    authorization: createAdminAuthorization({ settings, clock, http: () => http }),
    maxParallelCalls,
    maxCallsPerSecond: settings.maxCallsPerSecond,
    attemptTimeoutMs: settings.attemptTimeoutMs ?? defaultAttemptTimeoutMs,
    maxRetries: settings.maxRetries ?? defaultMaxRetries,
    // app-services.md 1.3
    requestIdHeader: 'x-appservices-request-id',
    ...deps,
    clock,
  })
  // The vendor's own clients name this type on every request, empty ones included (app-services.md 1.3).
  const headers = { 'content-type': 'application/json' }
  const http: Http = createHttp({ pipeline, baseUrl, readVendorError, headers, clock })
  const api = createAdminApi(settings, http)

  const { users, index } = createUserReader(api, { settings, clock })

  const provider: IdentityProvider = {
    name,
    kind: 'app-services',
    prices,
    maxParallelCalls,
    users: { ...users, ...createUserActions(api) },
    // No groups: the vendor has none, and its "groups" are Atlas projects (app-services.md 7.2).
    sessions: { ...createSessionReader(api), ...createSessionActions(api) },
    grants: { ...createGrantReader(api), ...createGrantActions(api) },
    pendingUsers: { ...createPendingUserReader(api), ...createPendingUserActions(api) },
    tokens: createTokenVerifier(api),
    async check(call) {
      await api.request({ operation: collections.users.probe, query: { limit: 1 } }, call)
      index?.start()
    },
    health: () => pipeline.health(),
  }
  return {
    provider,
    close() {
      index?.stop()
      return pipeline.close()
    },
  }
}
