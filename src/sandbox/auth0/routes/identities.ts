import { z } from 'zod'
import { type Api, ok } from '../api.ts'
import { jsonAnswer, Refusal, userMissing } from '../refusal.ts'
import { profileOf, standAlone } from '../state/accounts.ts'
import type { TenantState } from '../state/tenant-state.ts'
import { connectionById } from '../tenant.ts'
import { userId } from '../validation.ts'
import type { Auth0Identity, Auth0User } from '../wire.ts'
import { requireUser, userPath } from './users-read.ts'

/** Linking accounts and taking them apart again (auth0.md 4.1). */
export function addIdentities(api: Api, state: TenantState): void {
  api.on('POST /users/{id}/identities', {
    scopes: ['update:users', 'update:current_user_identities'],
    path: userPath,
    body: z.strictObject({
      provider: z.string().optional(),
      connection_id: z
        .string()
        .regex(/^con_[A-Za-z0-9]{16}$/)
        .optional(),
      user_id: z.union([z.string().min(1), z.int()]).optional(),
      link_with: z.string().optional(),
    }),
    handle({ path, body }) {
      const primary = requireUser(state, path.id)
      if (body.link_with !== undefined) throw new Refusal(400, 'Invalid token', 'invalid_body')
      const secondary = secondaryOf(state, primary, body)
      const linked = [...primary.identities, ...linkable(secondary)]
      // What belonged to the secondary account alone ends with it.
      state.deleteUser(secondary.user_id)
      state.users.set({ ...primary, identities: linked, updated_at: new Date(state.now()).toISOString() })
      return jsonAnswer(201, linked)
    },
  })

  api.on('DELETE /users/{id}/identities/{provider}/{user_id}', {
    scopes: ['update:users', 'update:current_user_identities'],
    path: z.object({ id: userId, provider: z.string(), user_id: z.string() }),
    handle({ path }) {
      const user = requireUser(state, path.id)
      const index = user.identities.findIndex((identity) => isIdentity(identity, path.provider, path.user_id))
      const identity = user.identities[index]
      if (!identity) throw new Refusal(404, 'The identity does not exist.', 'inexistent_identity')
      if (index === 0) throw new Refusal(400, 'The primary identity of a user cannot be unlinked.')
      const rest = user.identities.filter((other) => other !== identity)
      state.users.set({ ...user, identities: rest, updated_at: new Date(state.now()).toISOString() })
      standAlone(state, identity)
      return ok(rest)
    },
  })
}

function secondaryOf(
  state: TenantState,
  primary: Auth0User,
  body: {
    readonly provider?: string | undefined
    readonly user_id?: string | number | undefined
    readonly connection_id?: string | undefined
  },
): Auth0User {
  const { provider, user_id: local, connection_id: connectionId } = body
  if (provider === undefined || local === undefined) {
    const missing = provider === undefined ? 'provider' : 'user_id'
    throw new Refusal(
      400,
      `Payload validation error: 'Missing required property: ${missing}' on property <root>.`,
      'invalid_body',
    )
  }
  if (primary.identities.some((identity) => isIdentity(identity, provider, String(local)))) {
    throw new Refusal(409, 'Specified identity already exists.')
  }
  // The id is taken with the provider in front, too.
  const prefix = `${provider}|`
  const id = String(local).startsWith(prefix) ? String(local) : `${prefix}${local}`
  const secondary = state.users.get(id) ?? state.users.get(`${prefix}${local}`)
  if (!secondary || secondary.user_id === primary.user_id) throw userMissing()
  const connection = connectionId === undefined ? null : connectionById(connectionId)
  if (connectionId !== undefined && connection?.name !== secondary.identities[0]?.connection) throw userMissing()
  return secondary
}

function linkable(user: Auth0User): readonly Auth0Identity[] {
  return user.identities.map((identity, index) =>
    index === 0 ? { profileData: profileOf(user), ...identity } : identity,
  )
}

function isIdentity(identity: Auth0Identity, provider: string, local: string): boolean {
  return identity.provider === provider && String(identity.user_id) === local
}
