import type { Call } from '../../identity/call.ts'
import type { UserActions } from '../../identity/provider.ts'
import type { Operation } from '../../upstream/operation.ts'
import { changing } from './changes.ts'
import { refusal } from './refusals.ts'
import type { Auth0Upstream } from './upstream.ts'
import { patchUser, readUserFor } from './user-changes.ts'

const patching = (name: string): Operation => changing(name, 'PATCH /users/{id}')

const addEmail = patching('users.addEmail')
const removeEmail = patching('users.removeEmail')
const changeEmail = patching('users.changeEmail')
const setEmailVerified = patching('users.setEmailVerified')
const addPhone = patching('users.addPhone')
const removePhone = patching('users.removePhone')
const setPhoneVerified = patching('users.setPhoneVerified')
const setUsername = patching('users.setUsername')
const removeUsername = patching('users.removeUsername')
const removeProfileImage = patching('users.removeProfileImage')

type Actions =
  | 'addEmail'
  | 'removeEmail'
  | 'changeEmail'
  | 'setEmailVerified'
  | 'addPhone'
  | 'removePhone'
  | 'setPhoneVerified'
  | 'setUsername'
  | 'removeUsername'
  | 'removeProfileImage'

/**
 * A user has one address and one number at most (auth0.md 5.2), without ids: they are their own. The upstream changes "the" address
 * whichever it is by now, so that it is looked at first where a particular one is meant.
 */
export function createContactActions(upstream: Auth0Upstream): Required<Pick<UserActions, Actions>> {
  const { provider } = upstream

  /** Sees to it that the user carries just this. */
  async function requireOwn(
    operation: Operation,
    id: string,
    argument: 'emailId' | 'phoneId',
    own: string,
    call: Call,
  ): Promise<void> {
    const { emails, phoneNumbers } = await readUserFor(upstream, operation, id, call)
    const known = argument === 'emailId' ? emails : phoneNumbers
    if (known.some(({ nativeId }) => nativeId === own)) return
    const context = { provider, operation: operation.name }
    throw refusal(
      context,
      'badInput',
      [argument],
      `The user at ${provider} does not carry this ${argument.slice(0, 5)}`,
    )
  }

  /** Sees to it that nothing is replaced by what is added. */
  async function requireNone(
    operation: Operation,
    id: string,
    argument: 'address' | 'number',
    call: Call,
  ): Promise<void> {
    const { emails, phoneNumbers } = await readUserFor(upstream, operation, id, call)
    if ((argument === 'address' ? emails : phoneNumbers).length === 0) return
    const context = { provider, operation: operation.name }
    throw refusal(
      context,
      'unsupported',
      [argument],
      `${provider} keeps one ${argument} of a user, and there is one already`,
    )
  }

  return {
    async addEmail(id, { address, verified }, call) {
      await requireNone(addEmail, id, 'address', call)
      return patchUser(upstream, addEmail, id, { email: address, email_verified: verified }, call)
    },
    async removeEmail(id, emailId, call) {
      await requireOwn(removeEmail, id, 'emailId', emailId, call)
      return patchUser(upstream, removeEmail, id, { email: null }, call)
    },
    changeEmail: (id, { address, verified }, call) =>
      patchUser(upstream, changeEmail, id, { email: address, email_verified: verified }, call),
    async setEmailVerified(id, emailId, verified, call) {
      await requireOwn(setEmailVerified, id, 'emailId', emailId, call)
      return patchUser(upstream, setEmailVerified, id, { email_verified: verified }, call)
    },

    async addPhone(id, { number, verified }, call) {
      await requireNone(addPhone, id, 'number', call)
      return patchUser(upstream, addPhone, id, { phone_number: number, phone_verified: verified }, call)
    },
    async removePhone(id, phoneId, call) {
      await requireOwn(removePhone, id, 'phoneId', phoneId, call)
      return patchUser(upstream, removePhone, id, { phone_number: null }, call)
    },
    async setPhoneVerified(id, phoneId, verified, call) {
      await requireOwn(setPhoneVerified, id, 'phoneId', phoneId, call)
      return patchUser(upstream, setPhoneVerified, id, { phone_verified: verified }, call)
    },

    setUsername: (id, username, call) => patchUser(upstream, setUsername, id, { username }, call),
    removeUsername: (id, call) => patchUser(upstream, removeUsername, id, { username: null }, call),
    removeProfileImage: (id, call) => patchUser(upstream, removeProfileImage, id, { picture: null }, call),
  }
}
