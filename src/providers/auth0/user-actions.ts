import type { Call } from '../../identity/call.ts'
import type { UserActions } from '../../identity/provider.ts'
import type { JsonObject, JsonValue } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { change, changing, given, optionalObject, refuseOthers, removing, send } from './changes.ts'
import { isUserId } from './ids.ts'
import { toUser } from './map.ts'
import { notFound, otherId, refusal } from './refusals.ts'
import type { EndingSessions } from './session-actions.ts'
import { type Auth0Upstream, reading } from './upstream.ts'
import { patchUser, readUserFor } from './user-changes.ts'
import { auth0User, auth0UserId } from './wire.ts'

const createUser = changing('users.create', 'POST /users')
const updateUser = changing('users.update', 'PATCH /users/{id}')
const findBeforeDelete = reading('users.delete', '/users/{id}')
const deleteUser = removing('users.delete', '/users/{id}')
const disableUser = changing('users.disable', 'PATCH /users/{id}')
const enableUser = changing('users.enable', 'PATCH /users/{id}')
const unlockUser = removing('users.unlock', '/user-blocks/{id}')
const unblockAllIps = removing('users.unblockAllIps', '/user-blocks/{id}')
const updateMetadata = changing('users.updateMetadata', 'PATCH /users/{id}')

/** What the bodies of auth0.md 5.2 have a place for. */
const profileFields = ['name', 'givenName', 'familyName', 'nickname', 'pictureUrl'] as const
const accountFields = [
  'connection',
  'email',
  'emailVerified',
  'phoneNumber',
  'phoneVerified',
  'username',
  'password',
  'publicMetadata',
  'privateMetadata',
] as const

type Actions = 'create' | 'update' | 'delete' | 'disable' | 'enable' | 'unlock' | 'unblockAllIps' | 'updateMetadata'

/**
 * An administrator's block (`disable`) and the blocks after failed sign-ins (`unlock`) are apart, and lifting one leaves the other
 * (auth0.md 5.2). Single addresses cannot be unblocked for one user.
 */
export function createUserActions(
  upstream: Auth0Upstream,
  endingSessions: EndingSessions,
): Required<Pick<UserActions, Actions>> {
  const { provider } = upstream
  const contextOf = ({ name }: Operation) => ({ provider, operation: name })

  async function liftBlocks(operation: Operation, id: string, call: Call): Promise<null> {
    if (!isUserId(id)) throw notFound(provider, operation.name)
    await send(upstream, operation, call, (clients) => clients.userBlocks.delete(id))
    return null
  }

  return {
    async create(input, call) {
      const context = contextOf(createUser)
      refuseOthers(input, [...profileFields, ...accountFields], context)
      const { connection, publicMetadata, privateMetadata } = input
      if (connection === undefined) {
        throw refusal(context, 'badInput', ['connection'], `${provider} needs the connection that holds the account`)
      }
      const body = {
        connection,
        ...profileOf(input),
        ...given({
          email: input.email,
          email_verified: input.emailVerified,
          phone_number: input.phoneNumber,
          phone_verified: input.phoneVerified,
          username: input.username,
          password: input.password,
          user_metadata: optionalObject(publicMetadata, 'publicMetadata', context),
          app_metadata: optionalObject(privateMetadata, 'privateMetadata', context),
        }),
      }
      const user = await change(upstream, createUser, auth0User, call, (clients) => clients.users.create(body))
      return toUser(provider, user)
    },

    async update(id, changes, call) {
      refuseOthers(changes, profileFields, contextOf(updateUser))
      const patch = profileOf(changes)
      return Object.keys(patch).length === 0 ? null : patchUser(upstream, updateUser, id, patch, call)
    },

    /** The upstream deletes whom it does not know, too, without a word; so it is asked first. */
    async delete(id, call) {
      if (!isUserId(id)) throw notFound(provider, deleteUser.name)
      const found = await upstream.read(findBeforeDelete, auth0UserId, call, {
        params: { id },
        query: { fields: 'user_id' },
      })
      if (found.user_id !== id) throw otherId(provider, deleteUser.name)
      await send(upstream, deleteUser, call, (clients) => clients.users.delete(id))
    },

    disable: (id, revokeSessions, call) =>
      endingSessions(revokeSessions, id, call, () => patchUser(upstream, disableUser, id, { blocked: true }, call)),
    enable: (id, call) => patchUser(upstream, enableUser, id, { blocked: false }, call),
    unlock: (id, call) => liftBlocks(unlockUser, id, call),
    unblockAllIps: (id, call) => liftBlocks(unblockAllIps, id, call),

    async updateMetadata(id, { mode, ...changes }, call) {
      const context = contextOf(updateMetadata)
      const wanted = {
        publicMetadata: optionalObject(changes.publicMetadata, 'publicMetadata', context),
        privateMetadata: optionalObject(changes.privateMetadata, 'privateMetadata', context),
      }
      const isKnownNeeded =
        mode === 'replace' && Object.values(wanted).some((metadata) => metadata && !isEmpty(metadata))
      const known = isKnownNeeded ? await readUserFor(upstream, updateMetadata, id, call) : null
      const patchOf = (field: keyof typeof wanted): JsonObject | undefined => {
        const metadata = wanted[field]
        if (mode === 'replace') return metadata && replacing(known?.[field] ?? null, metadata)
        // An empty object would wipe all there is: `null` means that, but merging nothing does not.
        return isEmpty(changes[field]) ? undefined : metadata
      }
      const patch = given({ user_metadata: patchOf('publicMetadata'), app_metadata: patchOf('privateMetadata') })
      return Object.keys(patch).length === 0 ? null : patchUser(upstream, updateMetadata, id, patch, call)
    },
  }
}

function isEmpty(value: JsonValue | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/** The upstream merges at the first level, and deletes keys that are null: so the keys that are to go are named (auth0.md 5.2). */
function replacing(known: JsonValue, wanted: JsonObject): JsonObject {
  if (isEmpty(wanted)) return wanted
  return { ...Object.fromEntries(Object.keys(known ?? {}).map((key) => [key, null])), ...wanted }
}

function profileOf<Text extends string | null>(input: {
  readonly [Field in (typeof profileFields)[number]]?: Text | undefined
}) {
  return given({
    name: input.name,
    given_name: input.givenName,
    family_name: input.familyName,
    nickname: input.nickname,
    picture: input.pictureUrl,
  })
}
