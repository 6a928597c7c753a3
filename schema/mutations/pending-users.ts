import type { RequestContext } from '../../src/context.ts'
import type { IdentityProvider } from '../../src/identity/provider.ts'
import type { PendingUser } from '../../src/identity/records.ts'
import { builder } from '../builder.ts'
import * as check from './checks.ts'
import { atProvider, defineMutation } from './define.ts'
import { DeletePayloadRef, PendingUserPayloadRef } from './payloads.ts'

const PendingUserInput = builder.inputType('PendingUserInput', {
  description: 'A pending registration is known by its address.',
  fields: (t) => ({ provider: t.string({ required: true }), email: t.string({ required: true }) }),
})

const about = { input: PendingUserInput, aim: atProvider, checks: { email: check.email } } as const

defineMutation('confirmPendingUser', {
  ...about,
  scopes: ['users:credentials'],
  payload: PendingUserPayloadRef,
  action: ({ pendingUsers }) => pendingUsers?.confirm,
  run: async (confirm, { input: { email }, aim, context }) => {
    const answered = await confirm(email, context.call)
    return { find: () => Promise.resolve(answered ?? findPendingUser(aim.provider, email, context)) }
  },
})

defineMutation('resendPendingUserConfirmation', {
  ...about,
  scopes: ['users:credentials'],
  payload: PendingUserPayloadRef,
  action: ({ pendingUsers }) => pendingUsers?.resendConfirmation,
  run: async (resend, { input: { email }, aim, context }) => {
    const answered = await resend(email, context.call)
    return { find: () => Promise.resolve(answered ?? findPendingUser(aim.provider, email, context)) }
  },
})

defineMutation('deletePendingUser', {
  ...about,
  scopes: ['users:delete'],
  payload: DeletePayloadRef,
  action: ({ pendingUsers }) => pendingUsers?.delete,
  async run(remove, { input: { email }, aim, context, isSelected }) {
    // Once it is gone, nobody knows its id any more.
    const found = isSelected('deletedId') ? await findPendingUser(aim.provider, email, context) : null
    await remove(email, context.call)
    return {
      deleted: found && { type: 'PendingUser' as const, provider: aim.provider.name, parts: [found.nativeId] },
    }
  },
})

const pageSize = 100

/** Looks through the whole list, which is the only way to an address; within the request's deadline. */
async function findPendingUser(
  { pendingUsers }: IdentityProvider,
  email: string,
  { call }: RequestContext,
): Promise<PendingUser | null> {
  if (!pendingUsers) return null
  for (let after: string | null = null; ;) {
    const page = await pendingUsers.list({ first: pageSize, after }, call)
    const found = page.edges.find(({ node }) => node.email?.toLowerCase() === email.toLowerCase())
    if (found) return found.node
    after = page.edges.at(-1)?.cursor ?? null
    if (!page.hasNextPage || after === null) return null
  }
}
