import { ArgumentError, type Outcome, ProviderError } from '../../src/identity/errors.ts'
import type { GlobalId } from '../../src/identity/global-id.ts'
import { asReachedByAnybody } from '../access.ts'
import { builder } from '../builder.ts'
import { IdentityErrorCodeEnum } from '../enums.ts'
import { codeOf, type ErrorCode } from '../errors.ts'

/** Why a mutation did not do all that it was asked to. */
export interface MutationFailure {
  readonly code: ErrorCode
  readonly message: string
  readonly outcome: Outcome
  /** With `partiallyApplied`: the input fields that took effect; else `null`. */
  readonly applied: readonly string[] | null
  /** The input field at fault, outermost first, beginning with `input`; `null` where none is. */
  readonly path: readonly string[] | null
  readonly providerName: string | null
  readonly providerCode: string | null
  readonly retryAfterSeconds: number | null
}

/** What every payload has. */
export interface PayloadShape {
  /** Empty: all was done. */
  readonly errors: readonly MutationFailure[]
  /** The provider that was asked; `null` while the input does not say which. */
  readonly provider: string | null
  /** What was to be changed, or was made; `null` where it is not known, or has no id. */
  readonly target: GlobalId | null
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
  extensions: asReachedByAnybody,
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
  extensions: asReachedByAnybody,
  fields: (t) => ({
    errors: t.field({ type: [MutationErrorRef], nullable: false, resolve: ({ errors }) => [...errors] }),
  }),
})

/** Several things wrong with one input, found before any call. */
export class InputFaults extends Error {
  override readonly name = 'InputFaults'
  readonly faults: readonly ArgumentError[]

  constructor(faults: readonly ArgumentError[]) {
    super('wrong input')
    this.faults = faults
  }
}

/** A provider at which nothing may be changed from here. */
export class ReadOnlyError extends Error {
  override readonly name = 'ReadOnlyError'
  readonly provider: string

  constructor(provider: string) {
    super(`Changes at ${provider} are turned off in this gateway`)
    this.provider = provider
  }
}

/** More guesses at a user's password or codes than there may be. */
export class TooManyAttemptsError extends Error {
  override readonly name = 'TooManyAttemptsError'
  readonly provider: string
  readonly retryAfterSeconds: number

  constructor(provider: string, retryAfterSeconds: number) {
    super(`The password or codes of this user were tried too often; try again in ${retryAfterSeconds} s`)
    this.provider = provider
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** What a client is told of an error. Only expected failures are data: anything else is thrown on. */
export function failuresOf(error: unknown): readonly MutationFailure[] {
  if (error instanceof ProviderError) return [ofProvider(error)]
  if (error instanceof ArgumentError) return [ofArgument(error)]
  if (error instanceof InputFaults) return error.faults.map(ofArgument)
  if (error instanceof ReadOnlyError) {
    return [{ ...nothingKnown, code: 'READ_ONLY', message: error.message, providerName: error.provider }]
  }
  if (error instanceof TooManyAttemptsError) {
    const { message, provider: providerName, retryAfterSeconds } = error
    return [{ ...nothingKnown, code: 'RATE_LIMITED', message, providerName, retryAfterSeconds }]
  }
  throw error
}

/** Whether something was changed all the same. */
export function tookEffect(errors: readonly MutationFailure[]): boolean {
  return errors.every(({ outcome }) => outcome === 'applied' || outcome === 'partiallyApplied')
}

const nothingKnown = {
  outcome: 'notApplied',
  applied: null,
  path: null,
  providerName: null,
  providerCode: null,
  retryAfterSeconds: null,
} as const satisfies Partial<MutationFailure>

function ofProvider(error: ProviderError): MutationFailure {
  return {
    code: codeOf(error),
    message: error.message,
    outcome: error.outcome,
    applied: error.outcome === 'partiallyApplied' ? error.applied : null,
    path: error.argument && inInput(error.argument),
    providerName: error.provider,
    providerCode: error.providerCode,
    retryAfterSeconds: error.retryAfterSeconds,
  }
}

function ofArgument(error: ArgumentError): MutationFailure {
  return { ...nothingKnown, code: 'BAD_USER_INPUT', message: error.message, path: inInput(error.argument) }
}

/** Adapters and checks name the fields of an input; clients look for them under the argument that holds them all. */
function inInput(argument: readonly string[]): readonly string[] {
  return ['input', ...argument]
}
