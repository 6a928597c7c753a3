import type { GlobalId } from '../../src/identity/global-id.ts'
import type { InputReach } from '../access.ts'
import { builder } from '../builder.ts'
import * as check from './checks.ts'
import { atProvider, atRecord, defineMutation, given, givenValues } from './define.ts'
import { MetadataModeEnum, PasswordHashInput, SessionRevocationEnum } from './input-types.ts'
import { DeletePayloadRef, UserPayloadRef } from './payloads.ts'
import { endsSessions } from './reach.ts'
import { userInput, userMutation } from './user-mutation.ts'

const CreateUserInput = builder.inputType('CreateUserInput', {
  fields: (t) => ({
    provider: t.string({ required: true }),
    email: t.string(),
    emailVerified: t.boolean(),
    phoneNumber: t.string({ description: 'E.164.' }),
    phoneVerified: t.boolean(),
    username: t.string(),
    password: t.string({ description: 'Not together with passwordHash.' }),
    passwordHash: t.field({ type: PasswordHashInput }),
    name: t.string(),
    givenName: t.string(),
    familyName: t.string(),
    nickname: t.string(),
    pictureUrl: t.string(),
    locale: t.string(),
    externalId: t.string(),
    publicMetadata: t.field({ type: 'JSON' }),
    privateMetadata: t.field({ type: 'JSON' }),
    connection: t.string({ description: 'The store that holds the account, at providers that have several.' }),
    skipChecks: t.boolean({
      required: true,
      defaultValue: false,
      description: "Skip the provider's password and sign-up policies, for migrations.",
    }),
  }),
})

interface CreateReach {
  readonly password?: unknown
  readonly passwordHash?: unknown
  readonly emailVerified?: boolean | null | undefined
  readonly phoneVerified?: boolean | null | undefined
  readonly skipChecks: boolean
}

/** Who makes an account with a way in, or vouches for an address, could be making somebody else's. */
const createReaches: readonly InputReach<CreateReach>[] = [
  { field: 'password', scope: 'users:credentials', when: ({ password }) => password != null },
  { field: 'passwordHash', scope: 'users:credentials', when: ({ passwordHash }) => passwordHash != null },
  { field: 'emailVerified', scope: 'users:credentials', when: ({ emailVerified }) => emailVerified === true },
  { field: 'phoneVerified', scope: 'users:credentials', when: ({ phoneVerified }) => phoneVerified === true },
  { field: 'skipChecks', scope: 'users:credentials', when: ({ skipChecks }) => skipChecks },
]

defineMutation('createUser', {
  scopes: ['users:write'],
  reaches: createReaches,
  input: CreateUserInput,
  makes: 'User',
  payload: UserPayloadRef,
  aim: atProvider,
  checks: {
    email: check.email,
    phoneNumber: check.phoneNumber,
    username: check.nameText,
    password: check.password,
    passwordHash: check.passwordHash,
    name: check.nameText,
    givenName: check.nameText,
    familyName: check.nameText,
    nickname: check.nameText,
    pictureUrl: check.webUrl,
    locale: check.word,
    externalId: check.word,
    publicMetadata: check.metadata,
    privateMetadata: check.metadata,
    connection: check.word,
  },
  check({ password, passwordHash }) {
    if (password != null && passwordHash != null) {
      throw check.wrong(['passwordHash'], 'must not be given together with `password`')
    }
  },
  action: ({ users }) => users.create,
  async run(create, { input: { provider, ...input }, context }) {
    const user = await create(givenValues(input), context.call)
    const target: GlobalId = { type: 'User', provider, parts: [user.nativeId] }
    return { user, target }
  },
})

const UpdateUserInput = builder.inputType('UpdateUserInput', {
  description: 'What is left out is unchanged; null removes.',
  fields: (t) => ({
    id: t.id({ required: true }),
    name: t.string(),
    givenName: t.string(),
    familyName: t.string(),
    nickname: t.string(),
    pictureUrl: t.string(),
    locale: t.string(),
    externalId: t.string(),
    middleName: t.string(),
    preferredUsername: t.string(),
    profileUrl: t.string(),
    website: t.string(),
    gender: t.string(),
    birthdate: t.string({ description: 'YYYY-MM-DD, or YYYY where only the year is known.' }),
    zoneinfo: t.string(),
    address: t.field({ type: 'JSON', description: 'The OIDC address claim.' }),
  }),
})

userMutation('updateUser', {
  scopes: ['users:write'],
  input: UpdateUserInput,
  checks: {
    name: check.nameText,
    givenName: check.nameText,
    familyName: check.nameText,
    nickname: check.nameText,
    pictureUrl: check.webUrl,
    locale: check.word,
    externalId: check.word,
    middleName: check.nameText,
    preferredUsername: check.nameText,
    profileUrl: check.webUrl,
    website: check.webUrl,
    gender: check.nameText,
    birthdate: check.birthdate,
    zoneinfo: check.nameText,
    address: check.addressClaim,
  },
  check: check.someOf,
  action: (users) => users.update,
  run: (update, id, changes, call) => update(id, given(changes), call),
})

defineMutation('deleteUser', {
  scopes: ['users:delete'],
  input: userInput('DeleteUserInput'),
  payload: DeletePayloadRef,
  aim: atRecord('User', 'id'),
  action: ({ users }) => users.delete,
  async run(remove, { id, aim, context }) {
    await remove(id, context.call)
    return { deleted: aim.target }
  },
})

userMutation('disableUser', {
  description: 'Refuses sign-in until the user is enabled again.',
  scopes: ['users:write'],
  reaches: [endsSessions],
  input: builder.inputType('DisableUserInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      revokeSessions: t.field({ type: SessionRevocationEnum, required: true, defaultValue: 'ifSupported' }),
    }),
  }),
  action: (users) => users.disable,
  run: (disable, id, { revokeSessions }, call) => disable(id, revokeSessions, call),
})

userMutation('enableUser', {
  scopes: ['users:write'],
  input: userInput('EnableUserInput'),
  action: (users) => users.enable,
  run: (enable, id, _, call) => enable(id, call),
})

userMutation('lockUser', {
  description: 'Refuses sign-in for a while.',
  scopes: ['users:write'],
  input: userInput('LockUserInput'),
  action: (users) => users.lock,
  run: (lock, id, _, call) => lock(id, call),
})

userMutation('unlockUser', {
  description: 'Lifts a lock, whether set by hand or after failed sign-ins.',
  scopes: ['users:write'],
  input: userInput('UnlockUserInput'),
  action: (users) => users.unlock,
  run: (unlock, id, _, call) => unlock(id, call),
})

userMutation('unblockIp', {
  scopes: ['users:write'],
  input: builder.inputType('UnblockIpInput', {
    fields: (t) => ({ id: t.id({ required: true }), address: t.string({ required: true }) }),
  }),
  checks: { address: check.ipAddress },
  action: (users) => users.unblockIp,
  run: (unblock, id, { address }, call) => unblock(id, address, call),
})

userMutation('unblockAllIps', {
  scopes: ['users:write'],
  input: userInput('UnblockAllIpsInput'),
  action: (users) => users.unblockAllIps,
  run: (unblock, id, _, call) => unblock(id, call),
})

userMutation('updateMetadata', {
  scopes: ['users:write'],
  input: builder.inputType('UpdateMetadataInput', {
    description: 'What is left out is unchanged; null removes.',
    fields: (t) => ({
      id: t.id({ required: true }),
      publicMetadata: t.field({ type: 'JSON' }),
      privateMetadata: t.field({ type: 'JSON' }),
      mode: t.field({ type: MetadataModeEnum, required: true, defaultValue: 'merge' }),
    }),
  }),
  checks: { publicMetadata: check.metadata, privateMetadata: check.metadata },
  check: ({ publicMetadata, privateMetadata }) => check.someOf({ publicMetadata, privateMetadata }),
  action: (users) => users.updateMetadata,
  run: (update, id, changes, call) => update(id, given(changes), call),
})
