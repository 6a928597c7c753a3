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
