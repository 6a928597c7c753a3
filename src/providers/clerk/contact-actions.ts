import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { UserActions, UserReader } from '../../identity/provider.ts'
import type { User } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { createUserChanger, inSteps, unsupported } from './changes.ts'
import type { ArgumentNames } from './errors.ts'
import { notFound } from './rows.ts'
import type { ClerkUpstream } from './upstream.ts'

const operations = {
  addEmail: { name: 'users.addEmail', route: 'POST /email_addresses', safe: false },
  removeEmail: { name: 'users.removeEmail', route: 'DELETE /email_addresses/{email_address_id}', safe: false },
  changeEmail: { name: 'users.changeEmail', route: 'PUT /users/{user_id}/email_address', safe: false },
  addNewEmail: { name: 'users.changeEmail', route: 'POST /email_addresses', safe: false },
  removeOldEmail: { name: 'users.changeEmail', route: 'DELETE /email_addresses/{email_address_id}', safe: false },
  setPrimaryEmail: { name: 'users.setPrimaryEmail', route: 'PATCH /users/{user_id}', safe: false },
  setEmailVerified: {
    name: 'users.setEmailVerified',
    route: 'PATCH /email_addresses/{email_address_id}',
    safe: false,
  },
  addPhone: { name: 'users.addPhone', route: 'POST /phone_numbers', safe: false },
  removePhone: { name: 'users.removePhone', route: 'DELETE /phone_numbers/{phone_number_id}', safe: false },
  setPrimaryPhone: { name: 'users.setPrimaryPhone', route: 'PATCH /users/{user_id}', safe: false },
  setPhoneVerified: { name: 'users.setPhoneVerified', route: 'PATCH /phone_numbers/{phone_number_id}', safe: false },
} as const satisfies Record<string, Operation>

const argumentNames: ArgumentNames = {
  user_id: ['id'],
  email_address: ['address'],
  phone_number: ['number'],
  verified: ['verified'],
  identification_status: ['verified'],
  primary: ['primary'],
  primary_email_address_id: ['emailId'],
  primary_phone_number_id: ['phoneId'],
}

type List = 'emails' | 'phoneNumbers'

/** Addresses and numbers, which Clerk keeps as things of their own, under paths that do not name the user. */
export function createContactActions(upstream: ClerkUpstream, getMany: UserReader['getMany']): UserActions {
  const { provider } = upstream
  const { changed, done } = createUserChanger(upstream, argumentNames)

  async function readUser(id: string, operation: Operation, call: Call): Promise<User> {
    const [user] = await getMany([id], call)
    if (!user) throw notFound({ provider, operation: operation.name })
    return user
  }

  /** Whose it is stands in the user's record alone: without a look at it, an id could name what belongs to somebody else. */
  async function requireOwn(list: List, id: string, ownId: string, operation: Operation, call: Call): Promise<void> {
    const user = await readUser(id, operation, call)
    if (user[list].some(({ nativeId }) => nativeId === ownId)) return
    throw new ProviderError({
      provider,
      kind: 'notFound',
      operation: operation.name,
      argument: [list === 'emails' ? 'emailId' : 'phoneId'],
      message: `${provider} has nothing under this id at this user for ${operation.name}`,
    })
  }

  return {
    addEmail: (id, { address, verified, primary }, call) =>
      done(operations.addEmail, id, call, (client) =>
        client.emailAddresses.createEmailAddress({ userId: id, emailAddress: address, verified, primary }),
      ),

    async removeEmail(id, emailId, call) {
      await requireOwn('emails', id, emailId, operations.removeEmail, call)
      return done(operations.removeEmail, id, call, (client) => client.emailAddresses.deleteEmailAddress(emailId))
    },

    /**
     * Clerk's own replacement drops every other address too, so that it only serves who has no other. `reserved` is an unverified
     * address with which its holder can still sign in.
     */
    async changeEmail(id, { address, verified }, call) {
      const { emails } = await readUser(id, operations.changeEmail, call)
      if (emails.length <= 1) {
        const params = { emailAddress: address, identificationStatus: verified ? 'verified' : 'reserved' }
        return done(operations.changeEmail, id, call, (client) => client.users.replaceUserEmailAddress(id, params))
      }
      if (!verified) {
        const context = { provider, operation: operations.changeEmail.name }
        throw unsupported(context, ['verified'], `${provider} makes no unverified address primary beside others`)
      }
      const old = emails.find(({ primary }) => primary)
      const added = { userId: id, emailAddress: address, verified, primary: true }
      return inSteps([
        {
          fields: ['address', 'verified'],
          run: () =>
            done(operations.addNewEmail, id, call, (client) => client.emailAddresses.createEmailAddress(added)),
        },
        ...(old
          ? [
              {
                fields: [],
                run: () =>
                  done(operations.removeOldEmail, id, call, (client) =>
                    client.emailAddresses.deleteEmailAddress(old.nativeId),
                  ),
              },
            ]
          : []),
      ])
    },

    /** Clerk itself refuses an address of somebody else here. */
    setPrimaryEmail: (id, emailId, call) =>
      changed(operations.setPrimaryEmail, id, call, (client) =>
        client.users.updateUser(id, { primaryEmailAddressID: emailId }),
      ),

    async setEmailVerified(id, emailId, verified, call) {
      await requireOwn('emails', id, emailId, operations.setEmailVerified, call)
      return done(operations.setEmailVerified, id, call, (client) =>
        client.emailAddresses.updateEmailAddress(emailId, { verified }),
      )
    },

    addPhone: (id, { number, verified, primary }, call) =>
      done(operations.addPhone, id, call, (client) =>
        client.phoneNumbers.createPhoneNumber({ userId: id, phoneNumber: number, verified, primary }),
      ),

    async removePhone(id, phoneId, call) {
      await requireOwn('phoneNumbers', id, phoneId, operations.removePhone, call)
      return done(operations.removePhone, id, call, (client) => client.phoneNumbers.deletePhoneNumber(phoneId))
    },

    setPrimaryPhone: (id, phoneId, call) =>
      changed(operations.setPrimaryPhone, id, call, (client) =>
        client.users.updateUser(id, { primaryPhoneNumberID: phoneId }),
      ),

    async setPhoneVerified(id, phoneId, verified, call) {
      await requireOwn('phoneNumbers', id, phoneId, operations.setPhoneVerified, call)
      return done(operations.setPhoneVerified, id, call, (client) =>
        client.phoneNumbers.updatePhoneNumber(phoneId, { verified }),
      )
    },
  }
}
