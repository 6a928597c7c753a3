import assert from 'node:assert/strict'
import { onUser, type Row, userIs } from './row.ts'
import { type Place, type SeenUser } from './world.ts'

/** The password that rows set. */
export const password = 'correct-Horse-7-battery'

/** A user of a database of the vendor's own, with nothing linked. */
export const isPlain = (user: SeenUser, { kind }: Place): boolean =>
  user.status === 'ACTIVE' && (kind !== 'auth0' || (user.nativeId.startsWith('auth0|') && user.identities.length === 1))

/** Not the one that Clerk shows of everybody. */
const hasOwnImage = ({ pictureUrl }: SeenUser): boolean => pictureUrl !== null && !pictureUrl.includes('/default/')

/** The smallest there is: one pixel. Its name and type are lies, as a browser's may be. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

export const accountRows: Readonly<Record<string, Row>> = {
  createUser: {
    input: ({ provider, address }) => ({
      provider,
      email: address,
      password,
      ...(provider === 'app-services' ? {} : { givenName: 'Ada' }),
      ...(provider === 'auth0' ? { connection: 'Username-Password-Authentication' } : {}),
    }),
    async seen(place, { address }, payload) {
      const user = await place.user((payload['user'] as SeenUser | null)?.id)
      assert.equal(user?.email, address)
    },
    at: {
      monocloud: { 'POST /users': 1 },
      auth0: { 'POST /users': 1 },
      clerk: { 'POST /users': 1 },
      'app-services': { 'POST /users': 1 },
    },
  },
  updateUser: {
    input: ({ id }) => ({ id, givenName: 'Zenobia' }),
    pick: onUser(isPlain),
    seen: userIs((user) => user.givenName === 'Zenobia'),
    at: {
      monocloud: { 'PATCH /users/{user_id}/claims': 1 },
      auth0: { 'PATCH /users/{id}': 1 },
      clerk: { 'PATCH /users/{user_id}': 1 },
    },
  },
  deleteUser: {
    input: ({ id }) => ({ id }),
    pick: onUser(),
    async seen(place, { id }, payload) {
      assert.equal(payload['deletedId'], id)
      assert.equal(await place.user(id), null)
    },
    at: {
      monocloud: { 'DELETE /users/{user_id}': 1 },
      auth0: { 'GET /users/{id}': 1, 'DELETE /users/{id}': 1 },
      clerk: { 'DELETE /users/{user_id}': 1 },
      'app-services': { 'DELETE /users/{userId}': 1 },
    },
  },
  disableUser: {
    input: ({ id }) => ({ id }),
    pick: onUser(({ status }) => status === 'ACTIVE'),
    seen: userIs(({ status }) => status === 'DISABLED'),
    at: {
      monocloud: { 'POST /users/{user_id}/disable': 1 },
      auth0: { 'PATCH /users/{id}': 1, 'DELETE /users/{user_id}/sessions': 1 },
      clerk: { 'POST /users/{user_id}/ban': 1 },
      'app-services': { 'PUT /users/{userId}/disable': 1, 'PUT /users/{userId}/logout': 1, 'GET /users/{userId}': 1 },
    },
  },
  enableUser: {
    input: ({ id }) => ({ id }),
    async pick(place) {
      const { id } = await place.someone(({ status }) => status === 'ACTIVE')
      await place.prepare('disableUser', { id })
      return { id }
    },
    seen: userIs(({ status }) => status !== 'DISABLED'),
    at: {
      monocloud: { 'POST /users/{user_id}/enable': 1 },
      auth0: { 'PATCH /users/{id}': 1 },
      clerk: { 'POST /users/{user_id}/unban': 1 },
      'app-services': { 'PUT /users/{userId}/enable': 1, 'GET /users/{userId}': 1 },
    },
  },
  lockUser: {
    input: ({ id }) => ({ id }),
    pick: onUser(({ status }) => status === 'ACTIVE'),
    seen: userIs(({ status }) => status === 'LOCKED'),
    at: {
      clerk: { 'POST /users/{user_id}/lock': 1 },
    },
  },
  unlockUser: {
    input: ({ id }) => ({ id }),
    // Few are locked for long: Auth0 says it by the addresses that it blocks, and MonoCloud's locks are over soon.
    pick: onUser(({ status, blockedIps }, { kind }) => {
      if (kind === 'auth0') return (blockedIps?.nodes.length ?? 0) > 0
      return kind === 'monocloud' || status === 'LOCKED'
    }),
    seen: userIs(({ status }) => status !== 'LOCKED'),
    at: {
      monocloud: { 'POST /users/{user_id}/unblock': 1 },
      auth0: { 'DELETE /user-blocks/{id}': 1, 'GET /users/{id}': 1 },
      clerk: { 'POST /users/{user_id}/unlock': 1 },
    },
  },
  unblockIp: {
    input: ({ id, address }) => ({ id, address: address.includes('@') ? '192.0.2.1' : address }),
    async pick(place) {
      const user = await place.someone(({ blockedIps }) => (blockedIps?.nodes.length ?? 0) > 0)
      return { id: user.id, address: user.blockedIps?.nodes[0]?.address ?? '' }
    },
    seen: userIs(({ blockedIps }, { address }) => blockedIps?.nodes.every((ip) => ip.address !== address) ?? false),
    at: {
      monocloud: { 'POST /users/{user_id}/blocked_ips/unblock': 1 },
    },
  },
  unblockAllIps: {
    input: ({ id }) => ({ id }),
    pick: onUser(({ blockedIps }) => (blockedIps?.nodes.length ?? 0) > 0),
    seen: userIs(({ blockedIps }) => blockedIps?.nodes.length === 0),
    at: {
      monocloud: { 'POST /users/{user_id}/blocked_ips/unblock': 1 },
      auth0: { 'DELETE /user-blocks/{id}': 1, 'GET /users/{id}': 1 },
    },
  },
  updateMetadata: {
    input: ({ id }) => ({ id, publicMetadata: { plan: 'gold' } }),
    pick: onUser(),
    seen: userIs(({ publicMetadata }) => publicMetadata?.['plan'] === 'gold'),
    at: {
      monocloud: { 'PATCH /users/{user_id}/public_data': 1, 'GET /users/{user_id}': 1 },
      auth0: { 'PATCH /users/{id}': 1 },
      clerk: { 'PATCH /users/{user_id}/metadata': 1 },
    },
  },
  setUsername: {
    input: ({ id }) => ({ id, username: 'zenobia_1' }),
    pick: onUser((user, place) => isPlain(user, place) && user.username !== null),
    seen: userIs(({ username }) => username === 'zenobia_1'),
    at: {
      monocloud: { 'PUT /users/{user_id}/username': 1 },
      auth0: { 'PATCH /users/{id}': 1 },
      clerk: { 'PATCH /users/{user_id}': 1 },
    },
  },
  removeUsername: {
    input: ({ id }) => ({ id }),
    pick: onUser((user, place) => isPlain(user, place) && user.username !== null && user.email !== null),
    seen: userIs(({ username }) => username === null),
    at: {
      monocloud: { 'DELETE /users/{user_id}/username': 1 },
      auth0: { 'PATCH /users/{id}': 1 },
      clerk: { 'PATCH /users/{user_id}': 1 },
    },
  },
  setProfileImage: {
    input: ({ id }) => ({ id, file: new File([png], 'me.gif', { type: 'text/html' }) }),
    pick: onUser((user) => !hasOwnImage(user)),
    seen: userIs(hasOwnImage),
    at: {
      clerk: { 'POST /users/{user_id}/profile_image': 1 },
    },
  },
  removeProfileImage: {
    input: ({ id }) => ({ id }),
    pick: onUser((user, place) => isPlain(user, place) && hasOwnImage(user)),
    seen: userIs((user) => !hasOwnImage(user)),
    at: {
      auth0: { 'PATCH /users/{id}': 1 },
      clerk: { 'DELETE /users/{user_id}/profile_image': 1 },
    },
  },
}
