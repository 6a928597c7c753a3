import type { Account } from '../../src/access/caller.ts'
import { ProviderError } from '../../src/identity/errors.ts'
import { findGrant, findSession, grantParts } from '../find.ts'
import type { Work } from './define.ts'

/**
 * What an end user may end is what the provider's own record says is theirs. Whatever else an id names is not found, whether there is such
 * a thing or not.
 */

/** That the session is there, and of this account. */
export async function requireOwnSession({ aim, context }: Work<unknown>, account: Account): Promise<void> {
  const session = await findSession(context, aim, ['id'])
  const own = session?.userId === account.nativeId ? [session.nativeId, session.userId] : []
  if (!isSame(own, aim.parts)) throw notFound(account, 'sessions.revoke', 'id')
}

/** That the grant is there, of this account, and what its id says of it besides. */
export async function requireOwnGrant({ aim, context }: Work<unknown>, account: Account): Promise<void> {
  const grant = await findGrant(context, aim, ['id'])
  const own = grant?.userId === account.nativeId ? grantParts({ ...grant, audience: grant.audiences?.[0] ?? null }) : []
  if (!isSame(own, aim.parts)) throw notFound(account, 'grants.revoke', 'id')
}

/** That the user is there, and is this account. */
export async function requireSelf({ id, context }: Work<unknown>, account: Account): Promise<void> {
  const isSelf = id === account.nativeId
  const user = isSelf ? await context.loaders.user.load(account.provider, account.nativeId) : null
  if (user?.nativeId !== account.nativeId) throw notFound(account, 'users.getMany', 'userId')
}

function isSame(parts: readonly (string | null)[], others: readonly (string | null)[]): boolean {
  return parts.length === others.length && parts.every((part, index) => part === others[index])
}

function notFound({ provider }: Account, operation: string, field: string): ProviderError {
  const message = `\`${field}\` names nothing of yours`
  return new ProviderError({ provider, kind: 'notFound', operation, argument: [field], message })
}
