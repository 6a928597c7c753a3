/**
 * What went wrong with a provider, by what somebody can do about it.
 *
 * - `badInput`: the caller's argument cannot be used; `argument` names it. Nothing was sent upstream, or the upstream refused it.
 * - `notFound`: the target of an action does not exist. A look-up that finds nothing is `null`, not this.
 * - `conflict`: the upstream refuses because of what already exists.
 * - `unsupported`: this provider cannot do it at all, or not with these arguments.
 * - `planRequired`: the tenant's plan does not include it.
 * - `rateLimited`: too fast; passes by itself after `retryAfterSeconds`.
 * - `quotaExhausted`: a quota is used up; does not pass within minutes.
 * - `timeout`: no answer within the time allowed.
 * - `unavailable`: could not be reached, or answered with a server error.
 * - `credentials`: the upstream refuses our key.
 * - `forbidden`: our key is known but lacks a permission.
 * - `badResponse`: the upstream answered in a shape that we do not understand; `field` names the place.
 * - `aborted`: the caller went away, or the request's deadline ended the call before it was sent.
 */
export type ProviderErrorKind =
  | 'badInput'
  | 'notFound'
  | 'conflict'
  | 'unsupported'
  | 'planRequired'
  | 'rateLimited'
  | 'quotaExhausted'
  | 'timeout'
  | 'unavailable'
  | 'credentials'
  | 'forbidden'
  | 'badResponse'
  | 'aborted'

/** Whether a change happened, as far as is known. */
export type Outcome = 'notApplied' | 'partiallyApplied' | 'applied' | 'unknown'

export interface ProviderErrorOptions {
  /** The name under which the provider was configured. */
  readonly provider: string
  readonly kind: ProviderErrorKind
  /** What was being done, in our words: `users.list`. */
  readonly operation: string
  /**
   * One sentence for the caller. It may name our arguments and the provider; it never holds an upstream body, host, header, key or
   * an id of anybody else.
   */
  readonly message: string
  /** Seconds until a retry makes sense, where the upstream said so. */
  readonly retryAfterSeconds?: number
  /** With `badInput`: our argument or input field at fault, outermost first. */
  readonly argument?: readonly string[]
  /** With `badResponse`: the member of the upstream's answer at fault, as a dotted path. */
  readonly field?: string
  /** The upstream's own code for it, such as `inexistent_user`. */
  readonly providerCode?: string
  /** The HTTP status of the upstream's answer; absent when there was none. */
  readonly status?: number
  /** With actions: whether the change happened. Left out means `notApplied`. */
  readonly outcome?: Outcome
  /** With `partiallyApplied`: the input fields that took effect. */
  readonly applied?: readonly string[]
  /** With `partiallyApplied`, when something was created: its native id. */
  readonly createdId?: string
  readonly cause?: unknown
}

const retryableKinds: ReadonlySet<ProviderErrorKind> = new Set(['rateLimited', 'timeout', 'unavailable'])

/** The one error that adapters and the pipeline throw. Everything a caller may see of it is in its own fields, nothing in `cause`. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
  readonly provider: string
  readonly kind: ProviderErrorKind
  readonly operation: string
  readonly retryAfterSeconds: number | null
  readonly argument: readonly string[] | null
  readonly field: string | null
  readonly providerCode: string | null
  readonly status: number | null
  readonly outcome: Outcome
  readonly applied: readonly string[]
  readonly createdId: string | null

  constructor(options: ProviderErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.provider = options.provider
    this.kind = options.kind
    this.operation = options.operation
    this.retryAfterSeconds = options.retryAfterSeconds ?? null
    this.argument = options.argument ?? null
    this.field = options.field ?? null
    this.providerCode = options.providerCode ?? null
    this.status = options.status ?? null
    this.outcome = options.outcome ?? 'notApplied'
    this.applied = options.applied ?? []
    this.createdId = options.createdId ?? null
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get isRetryable(): boolean {
    return retryableKinds.has(this.kind)
  }
}

/** The same failure, but for the changes: `outcome`, `applied` and `createdId` stay as well. The original becomes its cause. */
export function restated(error: ProviderError, changes: Partial<ProviderErrorOptions>): ProviderError {
  const { provider, kind, operation, message, outcome, applied } = error
  const { retryAfterSeconds, argument, field, providerCode, status, createdId } = error
  return new ProviderError({
    provider,
    kind,
    operation,
    message,
    outcome,
    applied,
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
    ...(argument === null ? {} : { argument }),
    ...(field === null ? {} : { field }),
    ...(providerCode === null ? {} : { providerCode }),
    ...(status === null ? {} : { status }),
    ...(createdId === null ? {} : { createdId }),
    cause: error,
    ...changes,
  })
}

/** Of several records asked for at once, some were read and some could not be: each failure is of its own id. */
export class PartialBatchError<Found> extends Error {
  override readonly name = 'PartialBatchError'
  readonly found: readonly Found[]
  readonly failures: ReadonlyMap<string, ProviderError>

  constructor(found: readonly Found[], failures: ReadonlyMap<string, ProviderError>) {
    super(`${failures.size} of the records asked for could not be read`)
    this.found = found
    this.failures = failures
  }
}

/** Why the calls of a request end when the gateway stops before it is answered: the reason of their signal. */
export class GatewayStoppingError extends Error {
  override readonly name = 'GatewayStoppingError'

  constructor() {
    super('the gateway is stopping')
  }
}

/** Whether a signal with this reason was aborted because the time was over. Timers and the clock may differ by a millisecond. */
export function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError'
}

/** An argument that cannot be used, found before any provider was involved. `argument` is its path, outermost first. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError'
  readonly argument: readonly string[]

  constructor(argument: readonly string[], message: string) {
    super(message)
    this.argument = argument
  }
}

/** The same error, saying that some of the change was made before it. `applied`: the input fields that took effect. */
export function asPartial(error: unknown, applied: readonly string[] = []): unknown {
  return error instanceof ProviderError ? restated(error, { outcome: 'partiallyApplied', applied }) : error
}
