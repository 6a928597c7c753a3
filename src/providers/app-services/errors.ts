import type { ReadVendorError, VendorError } from '../../upstream/answer.ts'
import { readOrNull } from '../../upstream/wire/fault.ts'
import { object } from '../../upstream/wire/structures.ts'
import { nonEmptyString } from '../../upstream/wire/values.ts'

/** The one operation that is refused with a 401 because of somebody else's token (app-services.md 4.1). */
export const verifyTokenOperation = 'tokens.verify'

/**
 * The operations that make tokens. The status of a refused key is not known for sure (app-services.md 1.2): whatever refuses them
 * without being busy refuses the key.
 */
export const loginOperation = 'auth.login'
export const refreshOperation = 'auth.refresh'

/** Codes that mean something else than their status says, or whose status is not known (app-services.md 3.3). */
const meanings: Readonly<Record<string, Omit<VendorError, 'code'>>> = {
  UserNotFound: { kind: 'notFound' },
  APIKeyNotFound: { kind: 'notFound' },
  AccountNameInUse: { kind: 'conflict' },
  UserAlreadyConfirmed: { kind: 'conflict', argument: ['email'] },
  AuthProviderNotFound: { kind: 'unsupported' },
  MaintenanceInProgress: { kind: 'unavailable' },
}

/** Our argument that a conflict is about, by operation: only names can be taken (app-services.md 3.2). */
const conflictingArguments: Readonly<Record<string, string>> = {
  'users.create': 'email',
  'users.changeEmail': 'address',
}

const errorCode = object((wire) => nonEmptyString(wire['error_code']))

/** The code is often missing, and the body may be text or empty: then the status decides (app-services.md 3.1). */
export const readVendorError: ReadVendorError = (status, body, operation) => {
  const code = errorCodeOf(body)
  if (operation.name === verifyTokenOperation && (status === 401 || code === 'UserNotFound')) {
    return { code, kind: 'badInput', argument: ['token'] }
  }
  const isLogin = operation.name === loginOperation || operation.name === refreshOperation
  if (isLogin && status >= 400 && status < 500 && status !== 408 && status !== 429) return { code, kind: 'credentials' }
  const meaning = code !== null && Object.hasOwn(meanings, code) ? meanings[code] : {}
  const name = conflictingArguments[operation.name]
  const isTaken = status === 409 || code === 'AccountNameInUse'
  return { code, ...meaning, ...(isTaken && name !== undefined ? { argument: [name] } : {}) }
}

export function errorCodeOf(body: unknown): string | null {
  return readOrNull(errorCode, body)
}
