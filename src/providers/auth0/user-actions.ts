import type { MetadataChanges } from '../../identity/actions.ts'
import type { Call } from '../../identity/call.ts'
import type { UserActions } from '../../identity/provider.ts'
import type { Operation } from '../../upstream/operation.ts'
import {
  change,
  changing,
  given,
  optionalObject,
  type JsonObject,
  refusal,
  refuseOthers,
  removing,
  requireObject,
  send,
} from './changes.ts'
import { isUserId, notFound } from './ids.ts'
import { toUser } from './map.ts'
import { otherId } from './rows.ts'
import type { EndingSessions } from './session-actions.ts'
import { type Auth0Upstream, reading } from './upstream.ts'
import { patchUser } from './user-changes.ts'
import { auth0User, auth0UserId } from './wire.ts'

const createUser = changing('users.create', 'POST /users')
const updateUser = changing('users.update', 'PATCH /users/{id}')
const findBeforeDelete = reading('users.delete', '/users/{id}')
const deleteUser = removing('users.delete', '/users/{id}')
const disableUser = changing('users.disable', 'PATCH /users/{id}')
const enableUser = changing('users.enable', 'PATCH /users/{id}')
const unlockUser = removing('users.unlock', '/user-blocks/{id}')
const unblockAllIps = removing('users.unblockAllIps', '/user-blocks/{id}')
const readMetadata = reading('users.updateMetadata', '/users/{id}')
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
] as const

const metadataFields = { publicMetadata: 'user_metadata', privateMetadata: 'app_metadata' } as const

type Actions = 'create' | 'update' | 'delete' | 'disable' | 'enable' | 'unlock' | 'unblockAllIps' | 'updateMetadata'

/**
 * An administrator's block (`disable`) and the blocks after failed sign-ins (`unlock`) are apart, and lifting one leaves the other
 * (auth0.md 5.2). Single addresses cannot be unblocked for one user.
 */
export function createUserActions(
  upstream: Auth0Upstream,
  endingSessions: EndingSessions,
): Required<Pick<UserActions, Actions>> {
  const { provider, clients } = upstream
  const contextOf = ({ name }: Operation) => ({ provider, operation: name })

  async function liftBlocks(operation: Operation, id: string, call: Call): Promise<null> {
    if (!isUserId(id)) throw notFound(provider, operation.name)
    await send(upstream, operation, call, () => clients.userBlocks.delete(id))
    return null
  }

  return {
    async create(input, call) {
      const context = contextOf(createUser)
      refuseOthers(input, [...profileFields, ...accountFields, ...Object.keys(metadataFields)], context)
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
      const user = await change(upstream, createUser, auth0User, call, () => clients.users.create(body))
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
      await upstream.read(findBeforeDelete, auth0UserId, call, () => clients.users.get(id, { fields: 'user_id' }))
      await send(upstream, deleteUser, call, () => clients.users.delete(id))
    },

    disable: (id, revokeSessions, call) =>
      endingSessions(revokeSessions, id, call, () => patchUser(upstream, disableUser, id, { blocked: true }, call)),
    enable: (id, call) => patchUser(upstream, enableUser, id, { blocked: false }, call),
    unlock: (id, call) => liftBlocks(unlockUser, id, call),
    unblockAllIps: (id, call) => liftBlocks(unblockAllIps, id, call),

    async updateMetadata(id, changes, call) {
      const wanted = wantedMetadata(changes, contextOf(updateMetadata))
      if (Object.keys(wanted).length === 0) return null
      if (!isUserId(id)) throw notFound(provider, updateMetadata.name)
      const patch = changes.mode === 'merge' ? wanted : await replacing(id, wanted, call)
      return patchUser(upstream, updateMetadata, id, patch, call)
    },
  }

  /** The upstream merges at the first level and deletes keys that are null: so keys that are to go are named (auth0.md 5.2). */
  async function replacing(id: string, wanted: MetadataPatch, call: Call): Promise<MetadataPatch> {
    if (Object.values(wanted).every((metadata) => Object.keys(metadata).length === 0)) return wanted
    const user = await upstream.read(readMetadata, auth0User, call, () => clients.users.get(id))
    if (user.user_id !== id) throw otherId(provider, readMetadata.name)
    return Object.fromEntries(
      Object.entries(wanted).map(([member, metadata]) => {
        if (Object.keys(metadata).length === 0) return [member, metadata]
        const known = Object.keys(user[member as keyof MetadataPatch] ?? {}) // the keys of a patch
        return [member, { ...Object.fromEntries(known.map((key) => [key, null])), ...metadata }]
      }),
    )
  }
}

type MetadataPatch = { readonly [Member in (typeof metadataFields)[keyof typeof metadataFields]]?: JsonObject }

/** An empty object wipes everything upstream: meant by `null`, and by `{}` when it replaces; when it merges, `{}` changes nothing. */
function wantedMetadata(
  { mode, ...changes }: MetadataChanges,
  context: { readonly provider: string; readonly operation: string },
): MetadataPatch {
  const wanted: Record<string, JsonObject> = {}
  for (const [field, member] of Object.entries(metadataFields) as [keyof typeof metadataFields, string][]) {
    const value = changes[field]
    if (value === undefined) continue
    const metadata = requireObject(value, field, context)
    if (mode === 'merge' && value !== null && Object.keys(metadata).length === 0) continue
    wanted[member] = metadata
  }
  return wanted
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
