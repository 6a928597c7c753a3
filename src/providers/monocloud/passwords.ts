import type { PasswordHash } from '../../identity/actions.ts'
import type { OperationContext } from '../../upstream/operation.ts'
import { badInput } from './refusals.ts'

/** The only hash that the vendor takes (monocloud.md 5.1). */
const algorithm = 'bcrypt'

/** A password, or its hash, as members of a request. */
export function wirePassword(
  { password, passwordHash }: { readonly password?: string; readonly passwordHash?: PasswordHash },
  context: OperationContext,
): Readonly<Record<string, string>> {
  if (passwordHash === undefined) return password === undefined ? {} : { password }
  if (passwordHash.algorithm !== algorithm) {
    throw badInput(
      context,
      ['passwordHash', 'algorithm'],
      `${context.provider} takes hashes made with ${algorithm} only`,
    )
  }
  return { password_hash: passwordHash.digest, password_hash_algorithm: algorithm }
}
