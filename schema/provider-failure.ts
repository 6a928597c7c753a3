import type { MissingPart } from '../src/directory/part.ts'
import { asReachedByAnybody } from './access.ts'
import { builder } from './builder.ts'
import { IdentityErrorCodeEnum } from './enums.ts'
import { codeOf } from './errors.ts'

export const ProviderFailureRef = builder.objectRef<MissingPart>('ProviderFailure').implement({
  description: "One provider's part of an answer that is missing, and why.",
  extensions: asReachedByAnybody,
  fields: (t) => ({
    providerName: t.exposeString('provider', { nullable: false }),
    part: t.exposeString('part', {
      nullable: true,
      description:
        'What is missing: null for everything the provider would have added, else a part of it, such as a GrantKind or GroupKind.',
    }),
    code: t.field({ type: IdentityErrorCodeEnum, nullable: false, resolve: ({ error }) => codeOf(error) }),
    message: t.string({ nullable: false, resolve: ({ error }) => error.message }),
    retryAfterSeconds: t.float({ nullable: true, resolve: ({ error }) => error.retryAfterSeconds }),
  }),
})
