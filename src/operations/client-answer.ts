import { type ExecutionResult, GraphQLError } from 'graphql'
import { toClientErrors } from '../../schema/answer-errors.ts'
import type { Caller } from '../access/caller.ts'
import type { ReadHeader } from '../access/credentials.ts'
import type { RequestWatch } from '../telemetry/request-watch.ts'
import { upstreamExtension, upstreamHeader } from '../telemetry/upstream-extension.ts'

/** Told of failures that are our own bugs, and of the id of the request. */
export type OnInternalError = (error: Error, requestId: string | null) => void

/** What is known of whoever is answered. */
interface Asker {
  readonly header: ReadHeader
  /** `undefined`: nobody that we know. */
  readonly caller: Caller | undefined
  readonly watch: RequestWatch | null
}

/**
 * The answers to the operations of one request as their client sees them: every error has its code, what is nobody's business is masked, and
 * what it cost upstream is told to whoever asks and may know. The watch is told as well.
 */
export function answersForClient(
  results: readonly ExecutionResult[],
  { header, caller, watch }: Asker,
  onInternalError: OnInternalError,
): readonly ExecutionResult[] {
  const requestId = watch?.requestId ?? null
  const answers = results.map((result) => withClientErrors(result, requestId, onInternalError))
  if (!watch) return answers
  watch.answers(answers)
  const upstream = caller && upstreamExtension(header(upstreamHeader), caller.scopes, watch)
  if (!upstream) return answers
  return answers.map((answer) => ({ ...answer, extensions: { ...answer.extensions, upstream } }))
}

function withClientErrors(
  result: ExecutionResult,
  requestId: string | null,
  onInternalError: OnInternalError,
): ExecutionResult {
  if (!result.errors) return result
  const errors = toClientErrors(result.errors, requestId)
  for (const error of errors) {
    if (error.extensions['code'] === 'INTERNAL') onInternalError(error.originalError ?? error, requestId)
  }
  return { ...result, errors }
}

/** What a failure of our own comes to. */
export function resultOfFailure(error: unknown): ExecutionResult {
  if (error instanceof GraphQLError) return { errors: [error] }
  const originalError = error instanceof Error ? error : new Error('something failed', { cause: error })
  return { errors: [new GraphQLError(originalError.message, { originalError })] }
}
