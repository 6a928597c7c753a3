import type { RequestContext } from '../src/context.ts'
import { ArgumentError } from '../src/identity/errors.ts'
import type { Grant, GrantKey, GrantKind, Session } from '../src/identity/records.ts'
import type { GlobalId } from '../src/identity/global-id.ts'
import { requiredPart, type Target } from './arguments.ts'
import { grantKindNames } from './enums.ts'

/** The session that a global id stands for. `null`: it is over, or the provider shows none. */
export async function findSession(
  context: RequestContext,
  target: Target,
  argument: readonly string[],
): Promise<Session | null> {
  const key = { nativeId: requiredPart(target, 0, argument), userId: requiredPart(target, 1, argument) }
  const { name, sessions } = target.provider
  if (!sessions) return null
  return context.once(JSON.stringify(['session', name, key]), () =>
    sessions.get(key, context.userHandle(name, key.userId), context.call),
  )
}

/** The grant that a global id stands for. `null`: it is over, or the provider shows none. */
export async function findGrant(
  context: RequestContext,
  target: Target,
  argument: readonly string[],
): Promise<Grant | null> {
  const key = grantKeyOf(target, argument)
  const { name, grants } = target.provider
  if (!grants?.kinds.includes(key.kind)) return null
  return context.once(JSON.stringify(['grant', name, key]), () =>
    grants.get(key, context.userHandle(name, key.userId), context.call),
  )
}

/** What a grant's global id consists of: it carries what narrows the list in which the grant is found again. */
export function grantParts({ nativeId, kind, userId, clientId, audience }: GrantKey): GlobalId['parts'] {
  return [nativeId, kind, userId, clientId === '' ? null : clientId, audience]
}

/** Reads what `grantParts` made. */
export function grantKeyOf({ parts }: Pick<Target, 'parts'>, argument: readonly string[]): GrantKey {
  const [nativeId = null, kind = null, userId = null, clientId = null, audience = null] = parts
  if (nativeId !== null && kind !== null && isGrantKind(kind) && userId !== null) {
    return { nativeId, kind, userId, clientId, audience }
  }
  throw new ArgumentError(argument, `\`${argument.join('.')}\` is not an id of this gateway`)
}

function isGrantKind(kind: string): kind is GrantKind {
  return Object.hasOwn(grantKindNames, kind)
}
