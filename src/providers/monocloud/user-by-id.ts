import type { Call } from '../../identity/call.ts'
import type { Operation } from '../../upstream/operation.ts'
import { noSuch, somethingElse } from './refusals.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import { type MonoCloudUser, userWire } from './wire.ts'

const route = 'GET /users/{user_id}'

/** The whole user; `null`: there is none. `operation`: what for, in our words. */
export async function findUser(
  { http, provider }: MonoCloudUpstream,
  userId: string,
  operation: string,
  call: Call,
): Promise<MonoCloudUser | null> {
  const reading: Operation = { name: operation, route, safe: true }
  const user = await http.find({ operation: reading, params: { user_id: userId } }, userWire, call)
  if (!user || user.user_id === userId) return user
  throw somethingElse({ provider, operation }, 'user_id')
}

/** As `findUser`, for changes that need to know the user first: to have none is `notFound`. */
export async function readUser(
  upstream: MonoCloudUpstream,
  userId: string,
  operation: string,
  call: Call,
): Promise<MonoCloudUser> {
  const user = await findUser(upstream, userId, operation, call)
  if (user) return user
  throw noSuch({ provider: upstream.provider, operation }, 'user')
}
