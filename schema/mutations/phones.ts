import { builder } from '../builder.ts'
import * as check from './checks.ts'
import { userMutation } from './user-mutation.ts'

const phoneId = check.ownPart('PhoneNumber')

/** An input that names one of the user's numbers and says no more. */
function phoneInput(name: string) {
  return builder.inputType(name, {
    fields: (t) => ({ id: t.id({ required: true }), phoneId: t.id({ required: true }) }),
  })
}

userMutation('addPhone', {
  scopes: ['users:credentials'],
  input: builder.inputType('AddPhoneInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      number: t.string({ required: true, description: 'E.164.' }),
      verified: t.boolean({ required: true, defaultValue: false }),
      primary: t.boolean({ required: true, defaultValue: false }),
    }),
  }),
  checks: { number: check.phoneNumber },
  action: (users) => users.addPhone,
  run: (add, id, phone, call) => add(id, phone, call),
})

userMutation('removePhone', {
  scopes: ['users:credentials'],
  input: phoneInput('RemovePhoneInput'),
  checks: { phoneId },
  action: (users) => users.removePhone,
  run: (remove, id, input, call) => remove(id, input.phoneId, call),
})

userMutation('setPrimaryPhone', {
  scopes: ['users:credentials'],
  input: phoneInput('SetPrimaryPhoneInput'),
  checks: { phoneId },
  action: (users) => users.setPrimaryPhone,
  run: (set, id, input, call) => set(id, input.phoneId, call),
})

userMutation('setPhoneVerified', {
  scopes: ['users:credentials'],
  input: builder.inputType('SetPhoneVerifiedInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      phoneId: t.id({ required: true }),
      verified: t.boolean({ required: true }),
    }),
  }),
  checks: { phoneId },
  action: (users) => users.setPhoneVerified,
  run: (set, id, input, call) => set(id, input.phoneId, input.verified, call),
})
