import type { Call } from '../../identity/call.ts'
import type { User } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { change } from './changes.ts'
import type { Clients } from './clients.ts'
import { isUserId } from './ids.ts'
import { toUser } from './map.ts'
import { notFound, otherId } from './refusals.ts'
import { type Auth0Upstream, reading } from './upstream.ts'
import { auth0User } from './wire.ts'

/** The members of a PATCH of a user. */
type UserPatch = Parameters<Clients['users']['update']>[1]

/** Changes a user, and answers the user as changed. */
export async function patchUser(
  upstream: Auth0Upstream,
  operation: Operation,
  id: string,
  patch: UserPatch,
  call: Call,
): Promise<User> {
  const { provider } = upstream
  if (!isUserId(id)) throw notFound(provider, operation.name)
  const user = await change(upstream, operation, auth0User, call, (clients) => clients.users.update(id, patch))
  if (user.user_id !== id) throw otherId(provider, operation.name, 'unknown')
  return toUser(provider, user)
}

/** Reads a user before a change that depends on what it carries now. */
export async function readUserFor(
  { provider, read }: Auth0Upstream,
  operation: Operation,
  id: string,
  call: Call,
): Promise<User> {
  if (!isUserId(id)) throw notFound(provider, operation.name)
  const user = await read(reading(operation.name, '/users/{id}'), auth0User, call, { params: { id } })
  if (user.user_id !== id) throw otherId(provider, operation.name)
  return toUser(provider, user)
}
