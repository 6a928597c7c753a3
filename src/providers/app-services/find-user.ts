import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { UserHandle } from '../../identity/provider.ts'
import type { User } from '../../identity/records.ts'
import type { Operation, OperationContext } from '../../upstream/operation.ts'
import { type AdminApi, app, collections } from './admin-api.ts'
import { isObjectId } from './object-id.ts'
import { type AppServicesUser, userSchema } from './wire.ts'

const get: Operation = { name: 'users.get', route: `GET ${app}/users/{userId}`, safe: true }

/** The whole user as the upstream has it, or `null` when there is none. */
export async function findUser(api: AdminApi, id: string, call: Call): Promise<AppServicesUser | null> {
  if (!isObjectId(id)) return null
  const user = await api.findItem(collections.users, { operation: get, params: { userId: id } }, userSchema, call)
  if (!user || user._id === id) return user
  const context = { provider: api.provider, operation: get.name }
  const message = `${api.provider} answered ${context.operation} with another user`
  throw new ProviderError({ ...context, kind: 'badResponse', field: '_id', message })
}

/** Nobody can have an id of another form: no call is needed to know that. */
export function requireUserId(id: string, { provider }: AdminApi, operation: Operation): void {
  if (isObjectId(id)) return
  const message = `${provider} has no user under this id`
  throw new ProviderError({ provider, kind: 'notFound', operation: operation.name, message })
}

/** The record of a user whose relations are asked for. */
export async function requireRecord(user: UserHandle, context: OperationContext): Promise<User> {
  const record = await user.record()
  if (record) return record
  throw new ProviderError({ ...context, kind: 'notFound', message: `${context.provider} has no user under this id` })
}
