import type { ClerkClient } from '@clerk/backend'
import type { CreateUserInput, MetadataChanges, UserChanges } from '../../identity/actions.ts'
import type { Call } from '../../identity/call.ts'
import type { UserActions } from '../../identity/provider.ts'
import type { User } from '../../identity/records.ts'
import type { Operation, OperationContext } from '../../upstream/operation.ts'
import {
  createUserChanger,
  inSteps,
  readAnswer,
  refuseOtherFields,
  requireObject,
  type Step,
  unsupported,
} from './changes.ts'
import type { ArgumentNames } from './errors.ts'
import { toUser } from './map-user.ts'
import type { ClerkUpstream } from './upstream.ts'
import { userWire, wireOf } from './wire.ts'

const operations = {
  create: { name: 'users.create', route: 'POST /users', safe: false },
  update: { name: 'users.update', route: 'PATCH /users/{user_id}', safe: false },
  delete: { name: 'users.delete', route: 'DELETE /users/{user_id}', safe: false },
  disable: { name: 'users.disable', route: 'POST /users/{user_id}/ban', safe: false },
  enable: { name: 'users.enable', route: 'POST /users/{user_id}/unban', safe: false },
  lock: { name: 'users.lock', route: 'POST /users/{user_id}/lock', safe: false },
  unlock: { name: 'users.unlock', route: 'POST /users/{user_id}/unlock', safe: false },
  mergeMetadata: { name: 'users.updateMetadata', route: 'PATCH /users/{user_id}/metadata', safe: false },
  replaceMetadata: { name: 'users.updateMetadata', route: 'PUT /users/{user_id}/metadata', safe: false },
  setUsername: { name: 'users.setUsername', route: 'PATCH /users/{user_id}', safe: false },
  removeUsername: { name: 'users.removeUsername', route: 'PATCH /users/{user_id}', safe: false },
  setProfileImage: { name: 'users.setProfileImage', route: 'POST /users/{user_id}/profile_image', safe: false },
  removeProfileImage: { name: 'users.removeProfileImage', route: 'DELETE /users/{user_id}/profile_image', safe: false },
} as const satisfies Record<string, Operation>

const argumentNames: ArgumentNames = {
  first_name: ['givenName'],
  last_name: ['familyName'],
  locale: ['locale'],
  external_id: ['externalId'],
  email_address: ['email'],
  email_address_identification_status: ['emailVerified'],
  phone_number: ['phoneNumber'],
  phone_number_identification_status: ['phoneVerified'],
  username: ['username'],
  password: ['password'],
  password_digest: ['passwordHash', 'digest'],
  password_hasher: ['passwordHash', 'algorithm'],
  public_metadata: ['publicMetadata'],
  private_metadata: ['privateMetadata'],
  file: ['file'],
}

const createFields: ReadonlySet<string> = new Set([
  'email',
  'emailVerified',
  'phoneNumber',
  'phoneVerified',
  'username',
  'password',
  'passwordHash',
  'givenName',
  'familyName',
  'locale',
  'externalId',
  'publicMetadata',
  'privateMetadata',
  'skipChecks',
])

const updateFields: ReadonlySet<string> = new Set(['givenName', 'familyName', 'locale', 'externalId'])

type CreateUserParams = Parameters<ClerkClient['users']['createUser']>[0]
type UpdateUserParams = NonNullable<Parameters<ClerkClient['users']['updateUser']>[1]>

/** The account as a whole: its life, its state, its profile. */
export function createUserActions(upstream: ClerkUpstream): UserActions {
  const { provider, clock } = upstream
  const { changed, done } = createUserChanger(upstream, argumentNames)
  const sdk = upstream.sdk(argumentNames)

  /** Which of the given fields replace what was there (`null` leaves nothing of it), and which are merged into it. */
  const metadataSteps = (id: string, { mode, ...given }: MetadataChanges, call: Call) => {
    const context = { provider, operation: operations.mergeMetadata.name }
    const replaced: Record<string, object> = {}
    const merged: Record<string, object> = {}
    for (const field of ['publicMetadata', 'privateMetadata'] as const) {
      const value = given[field]
      if (value === undefined) continue
      if (value === null) replaced[field] = {}
      else if (mode === 'replace') replaced[field] = requireObject(value, field, context)
      else merged[field] = requireObject(value, field, context)
    }
    const steps: readonly Step<User>[] = [
      {
        fields: Object.keys(merged),
        run: () => changed(operations.mergeMetadata, id, call, (client) => client.users.updateUserMetadata(id, merged)),
      },
      {
        fields: Object.keys(replaced),
        run: () =>
          changed(operations.replaceMetadata, id, call, (client) => client.users.replaceUserMetadata(id, replaced)),
      },
    ]
    return steps.filter((step) => step.fields.length > 0)
  }

  return {
    async create(input, call) {
      const context = { provider, operation: operations.create.name }
      refuseOtherFields(input, createFields, context)
      const params = toCreateParams(input, context)
      const answer = await sdk.run(operations.create, call, (client) => client.users.createUser(params))
      return toUser(provider, readAnswer(userWire, wireOf(answer), context), clock.now())
    },

    async update(id, changes, call) {
      refuseOtherFields(changes, updateFields, { provider, operation: operations.update.name })
      const params = toUpdateParams(changes)
      if (Object.keys(params).length === 0) return null
      return changed(operations.update, id, call, (client) => client.users.updateUser(id, params))
    },

    async delete(id, call) {
      await done(operations.delete, id, call, (client) => client.users.deleteUser(id))
    },

    /** A ban, which ends every session. */
    async disable(id, revokeSessions, call) {
      if (revokeSessions === 'no') {
        const context = { provider, operation: operations.disable.name }
        throw unsupported(context, ['revokeSessions'], `${provider} ends the sessions of whom it disables`)
      }
      return changed(operations.disable, id, call, (client) => client.users.banUser(id))
    },

    enable: (id, call) => changed(operations.enable, id, call, (client) => client.users.unbanUser(id)),

    /** For as long as the instance's settings say, an hour by default. */
    lock: (id, call) => changed(operations.lock, id, call, (client) => client.users.lockUser(id)),

    unlock: (id, call) => changed(operations.unlock, id, call, (client) => client.users.unlockUser(id)),

    async updateMetadata(id, changes, call) {
      return inSteps(metadataSteps(id, changes, call))
    },

    setUsername: (id, username, call) =>
      changed(operations.setUsername, id, call, (client) => client.users.updateUser(id, { username })),

    /** A blank name removes it. */
    removeUsername: (id, call) =>
      changed(operations.removeUsername, id, call, (client) => client.users.updateUser(id, { username: '' })),

    setProfileImage: (id, { content, fileName }, call) =>
      changed(operations.setProfileImage, id, call, (client) =>
        client.users.updateUserProfileImage(id, { file: new File([content], fileName, { type: content.type }) }),
      ),

    removeProfileImage: (id, call) =>
      changed(operations.removeProfileImage, id, call, (client) => client.users.deleteUserProfileImage(id)),
  }
}

/**
 * Clerk takes new addresses and numbers for verified unless told otherwise, and ours are unverified unless said otherwise: `reserved` is
 * an unverified one that can be used to sign in and that nobody else can claim.
 */
function toCreateParams(input: CreateUserInput, context: OperationContext): CreateUserParams {
  const { email, phoneNumber, password, passwordHash, skipChecks, publicMetadata, privateMetadata } = input
  const params = {
    externalId: input.externalId,
    firstName: input.givenName,
    lastName: input.familyName,
    locale: input.locale,
    username: input.username,
    password,
    ...(email === undefined
      ? {}
      : { emailAddress: [email], emailAddressIdentificationStatus: [statusOf(input.emailVerified)] }),
    ...(phoneNumber === undefined
      ? {}
      : { phoneNumber: [phoneNumber], phoneNumberIdentificationStatus: [statusOf(input.phoneVerified)] }),
    ...(passwordHash ? { passwordDigest: passwordHash.digest, passwordHasher: passwordHash.algorithm } : {}),
    ...(publicMetadata == null ? {} : { publicMetadata: requireObject(publicMetadata, 'publicMetadata', context) }),
    ...(privateMetadata == null ? {} : { privateMetadata: requireObject(privateMetadata, 'privateMetadata', context) }),
    ...(skipChecks && password !== undefined ? { skipPasswordChecks: true } : {}),
    ...(skipChecks && password === undefined && !passwordHash ? { skipPasswordRequirement: true } : {}),
    ...(skipChecks ? { skipLegalChecks: true } : {}),
  }
  // `undefined` is dropped on the way, and Clerk itself refuses a hasher that it does not know.
  return params as CreateUserParams
}

function statusOf(isVerified: boolean | undefined): 'verified' | 'reserved' {
  return isVerified ? 'verified' : 'reserved'
}

/** `null` removes, which the API allows though the package's types do not know it. */
function toUpdateParams({ givenName, familyName, locale, externalId }: UserChanges): UpdateUserParams {
  const given = { firstName: givenName, lastName: familyName, locale, externalId }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
