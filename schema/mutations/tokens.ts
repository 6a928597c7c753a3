import type { TokenVerification } from '../../src/identity/records.ts'
import { asReached } from '../access.ts'
import { builder } from '../builder.ts'
import { recordOfPayload } from '../costs.ts'
import { UserRef } from '../refs.ts'
import * as check from './checks.ts'
import { atProvider, defineMutation } from './define.ts'
import { MutationPayloadRef, type PayloadShape } from './failures.ts'

interface TokenVerificationPayload extends PayloadShape {
  readonly verification?: TokenVerification
}

const TokenVerificationPayloadRef = builder.objectRef<TokenVerificationPayload>('TokenVerificationPayload').implement({
  interfaces: [MutationPayloadRef],
  extensions: asReached,
  fields: (t) => ({
    valid: t.boolean({
      nullable: true,
      description: 'null: could not be told; see errors.',
      resolve: ({ verification }) => verification?.valid ?? null,
    }),
    reason: t.string({
      nullable: true,
      description: 'Why it is not valid.',
      resolve: ({ verification }) => verification?.reason ?? null,
    }),
    user: t.field({
      type: UserRef,
      nullable: true,
      extensions: recordOfPayload.user,
      resolve: ({ provider, verification }, _, context) =>
        provider !== null && verification?.userId ? context.loaders.user.load(provider, verification.userId) : null,
    }),
    sessionId: t.string({ nullable: true, resolve: ({ verification }) => verification?.sessionId ?? null }),
    issuedAt: t.field({
      type: 'DateTime',
      nullable: true,
      resolve: ({ verification }) => verification?.issuedAt ?? null,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      resolve: ({ verification }) => verification?.expiresAt ?? null,
    }),
    claims: t.field({ type: 'JSON', nullable: true, resolve: ({ verification }) => verification?.claims ?? null }),
  }),
})

/** No vendor's token comes near this; a longer text is no token. */
const maxTokenLength = 16_384

defineMutation('verifyToken', {
  description:
    "Ask the provider (or check against its published keys) whether an end user's token is valid now. A mutation so that tokens never stand in a URL.",
  scopes: ['tokens:verify'],
  input: builder.inputType('VerifyTokenInput', {
    fields: (t) => ({ provider: t.string({ required: true }), token: t.string({ required: true }) }),
  }),
  payload: TokenVerificationPayloadRef,
  aim: atProvider,
  checks: { token: check.text(maxTokenLength) },
  action: ({ tokens }) => tokens?.verify,
  isCheckOnly: true,
  run: async (verify, { input, context }) => ({ verification: await verify(input.token, context.call) }),
})
