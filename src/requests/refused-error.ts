import { GraphQLError } from 'graphql'
import type { Refusal } from './refusal.ts'

/** A refusal that is found only while an operation is being read or about to run. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** A refusal as an error of an answer. */
export function errorOfRefusal(refusal: Refusal): GraphQLError {
  return new GraphQLError(refusal.message, { originalError: new RefusedError(refusal) })
}
