import type { Call } from '../../identity/call.ts'
import { restated } from '../../identity/errors.ts'
import type { UserActions } from '../../identity/provider.ts'
import type { User } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { object } from '../../upstream/wire/structures.ts'
import { optionalEpochSeconds } from '../../upstream/wire/times.ts'
import { optionalBoolean } from '../../upstream/wire/values.ts'
import { isUuid } from './groups.ts'
import { noSuch, unsupported } from './refusals.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import { readUser } from './user-by-id.ts'
import { createWriter, inSteps } from './writer.ts'

/** What may be repeated is in monocloud.md 3.5: to add twice is refused, and every link is a new one. */
const operations = {
  addEmail: { name: 'users.addEmail', route: 'POST /users/{user_id}/emails', safe: false },
  removeEmail: { name: 'users.removeEmail', route: 'DELETE /users/{user_id}/emails/{identifier_id}', safe: true },
  setPrimaryEmail: {
    name: 'users.setPrimaryEmail',
    route: 'POST /users/{user_id}/emails/{identifier_id}/primary',
    safe: true,
  },
  verifyEmail: {
    name: 'users.setEmailVerified',
    route: 'POST /users/{user_id}/emails/{identifier_id}/verify',
    safe: true,
  },
  unverifyEmail: {
    name: 'users.setEmailVerified',
    route: 'POST /users/{user_id}/emails/{identifier_id}/unverify',
    safe: true,
  },
  sendEmailVerification: {
    name: 'users.sendEmailVerification',
    route: 'POST /users/{user_id}/emails/{identifier_id}/verify/link',
    safe: false,
  },
  addPhone: { name: 'users.addPhone', route: 'POST /users/{user_id}/phones', safe: false },
  removePhone: { name: 'users.removePhone', route: 'DELETE /users/{user_id}/phones/{identifier_id}', safe: true },
  setPrimaryPhone: {
    name: 'users.setPrimaryPhone',
    route: 'POST /users/{user_id}/phones/{identifier_id}/primary',
    safe: true,
  },
  verifyPhone: {
    name: 'users.setPhoneVerified',
    route: 'POST /users/{user_id}/phones/{identifier_id}/verify',
    safe: true,
  },
  unverifyPhone: {
    name: 'users.setPhoneVerified',
    route: 'POST /users/{user_id}/phones/{identifier_id}/unverify',
    safe: true,
  },
  setUsername: { name: 'users.setUsername', route: 'PUT /users/{user_id}/username', safe: true },
  removeUsername: { name: 'users.removeUsername', route: 'DELETE /users/{user_id}/username', safe: true },
} as const satisfies Readonly<Record<string, Operation>>

const names = {
  email: ['address'],
  phone_number: ['number'],
  is_verified: ['verified'],
  username: ['username'],
  expiry: ['expiresInSeconds'],
}

const sentLinkWire = object((wire) => ({
  email_sent: optionalBoolean(wire['email_sent']),
  expires_at: optionalEpochSeconds(wire['expires_at']),
}))

type Actions = Pick<
  UserActions,
  | 'addEmail'
  | 'removeEmail'
  | 'setPrimaryEmail'
  | 'setEmailVerified'
  | 'sendEmailVerification'
  | 'addPhone'
  | 'removePhone'
  | 'setPrimaryPhone'
  | 'setPhoneVerified'
  | 'setUsername'
  | 'removeUsername'
>

/** Emails, phone numbers and the user name. There is no `changeEmail`: an address is added and another removed. */
export function createIdentifierActions(upstream: MonoCloudUpstream): Required<Actions> {
  const { provider } = upstream
  const writer = createWriter(upstream, names)

  /** A write to one of the user's addresses or numbers. */
  async function change(operation: Operation, userId: string, identifierId: string, call: Call): Promise<User | null> {
    if (!isUuid(identifierId)) throw noSuch({ provider, operation: operation.name }, 'address or number')
    return writer.changeUser(operation, userId, { params: { identifier_id: identifierId } }, call)
  }

  /** Adds, and makes primary what was added. Upstream makes the first of its kind primary by itself. */
  function add(
    operation: Operation,
    primaryOperation: Operation,
    userId: string,
    addition: { readonly body: unknown; readonly field: string; readonly primary: boolean },
    find: (user: User) => { readonly nativeId: string; readonly primary: boolean } | undefined,
    call: Call,
  ): Promise<User | null> {
    const first = {
      fields: [addition.field, 'verified'],
      run: () => writer.changeUser(operation, userId, { body: addition.body }, call),
    }
    const makePrimary = {
      fields: ['primary'],
      run: async (user: User | null) => {
        const added = user && find(user)
        if (!added)
          throw restated(noSuch({ provider, operation: operation.name }, 'address or number'), { outcome: 'applied' })
        return added.primary ? user : change(primaryOperation, userId, added.nativeId, call)
      },
    }
    return inSteps<User | null>(first, addition.primary ? [makePrimary] : [])
  }

  async function primaryEmailOf(userId: string, call: Call): Promise<string> {
    const operation = operations.sendEmailVerification.name
    const { emails } = await readUser(upstream, userId, operation, call)
    const primary = emails.find((email) => email.primary)
    if (!primary) throw noSuch({ provider, operation }, 'primary address')
    return primary.id
  }

  return {
    addEmail: (id, { address, verified, primary }, call) =>
      add(
        operations.addEmail,
        operations.setPrimaryEmail,
        id,
        { body: { email: address, is_verified: verified }, field: 'address', primary },
        (user) => user.emails.find((email) => email.address.toLowerCase() === address.toLowerCase()),
        call,
      ),
    removeEmail: (id, emailId, call) => change(operations.removeEmail, id, emailId, call),
    setPrimaryEmail: (id, emailId, call) => change(operations.setPrimaryEmail, id, emailId, call),
    setEmailVerified: (id, emailId, verified, call) =>
      change(verified ? operations.verifyEmail : operations.unverifyEmail, id, emailId, call),

    /** The vendor mails the link and never shows it (monocloud.md 5.4). */
    async sendEmailVerification(id, emailId, { redirectUrl, expiresInSeconds, sendEmail }, call) {
      const operation = operations.sendEmailVerification
      const context = { provider, operation: operation.name }
      if (!sendEmail) throw unsupported(context, ['sendEmail'], 'make a verification link without sending it')
      if (redirectUrl !== undefined) throw unsupported(context, ['redirectUrl'], 'redirect after a verification')
      if (emailId !== null && !isUuid(emailId)) throw noSuch(context, 'address')
      const identifierId = emailId ?? (await primaryEmailOf(id, call))
      const write = { params: { user_id: id, identifier_id: identifierId }, body: { expiry: expiresInSeconds } }
      const link = await writer.send(operation, write, sentLinkWire, call)
      return { url: null, sent: link.email_sent ?? false, expiresAt: link.expires_at }
    },

    addPhone: (id, { number, verified, primary }, call) =>
      add(
        operations.addPhone,
        operations.setPrimaryPhone,
        id,
        { body: { phone_number: number, is_verified: verified }, field: 'number', primary },
        (user) => user.phoneNumbers.find((phone) => phone.number === number),
        call,
      ),
    removePhone: (id, phoneId, call) => change(operations.removePhone, id, phoneId, call),
    setPrimaryPhone: (id, phoneId, call) => change(operations.setPrimaryPhone, id, phoneId, call),
    setPhoneVerified: (id, phoneId, verified, call) =>
      change(verified ? operations.verifyPhone : operations.unverifyPhone, id, phoneId, call),

    setUsername: (id, username, call) => writer.changeUser(operations.setUsername, id, { body: { username } }, call),
    removeUsername: (id, call) => writer.changeUser(operations.removeUsername, id, {}, call),
  }
}
