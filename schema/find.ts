import type { RequestContext } from '../src/context.ts'
import { ArgumentError } from '../src/identity/errors.ts'
import type { Grant, GrantKind, Session } from '../src/identity/records.ts'
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
  const kind = requiredPart(target, 1, argument)
  if (!isGrantKind(kind)) throw new ArgumentError(argument, `\`${argument.join('.')}\` is not an id of this gateway`)
  const key = {
    nativeId: requiredPart(target, 0, argument),
    kind,
    userId: requiredPart(target, 2, argument),
    clientId: target.parts[3] ?? null,
    audience: target.parts[4] ?? null,
  }
  const { name, grants } = target.provider
  if (!grants?.kinds.includes(kind)) return null
  return context.once(JSON.stringify(['grant', name, key]), () =>
    grants.get(key, context.userHandle(name, key.userId), context.call),
  )
}

function isGrantKind(kind: string): kind is GrantKind {
  return Object.hasOwn(grantKindNames, kind)
}
