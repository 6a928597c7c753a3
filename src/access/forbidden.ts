import type { Scope } from './scopes.ts'

/** What a caller asked for and may not have. Nothing was done. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError'
  /** The scopes that would have opened it; empty where none would. */
  readonly missingScopes: readonly Scope[]

  constructor(message: string, missingScopes: readonly Scope[] = []) {
    super(message)
    this.missingScopes = missingScopes
  }
}
