import type { CreateUserInput } from '../../identity/actions.ts'
import type { Call } from '../../identity/call.ts'
import { ProviderError, restated } from '../../identity/errors.ts'
import type { UserActions } from '../../identity/provider.ts'
import type { Operation } from '../../upstream/operation.ts'
import { parseWire } from '../../upstream/wire.ts'
import { type AdminApi, app, collections } from './admin-api.ts'
import { findUser, requireUserId } from './find-user.ts'
import { toUser } from './map.ts'
import { endSessions } from './session-actions.ts'
import { userSchema } from './wire.ts'

// Which may be repeated: app-services.md 3.4.
const operations = {
  create: { name: 'users.create', route: `POST ${app}/users`, safe: false },
  delete: { name: 'users.delete', route: `DELETE ${app}/users/{userId}`, safe: true },
  disable: { name: 'users.disable', route: `PUT ${app}/users/{userId}/disable`, safe: true },
  enable: { name: 'users.enable', route: `PUT ${app}/users/{userId}/enable`, safe: true },
  changeEmail: { name: 'users.changeEmail', route: `PATCH ${app}/users/{userId}/reset_email`, safe: true },
} satisfies Record<string, Operation>

/** In characters, whatever that is (app-services.md 3.4). */
const longestEmail = 128
const shortestPassword = 6
const longestPassword = 128

/** What of a new user the upstream takes. It has no policies to skip either (app-services.md 4.1). */
const creatable: ReadonlySet<string> = new Set(['email', 'emailVerified', 'password', 'skipChecks'])

export function createUserActions(api: AdminApi): UserActions {
  const { provider } = api

  function refusal(kind: 'badInput' | 'unsupported', operation: Operation, argument: string, message: string) {
    return new ProviderError({ provider, kind, operation: operation.name, argument: [argument], message })
  }

  /** A call about one user that answers nothing. */
  async function change(operation: Operation, id: string, call: Call, body?: unknown): Promise<null> {
    requireUserId(id, api, operation)
    await api.requestItem(collections.users, { operation, params: { userId: id }, body }, call)
    return null
  }

  function requireEmail(address: string, operation: Operation, argument: string): void {
    if (isWithin(address, 1, longestEmail)) return
    throw refusal('badInput', operation, argument, `${provider} takes addresses of 1 to ${longestEmail} characters`)
  }

  /** The upstream takes an address and a password for a new account, which is confirmed at once, and nothing else. */
  function credentialsOf(input: CreateUserInput): { readonly email: string; readonly password: string } {
    const { create } = operations
    const foreign = Object.entries(input).find(([field, value]) => value !== undefined && !creatable.has(field))
    if (foreign) {
      throw refusal('unsupported', create, foreign[0], `${provider} creates users with an email and a password only`)
    }
    if (input.emailVerified === false) {
      throw refusal(
        'unsupported',
        create,
        'emailVerified',
        `${provider} confirms the address of a user that it creates`,
      )
    }
    const { email, password } = input
    if (email === undefined) throw refusal('badInput', create, 'email', `${provider} needs an email for a new user`)
    if (password === undefined) {
      throw refusal('badInput', create, 'password', `${provider} needs a password for a new user`)
    }
    requireEmail(email, create, 'email')
    if (!isWithin(password, shortestPassword, longestPassword)) {
      const message = `${provider} takes passwords of ${shortestPassword} to ${longestPassword} characters`
      throw refusal('badInput', create, 'password', message)
    }
    return { email, password }
  }

  /** Why an address of an allowed length was refused: of the user only reading it tells. */
  async function whyEmailRefused(id: string, error: ProviderError, call: Call): Promise<ProviderError> {
    const user = await findUser(api, id, call)
    return user?.identities?.some(({ provider_type }) => provider_type === 'local-userpass') === false
      ? refusal('unsupported', operations.changeEmail, 'id', `This user of ${provider} does not sign in by email`)
      : restated(error, { argument: ['address'] })
  }

  return {
    async create(input, call) {
      const body = credentialsOf(input)
      const answer = await api.request({ operation: operations.create, body }, call)
      const context = { provider, operation: operations.create.name, outcome: 'applied' } as const
      return toUser(provider, parseWire(userSchema, answer.body, context), 'listItem')
    },

    async delete(id, call) {
      requireUserId(id, api, operations.delete)
      await api.deleteItem(collections.users, { operation: operations.delete, params: { userId: id } }, call)
    },

    /**
     * Nobody can refresh a session of a disabled user, but whether the old ones come to life with `enable` is not known
     * (app-services.md 4.1): when they have to end, they are ended, and only after no new one can begin.
     */
    async disable(id, revokeSessions, call) {
      await change(operations.disable, id, call)
      if (revokeSessions === 'no') return null
      try {
        await endSessions(api, id, call)
      } catch (error) {
        throw error instanceof ProviderError ? disabledOnly(error) : error
      }
      return null
    },

    enable: (id, call) => change(operations.enable, id, call),

    async changeEmail(id, { address, verified }, call) {
      const operation = operations.changeEmail
      if (verified)
        throw refusal('unsupported', operation, 'verified', `${provider} does not keep who verified an address`)
      requireEmail(address, operation, 'address')
      try {
        return await change(operation, id, call, { email: address })
      } catch (error) {
        const isUnexplained = error instanceof ProviderError && error.kind === 'badInput' && error.argument === null
        throw isUnexplained ? await whyEmailRefused(id, error, call) : error
      }
    },
  }
}

/**
 * Whether the length of a text may be within bounds. Bytes or code points, the vendor does not say: what only one of them puts out of
 * bounds is for the upstream to refuse.
 */
function isWithin(text: string, shortest: number, longest: number): boolean {
  return Buffer.byteLength(text) >= shortest && Array.from(text).length <= longest
}

function disabledOnly(error: ProviderError): ProviderError {
  return restated(error, {
    operation: operations.disable.name,
    message: `The user is disabled, but the sessions may go on: ${error.message}`,
    outcome: 'partiallyApplied',
    applied: [],
  })
}
