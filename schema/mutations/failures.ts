import { ArgumentError, type Outcome, ProviderError } from '../src/identity/errors.ts'
import { builder } from './builder.ts'
import { IdentityErrorCodeEnum } from './enums.ts'
import { codeOf, type ErrorCode } from './errors.ts'

/** Why a mutation did not do all that it was asked to. */
export interface MutationFailure {
  readonly code: ErrorCode
  readonly message: string
  readonly outcome: Outcome
  readonly applied: readonly string[] | null
  readonly path: readonly string[] | null
  readonly providerName: string | null
  readonly providerCode: string | null
  readonly retryAfterSeconds: number | null
}

export interface PayloadShape {
  readonly errors: readonly MutationFailure[]
}

const MutationOutcomeEnum = builder.enumType('MutationOutcome', {
  description: 'Whether the change happened, as far as is known.',
  values: {
    NOT_APPLIED: { value: 'notApplied' },
    PARTIALLY_APPLIED: { value: 'partiallyApplied' },
    APPLIED: { value: 'applied' },
    UNKNOWN: { value: 'unknown' },
  } as const,
})

const MutationErrorRef = builder.objectRef<MutationFailure>('MutationError').implement({
  fields: (t) => ({
    code: t.field({ type: IdentityErrorCodeEnum, nullable: false, resolve: ({ code }) => code }),
    message: t.exposeString('message', { nullable: false }),
    outcome: t.field({ type: MutationOutcomeEnum, nullable: false, resolve: ({ outcome }) => outcome }),
    applied: t.stringList({
      nullable: { list: true, items: false },
      description: 'With PARTIALLY_APPLIED: the input fields that took effect.',
      resolve: ({ applied }) => applied && [...applied],
    }),
    path: t.stringList({
      nullable: { list: true, items: false },
      description: 'The input field at fault, outermost first.',
      resolve: ({ path }) => path && [...path],
    }),
    providerName: t.exposeString('providerName', { nullable: true }),
    providerCode: t.exposeString('providerCode', { nullable: true, description: "The provider's own word for it." }),
    retryAfterSeconds: t.exposeFloat('retryAfterSeconds', { nullable: true }),
  }),
})

export const MutationPayloadRef = builder.interfaceRef<PayloadShape>('MutationPayload').implement({
  description: 'Expected failures of a mutation are data.',
  fields: (t) => ({
    errors: t.field({ type: [MutationErrorRef], nullable: false, resolve: ({ errors }) => [...errors] }),
  }),
})

/** Does what a mutation is asked to; an expected failure becomes data, anything else is thrown. */
export async function attemptMutation<Payload extends object>(
  work: () => Promise<Payload>,
): Promise<Partial<Payload> & PayloadShape> {
  try {
    return { ...(await work()), errors: [] }
  } catch (error) {
    const nothing: Partial<Payload> = {}
    if (error instanceof ProviderError) return { ...nothing, errors: [failureOf(error)] }
    if (error instanceof ArgumentError) return { ...nothing, errors: [mistakeOf(error)] }
    throw error
  }
}

function failureOf(error: ProviderError): MutationFailure {
  return {
    code: codeOf(error),
    message: error.message,
    outcome: error.outcome,
    applied: error.outcome === 'partiallyApplied' ? error.applied : null,
    path: error.argument,
    providerName: error.provider,
    providerCode: error.providerCode,
    retryAfterSeconds: error.retryAfterSeconds,
  }
}

function mistakeOf(error: ArgumentError): MutationFailure {
  return {
    code: 'BAD_USER_INPUT',
    message: error.message,
    outcome: 'notApplied',
    applied: null,
    path: error.argument,
    providerName: null,
    providerCode: null,
    retryAfterSeconds: null,
  }
}
