import { bearerToken } from '../../upstream/authorization.ts'
import { type Clock, systemClock } from '../../upstream/clock.ts'
import type { ProviderDefinition, UpstreamDeps } from '../../upstream/definition.ts'
import { createPipeline, type Pipeline } from '../../upstream/pipeline.ts'
import { auth0Environment, type Auth0Settings, auth0Settings } from './config.ts'
import { createContactActions } from './contact-actions.ts'
import { createCredentialActions } from './credential-actions.ts'
import { createGrantActions } from './grant-actions.ts'
import { createGrants } from './grants.ts'
import { createGroupActions } from './group-actions.ts'
import { createGroups } from './groups.ts'
import { createEndingSessions, createSessionActions } from './session-actions.ts'
import { createSessions } from './sessions.ts'
import { createAuth0TokenSource } from './token.ts'
import { createUpstream, reading, offsetPage } from './upstream.ts'
import { createUserActions } from './user-actions.ts'
import { createPrices } from './prices.ts'
import { createUsers, maxValuesPerSearch } from './users.ts'
import { auth0UserTotal } from './wire.ts'

/** In flight at once; the smallest plans refuse more than a few per second anyway (auth0.md 3.3). */
const defaultParallelCalls = 8
const defaultAttemptTimeoutMs = 5_000
const defaultRetries = 2

const checkCredentials = reading('check', '/users')

/**
 * Auth0: users by search and by id, roles, organizations and enterprise groups, sessions, and as grants consents, refresh tokens and
 * device credentials. Absent: end users' tokens and pending registrations, for which its Management API has nothing.
 */
export const auth0: ProviderDefinition<Auth0Settings> = {
  kind: 'auth0',
  settings: auth0Settings,
  environment: auth0Environment,

  async connect(settings, deps) {
    const { name } = settings
    const clock = deps.clock ?? systemClock
    const baseUrl = (settings.baseUrl ?? `https://${settings.domain}`).replace(/\/+$/, '')
    const pipeline = connectPipeline(settings, deps, clock, baseUrl)
    const upstream = createUpstream(pipeline, baseUrl, clock)
    const sessions = createSessions(upstream, clock)
    const sessionActions = createSessionActions(upstream, sessions.get)
    const endingSessions = createEndingSessions(upstream, sessionActions.revokeAll)
    const grants = createGrants(upstream)
    return {
      provider: {
        name,
        kind: 'auth0',
        prices: createPrices(maxValuesPerSearch),
        maxParallelCalls: settings.maxParallelCalls ?? defaultParallelCalls,
        users: {
          ...createUsers(upstream),
          ...createUserActions(upstream, endingSessions),
          ...createContactActions(upstream),
          ...createCredentialActions(upstream, clock, endingSessions),
        },
        groups: { ...createGroups(upstream), ...createGroupActions(upstream) },
        sessions: { ...sessions, ...sessionActions },
        grants: { ...grants, ...createGrantActions(upstream, grants) },
        async check(call) {
          await upstream.read(checkCredentials, auth0UserTotal, call, {
            query: { search_engine: 'v3', ...offsetPage(0, 1), fields: 'user_id' },
          })
        },
        health: () => pipeline.health(),
      },
      close: () => pipeline.close(),
    }
  },
}

function connectPipeline(settings: Auth0Settings, deps: UpstreamDeps, clock: Clock, baseUrl: string): Pipeline {
  const attemptTimeoutMs = settings.attemptTimeoutMs ?? defaultAttemptTimeoutMs
  const tokens = createAuth0TokenSource({
    pipeline: () => pipeline,
    baseUrl,
    domain: settings.domain,
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    timeoutMs: 2 * attemptTimeoutMs,
    pauseMs: settings.loginPauseMs,
    clock,
  })
  const pipeline = createPipeline({
    provider: settings.name,
    origin: new URL(baseUrl).origin,
    authorization: bearerToken(tokens),
    maxParallelCalls: settings.maxParallelCalls ?? defaultParallelCalls,
    maxCallsPerSecond: settings.maxCallsPerSecond,
    attemptTimeoutMs,
    maxRetries: settings.maxRetries ?? defaultRetries,
    ...deps,
    clock,
  })
  return pipeline
}
