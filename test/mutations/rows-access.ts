import assert from 'node:assert/strict'
import { register, signInAnonymously } from '../providers/app-services/end-user.ts'
import { onUser, type Row, type Subject, userIs } from './row.ts'
import { password } from './rows-accounts.ts'
import { holds, permission } from './rows-groups.ts'
import type { Place } from './world.ts'

const isLive = ({ status }: { readonly status: string }): boolean => status === 'ACTIVE'

async function signedIn(place: Place): Promise<Partial<Subject>> {
  const { id } = await place.someone(({ sessions }) => sessions?.nodes.some(isLive) ?? false)
  // Sessions are seeded by the time of day, so that those of the beginning are others.
  const user = await place.user(id)
  return { id, sessionId: user?.sessions?.nodes.find(isLive)?.id ?? '' }
}

async function registered(place: Place): Promise<{ readonly address: string }> {
  await register(place.origin, 'somebody.new@example.test', password)
  return { address: 'somebody.new@example.test' }
}

async function pendingUsers(place: Place): Promise<readonly { readonly id: string; readonly email: string }[]> {
  const data = await place.ask('{ pendingUsers(provider: "app-services", first: 100) { nodes { id email } } }')
  return (data['pendingUsers'] as unknown as { nodes: { id: string; email: string }[] }).nodes // as asked for
}

export const accessRows: Readonly<Record<string, Row>> = {
  grantUserPermissions: {
    input: ({ id }) => ({ id, permissions: [permission] }),
    pick: onUser((user) => !holds(user)),
    seen: userIs(holds),
    at: {
      auth0: { 'POST /users/{id}/permissions': 1, 'GET /users/{id}': 1 },
    },
  },
  revokeUserPermissions: {
    input: ({ id }) => ({ id, permissions: [permission] }),
    async pick(place) {
      const { id } = await place.someone((user) => !holds(user))
      await place.prepare('grantUserPermissions', { id, permissions: [permission] })
      return { id }
    },
    seen: userIs((user) => !holds(user)),
    at: {
      auth0: { 'DELETE /users/{id}/permissions': 1, 'GET /users/{id}': 1 },
    },
  },
  confirmPendingUser: {
    input: ({ provider, address }) => ({ provider, email: address }),
    pick: registered,
    seen: (_, { address }, payload) => assert.deepEqual(payload['pendingUser'], { email: address, confirmed: true }),
    at: {
      'app-services': {
        'POST /user_registrations/by_email/{email}/confirm': 1,
        'GET /user_registrations/pending_users': 1,
      },
    },
  },
  resendPendingUserConfirmation: {
    input: ({ provider, address }) => ({ provider, email: address }),
    pick: registered,
    seen: (_, { address }, payload) =>
      assert.equal((payload['pendingUser'] as { email: string } | null)?.email, address),
    at: {
      'app-services': {
        'POST /user_registrations/by_email/{email}/send_confirm': 1,
        'GET /user_registrations/pending_users': 1,
      },
    },
  },
  deletePendingUser: {
    input: ({ provider, address }) => ({ provider, email: address }),
    async pick(place) {
      const { address } = await registered(place)
      const pending = (await pendingUsers(place)).find(({ email }) => email === address)
      return { address, code: pending?.id ?? '' }
    },
    async seen(place, { address, code }, payload) {
      assert.equal(payload['deletedId'], code)
      assert(!(await pendingUsers(place)).some(({ email }) => email === address))
    },
    at: {
      'app-services': {
        'GET /user_registrations/pending_users': 1,
        'DELETE /user_registrations/by_email/{email}': 1,
      },
    },
  },
  revokeSession: {
    input: ({ sessionId }) => ({ id: sessionId }),
    pick: signedIn,
    async seen(place, { id, sessionId }, payload) {
      assert.deepEqual(payload['revokedIds'], [sessionId])
      if (payload['pending']) return
      const left = (await place.user(id))?.sessions?.nodes ?? []
      assert(left.filter(isLive).every((session) => session.id !== sessionId))
    },
    at: {
      monocloud: { 'DELETE /users/{user_id}/sessions/{session_id}': 1 },
      auth0: { 'GET /sessions/{id}': 1, 'POST /sessions/{id}/revoke': 1 },
      clerk: { 'GET /sessions/{session_id}': 1, 'POST /sessions/{session_id}/revoke': 1 },
      'app-services': { 'PUT /users/{userId}/logout': 1 },
    },
  },
  revokeAllSessions: {
    input: ({ id }) => ({ userId: id }),
    pick: signedIn,
    async seen(place, { id }, payload) {
      if (payload['pending']) return
      assert.deepEqual((await place.user(id))?.sessions?.nodes.filter(isLive), [])
    },
    at: {
      monocloud: { 'GET /users/{user_id}/sessions': 1, 'DELETE /users/{user_id}/sessions/{session_id}': 2 },
      auth0: { 'DELETE /users/{user_id}/sessions': 1 },
      clerk: { 'GET /sessions': 1, 'POST /sessions/{session_id}/revoke': 1 },
      'app-services': { 'PUT /users/{userId}/logout': 1 },
    },
  },
  revokeGrant: {
    input: ({ grantId }) => ({ id: grantId }),
    async pick(place) {
      const user = await place.someone(({ grants }) => grants?.nodes.some(({ revocable }) => revocable) ?? false)
      return { id: user.id, grantId: user.grants?.nodes.find(({ revocable }) => revocable)?.id ?? '' }
    },
    async seen(place, { id, grantId }, payload) {
      assert.deepEqual(payload['revokedIds'], [grantId])
      if (payload['pending']) return
      const left = (await place.user(id))?.grants?.nodes ?? []
      assert(left.filter(({ revocable }) => revocable).every((grant) => grant.id !== grantId))
    },
    at: {
      monocloud: { 'DELETE /users/{user_id}/grants/consents/{consent_id}': 1 },
      auth0: { 'GET /device-credentials': 1, 'DELETE /device-credentials/{id}': 1 },
      clerk: { 'DELETE /users/{user_id}/external_accounts/{external_account_id}': 1 },
      'app-services': { 'GET /users/{userId}': 1, 'DELETE /api_keys/{apiKeyId}': 1 },
    },
  },
  revokeGrants: {
    input: ({ id, clientId }) => ({ userId: id, clientId }),
    async pick(place) {
      const user = await place.someone(({ grants }) => grants?.nodes.some(({ kind }) => kind === 'CONSENT') ?? false)
      const consent = user.grants?.nodes.find(({ kind }) => kind === 'CONSENT')
      return { id: user.id, grantId: consent?.id ?? '', clientId: consent?.clientId ?? '' }
    },
    async seen(place, { id, grantId, clientId }, payload) {
      if (place.kind === 'auth0') assert((payload['revokedIds'] as string[]).includes(grantId))
      else assert.equal(payload['revokedIds'], null)
      const left = (await place.user(id))?.grants?.nodes ?? []
      assert(left.every((grant) => grant.kind !== 'CONSENT' || grant.clientId !== clientId))
    },
    at: {
      monocloud: { 'DELETE /users/{user_id}/grants/clients/{client_id}': 1 },
      auth0: {
        'GET /device-credentials': 1,
        'GET /grants': 1,
        'POST /refresh-tokens/revoke': 1,
        'DELETE /grants/{id}': 1,
      },
    },
  },
  revokeAllGrants: {
    input: ({ id }) => ({ userId: id }),
    pick: onUser(({ grants }) => grants?.nodes.some(({ kind }) => kind === 'CONSENT') ?? false),
    seen: async (place, { id }) =>
      assert((await place.user(id))?.grants?.nodes.every(({ kind }) => kind !== 'CONSENT')),
    at: {
      monocloud: { 'GET /users/{user_id}/grants/clients': 1, 'DELETE /users/{user_id}/grants/clients/{client_id}': 4 },
      auth0: {
        'GET /device-credentials': 1,
        'GET /grants': 1,
        'DELETE /users/{user_id}/refresh-tokens': 1,
        'DELETE /device-credentials/{id}': 2,
        'DELETE /grants': 1,
      },
    },
  },
  verifyToken: {
    input: ({ provider, token }) => ({ provider, token }),
    async pick(place) {
      if (place.kind === 'app-services') return { token: (await signInAnonymously(place.origin)).accessToken }
      const { sessionId = '' } = await signedIn(place)
      const session = await place.ask('query ($id: ID!) { session(id: $id) { nativeId } }', { id: sessionId })
      return { token: await sessionToken(place, (session['session'] as unknown as { nativeId: string }).nativeId) }
    },
    seen: (_, _subject, payload) => assert.equal(payload['valid'], true, String(payload['reason'])),
    at: {
      clerk: { 'GET /jwks': 1, 'GET /users/{user_id}': 1 },
      'app-services': { 'POST /users/verify_token': 1, 'GET /users/{userId}': 2 },
    },
  },
}

/** A token of a live session, as Clerk's front-end package gets it. */
async function sessionToken({ origin, environment }: Place, nativeId: string): Promise<string> {
  const response = await fetch(`${origin}/clerk/v1/sessions/${nativeId}/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${environment['CLERK_SECRET_KEY']}` },
  })
  return ((await response.json()) as { readonly jwt: string }).jwt
}
