import { batchKey } from '../src/batch.ts'
import { providerNamed } from '../src/directory/select.ts'
import { ProviderError } from '../src/identity/errors.ts'
import type { TokenVerification } from '../src/identity/records.ts'
import { checkedText } from './arguments.ts'
import { builder } from './builder.ts'
import { attemptMutation, MutationPayloadRef, type PayloadShape } from './mutation-payload.ts'
import { UserRef } from './refs.ts'

interface TokenVerificationPayload extends PayloadShape {
  readonly provider?: string
  readonly verification?: TokenVerification
}

const TokenVerificationPayloadRef = builder.objectRef<TokenVerificationPayload>('TokenVerificationPayload').implement({
  interfaces: [MutationPayloadRef],
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
      resolve: ({ provider, verification }, _, context) =>
        provider !== undefined && verification?.userId
          ? context.loaders.user.load(batchKey(provider, verification.userId))
          : null,
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

const VerifyTokenInput = builder.inputType('VerifyTokenInput', {
  fields: (t) => ({ provider: t.string({ required: true }), token: t.string({ required: true }) }),
})

/** No vendor's token comes near this; a longer text is no token. */
const maxTokenLength = 16_384

builder.mutationFields((t) => ({
  verifyToken: t.field({
    type: TokenVerificationPayloadRef,
    nullable: false,
    description:
      "Ask the provider (or check against its published keys) whether an end user's token is valid now. A mutation so that tokens never stand in a URL.",
    args: { input: t.arg({ type: VerifyTokenInput, required: true }) },
    resolve: (_, { input }, context) =>
      attemptMutation(async () => {
        const { name, tokens } = providerNamed(context.providers, input.provider, ['input', 'provider'])
        const token = checkedText(['input', 'token'], input.token, maxTokenLength)
        if (!tokens) {
          throw new ProviderError({
            provider: name,
            kind: 'unsupported',
            operation: 'tokens.verify',
            message: `${name} has no way to verify a token`,
          })
        }
        return { provider: name, verification: await tokens.verify(token, context.call) }
      }),
  }),
}))
