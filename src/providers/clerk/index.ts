import type { ConnectedProvider, ProviderDefinition, UpstreamDeps } from '../../upstream/definition.ts'
import type { Operation } from '../../upstream/operation.ts'
import { clerkEnvironment, type ClerkSettings, clerkSettings } from './config.ts'
import { createContactActions } from './contact-actions.ts'
import { createCredentialActions } from './credential-actions.ts'
import { createGrantActions } from './grant-actions.ts'
import { createGrantReader } from './grants.ts'
import { createGroupActions } from './group-actions.ts'
import { createGroupReader } from './groups.ts'
import { prices } from './prices.ts'
import { createSessionActions } from './session-actions.ts'
import { createSessionReader } from './sessions.ts'
import { createTokenVerifier } from './tokens.ts'
import { connectUpstream } from './upstream.ts'
import { createUserActions } from './user-actions.ts'
import { createUserReader } from './users.ts'
import { userListWire } from './wire.ts'

/** Clerk, as the registry offers it. */
export const clerk: ProviderDefinition<ClerkSettings> = {
  kind: 'clerk',
  settings: clerkSettings,
  environment: clerkEnvironment,
  connect,
}

const check: Operation = { name: 'check', route: 'GET /users', safe: true }

async function connect(settings: ClerkSettings, deps: UpstreamDeps): Promise<ConnectedProvider> {
  const upstream = connectUpstream(settings, deps)
  const { provider, pipeline, maxParallelCalls } = upstream
  const http = upstream.http()
  const users = createUserReader(upstream)
  const sessions = createSessionReader(upstream)
  const grants = createGrantReader(upstream)
  return {
    provider: {
      name: provider,
      kind: 'clerk',
      prices,
      maxParallelCalls,
      users: {
        ...users,
        ...createUserActions(upstream),
        ...createContactActions(upstream, users.getMany),
        ...createCredentialActions(upstream, users.getMany),
      },
      groups: { ...createGroupReader(upstream), ...createGroupActions(upstream) },
      sessions: { ...sessions, ...createSessionActions(upstream, sessions.get, users.getMany) },
      grants: { ...grants, ...createGrantActions(upstream, grants.get) },
      tokens: createTokenVerifier(upstream),
      // No pending users: Clerk's invitations and waitlist are offers to register, nobody has registered yet.
      async check(call) {
        await http.read({ operation: check, query: { limit: 1 } }, userListWire, call)
      },
      health: () => pipeline.health(),
    },
    close: () => pipeline.close(),
  }
}
