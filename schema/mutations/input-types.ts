import { builder } from '../builder.ts'

/** Input types that several mutations share. */

export const SessionRevocationEnum = builder.enumType('SessionRevocation', {
  description: 'Whether sessions end with the change. REQUIRED refuses the change where the provider cannot end them.',
  values: { NO: { value: 'no' }, IF_SUPPORTED: { value: 'ifSupported' }, REQUIRED: { value: 'required' } } as const,
})

export const MetadataModeEnum = builder.enumType('MetadataMode', {
  description: 'MERGE leaves the keys that are not named. With REPLACE, what is given is all there is.',
  values: { MERGE: { value: 'merge' }, REPLACE: { value: 'replace' } } as const,
})

export const PasswordHashInput = builder.inputType('PasswordHashInput', {
  description: 'A password that was hashed elsewhere.',
  fields: (t) => ({
    algorithm: t.string({ required: true, description: "The provider's name for the algorithm, such as bcrypt." }),
    digest: t.string({ required: true }),
  }),
})

export const PermissionInput = builder.inputType('PermissionInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    api: t.string({ required: true, description: 'Identifier of the API that defines it.' }),
  }),
})
