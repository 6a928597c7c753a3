import { builder } from '../builder.ts'
import * as check from './checks.ts'
import { atRecord, defineMutation, givenValues } from './define.ts'
import { LinkPayloadRef } from './payloads.ts'
import { userMutation } from './user-mutation.ts'

const emailId = check.ownPart('EmailAddress')

/** An input that names one of the user's addresses and says no more. */
function emailInput(name: string) {
  return builder.inputType(name, {
    fields: (t) => ({ id: t.id({ required: true }), emailId: t.id({ required: true }) }),
  })
}

userMutation('addEmail', {
  scopes: ['users:credentials'],
  input: builder.inputType('AddEmailInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      address: t.string({ required: true }),
      verified: t.boolean({ required: true, defaultValue: false }),
      primary: t.boolean({ required: true, defaultValue: false }),
    }),
  }),
  checks: { address: check.email },
  action: (users) => users.addEmail,
  run: (add, id, email, call) => add(id, email, call),
})

userMutation('removeEmail', {
  scopes: ['users:credentials'],
  input: emailInput('RemoveEmailInput'),
  checks: { emailId },
  action: (users) => users.removeEmail,
  run: (remove, id, input, call) => remove(id, input.emailId, call),
})

userMutation('changeEmail', {
  description: 'Replaces the only or primary address.',
  scopes: ['users:credentials'],
  input: builder.inputType('ChangeEmailInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      address: t.string({ required: true }),
      verified: t.boolean({ required: true, defaultValue: false }),
    }),
  }),
  checks: { address: check.email },
  action: (users) => users.changeEmail,
  run: (change, id, email, call) => change(id, email, call),
})

userMutation('setPrimaryEmail', {
  scopes: ['users:credentials'],
  input: emailInput('SetPrimaryEmailInput'),
  checks: { emailId },
  action: (users) => users.setPrimaryEmail,
  run: (set, id, input, call) => set(id, input.emailId, call),
})

userMutation('setEmailVerified', {
  scopes: ['users:credentials'],
  input: builder.inputType('SetEmailVerifiedInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      emailId: t.id({ required: true }),
      verified: t.boolean({ required: true }),
    }),
  }),
  checks: { emailId },
  action: (users) => users.setEmailVerified,
  run: (set, id, input, call) => set(id, input.emailId, input.verified, call),
})

defineMutation('sendEmailVerification', {
  scopes: ['users:credentials'],
  input: builder.inputType('SendEmailVerificationInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      emailId: t.id({ description: 'Left out: the primary address.' }),
      redirectUrl: t.string({ description: 'HTTPS only.' }),
      expiresInSeconds: t.int({ description: 'From 60 to 2,592,000.' }),
      sendEmail: t.boolean({
        required: true,
        defaultValue: true,
        description: 'false: only make the link, where the provider shows it.',
      }),
    }),
  }),
  payload: LinkPayloadRef,
  aim: atRecord('User', 'id'),
  checks: { emailId, redirectUrl: check.redirectUrl, expiresInSeconds: check.linkSeconds },
  action: ({ users }) => users.sendEmailVerification,
  run: async (send, { id, input: { emailId: address, ...input }, context }) => ({
    link: await send(id, address ?? null, givenValues(input), context.call),
  }),
})
