import { builder } from '../builder.ts'
import * as check from './checks.ts'
import { atRecord, defineMutation } from './define.ts'
import { RecoveryCodePayloadRef, VerificationPayloadRef } from './payloads.ts'
import { userInput, userMutation } from './user-mutation.ts'

userMutation('linkIdentity', {
  scopes: ['users:credentials'],
  input: builder.inputType('LinkIdentityInput', {
    fields: (t) => ({
      id: t.id({ required: true, description: 'The account that stays.' }),
      secondaryUserId: t.id({
        required: true,
        description: 'The account, at the same provider, that is folded into it.',
      }),
    }),
  }),
  checks: { secondaryUserId: check.otherUser },
  action: (users) => users.linkIdentity,
  run: (link, id, { secondaryUserId }, call) => link(id, secondaryUserId, call),
})

userMutation('unlinkIdentity', {
  scopes: ['users:credentials'],
  input: builder.inputType('UnlinkIdentityInput', {
    fields: (t) => ({ id: t.id({ required: true }), identityId: t.id({ required: true }) }),
  }),
  checks: { identityId: check.ownPart('LinkedIdentity') },
  action: (users) => users.unlinkIdentity,
  run: (unlink, id, { identityId }, call) => unlink(id, identityId, call),
})

userMutation('removeAuthenticator', {
  scopes: ['users:credentials'],
  input: builder.inputType('RemoveAuthenticatorInput', {
    fields: (t) => ({ id: t.id({ required: true }), authenticatorId: t.id({ required: true }) }),
  }),
  checks: { authenticatorId: check.ownPart('Authenticator') },
  action: (users) => users.removeAuthenticator,
  run: (remove, id, { authenticatorId }, call) => remove(id, authenticatorId, call),
})

userMutation('resetMfa', {
  description: 'Removes every second factor.',
  scopes: ['users:credentials'],
  input: userInput('ResetMfaInput'),
  action: (users) => users.resetMfa,
  run: (reset, id, _, call) => reset(id, call),
})

defineMutation('verifyTotp', {
  scopes: ['users:verify'],
  isGuess: true,
  input: builder.inputType('VerifyTotpInput', {
    fields: (t) => ({ id: t.id({ required: true }), code: t.string({ required: true }) }),
  }),
  payload: VerificationPayloadRef,
  aim: atRecord('User', 'id'),
  checks: { code: check.text(64) },
  action: ({ users }) => users.verifyTotp,
  isCheckOnly: true,
  run: async (verify, { id, input, context }) => ({ verified: await verify(id, input.code, context.call) }),
})

defineMutation('regenerateRecoveryCode', {
  description: 'Makes a new recovery code; the one before is dead.',
  scopes: ['users:credentials'],
  input: userInput('RegenerateRecoveryCodeInput'),
  payload: RecoveryCodePayloadRef,
  aim: atRecord('User', 'id'),
  action: ({ users }) => users.regenerateRecoveryCode,
  run: async (regenerate, { id, context }) => ({ recoveryCode: await regenerate(id, context.call) }),
})

userMutation('forgetRememberedBrowsers', {
  description: 'Asks for the second factor again in every browser.',
  scopes: ['users:credentials'],
  input: userInput('ForgetRememberedBrowsersInput'),
  action: (users) => users.forgetRememberedBrowsers,
  run: (forget, id, _, call) => forget(id, call),
})
