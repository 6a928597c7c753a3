import { isIP } from 'node:net'
import type { CreateUserInput, UserChanges } from '../../identity/actions.ts'
import type { Call } from '../../identity/call.ts'
import { ProviderError, restated } from '../../identity/errors.ts'
import type { UserActions } from '../../identity/provider.ts'
import { isJsonObject, type JsonValue, type User } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import type { ArgumentNames } from './errors.ts'
import { toUser } from './map.ts'
import { bagsOf, createMetadataWriter, metadataMembers } from './metadata.ts'
import { wirePassword } from './passwords.ts'
import { badInput, unsupported } from './refusals.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import { userWire } from './wire.ts'
import { createWriter, inSteps, type Step } from './writer.ts'

/** What may be repeated is in monocloud.md 3.5. */
const operations = {
  create: { name: 'users.create', route: 'POST /users', safe: false },
  update: { name: 'users.update', route: 'PATCH /users/{user_id}/claims', safe: true },
  delete: { name: 'users.delete', route: 'DELETE /users/{user_id}', safe: true },
  disable: { name: 'users.disable', route: 'POST /users/{user_id}/disable', safe: true },
  enable: { name: 'users.enable', route: 'POST /users/{user_id}/enable', safe: true },
  unlock: { name: 'users.unlock', route: 'POST /users/{user_id}/unblock', safe: true },
  unblockIp: { name: 'users.unblockIp', route: 'POST /users/{user_id}/blocked_ips/unblock', safe: true },
  unblockAllIps: { name: 'users.unblockAllIps', route: 'POST /users/{user_id}/blocked_ips/unblock', safe: true },
} as const satisfies Readonly<Record<string, Operation>>

/** The claims that can be written, by our name for them (monocloud.md 5.5). */
const claims = {
  name: 'name',
  givenName: 'given_name',
  familyName: 'family_name',
  middleName: 'middle_name',
  nickname: 'nickname',
  preferredUsername: 'preferred_username',
  pictureUrl: 'picture',
  profileUrl: 'profile',
  website: 'website',
  gender: 'gender',
  birthdate: 'birthdate',
  zoneinfo: 'zoneinfo',
  locale: 'locale',
  address: 'address',
} as const satisfies Readonly<Partial<Record<keyof UserChanges, string>>>

const names: ArgumentNames = {
  ...Object.fromEntries(Object.entries(claims).map(([field, claim]) => [claim, [field]])),
  ...metadataMembers,
  username: ['username'],
  email: ['email'],
  email_verified: ['emailVerified'],
  phone_number: ['phoneNumber'],
  phone_number_verified: ['phoneVerified'],
  password: ['password'],
  password_hash: ['passwordHash', 'digest'],
  password_hash_algorithm: ['passwordHash', 'algorithm'],
  ip_address: ['address'],
}

/** The OIDC address claim, of which the vendor takes these members and no others. */
const addressMembers = ['formatted', 'street_address', 'locality', 'region', 'postal_code', 'country']

/** What is wrong with an address, outermost first; `null`: nothing. */
function faultOfAddress(address: JsonValue | undefined): readonly string[] | null {
  if (address === undefined || address === null) return null
  if (!isJsonObject(address)) return ['address']
  const broken = addressMembers.find((name) => typeof (address[name] ?? '') !== 'string')
  if (broken !== undefined) return ['address', broken]
  return Object.keys(address).every((name) => addressMembers.includes(name)) ? null : ['address']
}

type Actions = Pick<
  UserActions,
  'create' | 'update' | 'delete' | 'disable' | 'enable' | 'unlock' | 'unblockIp' | 'unblockAllIps' | 'updateMetadata'
>

/** There is no `lock`: only failed sign-ins lock an account here. */
export function createUserActions(upstream: MonoCloudUpstream): Required<Actions> {
  const { provider, mapping } = upstream
  const writer = createWriter(upstream, names)
  const metadata = createMetadataWriter(upstream, writer)

  function claimsOf(changes: Omit<UserChanges, 'externalId'>, operation: string): Readonly<Record<string, JsonValue>> {
    const fault = faultOfAddress(changes.address)
    if (fault) throw badInput({ provider, operation }, fault, 'The address is an object of the OIDC address claim')
    return Object.fromEntries(
      Object.entries(claims)
        .map(([field, claim]) => [claim, changes[field as keyof typeof claims]] as const) // the keys of a literal
        .filter((entry): entry is [(typeof entry)[0], JsonValue] => entry[1] !== undefined),
    )
  }

  function createBody(input: CreateUserInput): Readonly<Record<string, unknown>> {
    const context = { provider, operation: operations.create.name }
    const { skipChecks } = input
    return {
      username: input.username,
      email: input.email,
      email_verified: input.emailVerified,
      phone_number: input.phoneNumber,
      phone_number_verified: input.phoneVerified,
      ...wirePassword(input, context),
      name: input.name,
      given_name: input.givenName,
      family_name: input.familyName,
      nickname: input.nickname,
      picture: input.pictureUrl,
      ...(skipChecks
        ? {
            skip_password_policy_checks: true,
            skip_identifier_restriction_checks: true,
            skip_conformance_checks: true,
          }
        : {}),
    }
  }

  async function changeClaims(
    id: string,
    changes: Omit<UserChanges, 'externalId'>,
    skipChecks: boolean,
    call: Call,
  ): Promise<User | null> {
    const skipped = skipChecks ? { skip_conformance_checks: true } : {}
    const body = { ...claimsOf(changes, operations.update.name), ...skipped }
    return writer.changeUser(operations.update, id, { body }, call)
  }

  return {
    /** Creation takes neither locale nor metadata, so these follow in calls of their own. */
    async create(input, call) {
      const context = { provider, operation: operations.create.name }
      if (input.externalId !== undefined) throw unsupported(context, ['externalId'], 'keep an external id')
      if (input.connection !== undefined) throw unsupported(context, ['connection'], 'choose a connection')
      const { locale, publicMetadata, privateMetadata, skipChecks, ...atOnce } = input
      const bags = bagsOf({ publicMetadata, privateMetadata }, context).filter(({ value }) => value !== null)
      const body = createBody(input)
      const rest: Step<User, User>[] = []
      if (locale !== undefined) {
        rest.push({
          fields: ['locale'],
          run: async (user) => (await changeClaims(user.nativeId, { locale }, skipChecks, call)) ?? user,
        })
      }
      for (const bag of bags) {
        rest.push({
          fields: [bag.field],
          run: async (user) => {
            const value = await metadata.merge(user.nativeId, bag, call)
            // The bag is answered alone, without the time of the change.
            return { ...user, [bag.field]: value, missing: ['updatedAt'] }
          },
        })
      }
      let createdId: string | undefined
      const create = async (): Promise<User> => {
        const user = toUser(await writer.send(operations.create, { body }, userWire, call), mapping())
        createdId = user.nativeId
        return user
      }
      try {
        return await inSteps({ fields: Object.keys(atOnce), run: create }, rest)
      } catch (error) {
        if (!(error instanceof ProviderError) || createdId === undefined) throw error
        throw restated(error, { createdId })
      }
    },

    async update(id, { externalId, ...changes }, call) {
      const context = { provider, operation: operations.update.name }
      if (externalId !== undefined) throw unsupported(context, ['externalId'], 'keep an external id')
      return changeClaims(id, changes, false, call)
    },

    delete: (id, call) => writer.perform(operations.delete, { params: { user_id: id } }, call),

    disable: (id, revokeSessions, call) =>
      writer.changeUser(operations.disable, id, { body: { revoke_sessions: revokeSessions !== 'no' } }, call),

    enable: (id, call) => writer.changeUser(operations.enable, id, {}, call),

    unlock: (id, call) => writer.changeUser(operations.unlock, id, {}, call),

    async unblockIp(id, address, call) {
      // Another word than an address could be `all`, which unblocks every one.
      if (isIP(address) === 0) {
        throw badInput({ provider, operation: operations.unblockIp.name }, ['address'], 'This is not an IP address')
      }
      return writer.changeUser(operations.unblockIp, id, { body: { ip_address: address } }, call)
    },

    unblockAllIps: (id, call) => writer.changeUser(operations.unblockAllIps, id, { body: { ip_address: 'all' } }, call),

    /** Answers the bags alone, so that whoever needs the user reads it. */
    async updateMetadata(id, changes, call) {
      await metadata.update(id, changes, call)
      return null
    },
  }
}
