import { builder } from '../builder.ts'
import * as check from './checks.ts'
import { atRecord, defineMutation, givenValues } from './define.ts'
import { PasswordHashInput, SessionRevocationEnum } from './input-types.ts'
import { LinkPayloadRef, VerificationPayloadRef } from './payloads.ts'
import { endsSessions } from './reach.ts'
import { userInput, userMutation } from './user-mutation.ts'

userMutation('setPassword', {
  scopes: ['users:credentials'],
  reaches: [endsSessions],
  input: builder.inputType('SetPasswordInput', {
    description: 'Exactly one of password and passwordHash.',
    fields: (t) => ({
      id: t.id({ required: true }),
      password: t.string(),
      passwordHash: t.field({ type: PasswordHashInput }),
      revokeSessions: t.field({ type: SessionRevocationEnum, required: true, defaultValue: 'ifSupported' }),
      skipChecks: t.boolean({
        required: true,
        defaultValue: false,
        description: "Skip the provider's password policy, for migrations.",
      }),
    }),
  }),
  checks: { password: check.password, passwordHash: check.passwordHash },
  check({ password, passwordHash }) {
    if (password == null && passwordHash == null) {
      throw check.wrong(['password'], 'must be given, or else `passwordHash`')
    }
    if (password != null && passwordHash != null) {
      throw check.wrong(['passwordHash'], 'must not be given together with `password`')
    }
  },
  action: (users) => users.setPassword,
  run: (set, id, input, call) => set(id, givenValues(input), call),
})

userMutation('changePassword', {
  description: 'Sets a password with proof of the old one.',
  scopes: ['users:credentials', 'users:verify'],
  reaches: [endsSessions],
  isGuess: true,
  input: builder.inputType('ChangePasswordInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      oldPassword: t.string({ required: true }),
      newPassword: t.string({ required: true }),
      revokeSessions: t.field({ type: SessionRevocationEnum, required: true, defaultValue: 'ifSupported' }),
    }),
  }),
  checks: { oldPassword: check.password, newPassword: check.password },
  action: (users) => users.changePassword,
  run: (change, id, input, call) => change(id, input, call),
})

userMutation('removePassword', {
  scopes: ['users:credentials'],
  input: userInput('RemovePasswordInput'),
  action: (users) => users.removePassword,
  run: (remove, id, _, call) => remove(id, call),
})

defineMutation('verifyPassword', {
  scopes: ['users:verify'],
  isGuess: true,
  input: builder.inputType('VerifyPasswordInput', {
    fields: (t) => ({ id: t.id({ required: true }), password: t.string({ required: true }) }),
  }),
  payload: VerificationPayloadRef,
  aim: atRecord('User', 'id'),
  checks: { password: check.password },
  action: ({ users }) => users.verifyPassword,
  isCheckOnly: true,
  run: async (verify, { id, input, context }) => ({ verified: await verify(id, input.password, context.call) }),
})

userMutation('requirePasswordReset', {
  description: 'Demands a new password at the next sign-in.',
  scopes: ['users:credentials'],
  reaches: [endsSessions],
  input: builder.inputType('RequirePasswordResetInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      revokeSessions: t.field({ type: SessionRevocationEnum, required: true, defaultValue: 'no' }),
    }),
  }),
  action: (users) => users.requirePasswordReset,
  run: (demand, id, { revokeSessions }, call) => demand(id, revokeSessions, call),
})

userMutation('clearPasswordReset', {
  scopes: ['users:credentials'],
  input: userInput('ClearPasswordResetInput'),
  action: (users) => users.clearPasswordReset,
  run: (clear, id, _, call) => clear(id, call),
})

defineMutation('createPasswordResetLink', {
  description: 'Makes a link with which its holder sets a new password.',
  scopes: ['users:credentials'],
  input: builder.inputType('CreatePasswordResetLinkInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      redirectUrl: t.string({ description: 'HTTPS only.' }),
      expiresInSeconds: t.int({ description: 'From 60 to 2,592,000.' }),
      sendEmail: t.boolean({ required: true, defaultValue: false }),
    }),
  }),
  payload: LinkPayloadRef,
  aim: atRecord('User', 'id'),
  checks: { redirectUrl: check.redirectUrl, expiresInSeconds: check.linkSeconds },
  action: ({ users }) => users.createPasswordResetLink,
  run: async (create, { id, input, context }) => ({
    link: await create(id, givenValues(input), context.call),
  }),
})
