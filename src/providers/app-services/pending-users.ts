import type { PendingUserReader } from '../../identity/provider.ts'
import type { Operation } from '../../upstream/operation.ts'
import { mapPage } from '../../upstream/paging.ts'
import { type AdminApi, app } from './admin-api.ts'
import { pageById } from './id-paging.ts'
import { toPendingUser } from './map.ts'
import { pendingUserSchema } from './wire.ts'

const list: Operation = {
  name: 'pendingUsers.list',
  route: `GET ${app}/user_registrations/pending_users`,
  safe: true,
}

/** Registrations with email and password before their first sign-in, oldest first: the only order there is (app-services.md 4.2). */
export function createPendingUserReader(api: AdminApi): PendingUserReader {
  return {
    async list(page, call) {
      const listed = await pageById(api, { operation: list, item: pendingUserSchema, direction: 'asc' }, page, call)
      return mapPage(listed, (wire) => toPendingUser(api.provider, wire))
    },
  }
}
