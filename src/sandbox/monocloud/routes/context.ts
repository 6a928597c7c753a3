import type { z } from 'zod'
import type { RouteRequest } from '../../router.ts'
import type { Account } from '../accounts.ts'
import type { Answers } from '../answers.ts'
import { badRequest, invalidMembers, notFound } from '../problem.ts'
import type { Tenant } from '../tenant.ts'
import type { MonocloudGroup, MonocloudLogEntry, MonocloudUser } from '../wire.ts'

/** What every route works with. Handlers may throw a `Problem`. */
export interface RouteContext {
  readonly tenant: Tenant
  readonly answers: Answers
  on(method: string, template: string, handler: (request: RouteRequest) => Response): void
}

/** The account in the path. */
export function accountOf({ accounts }: Tenant, request: RouteRequest): Account {
  const account = accounts.get(request.params['user_id'] ?? '')
  if (!account) throw notFound('user')
  return account
}

/** The group in the path; a segment that is no UUID is not found either (monocloud.md 8). */
export function groupOf({ groups }: Tenant, request: RouteRequest): MonocloudGroup {
  const group = groups.get(request.params['group_id'] ?? '')
  if (!group) throw notFound('group')
  return group
}

/** The body, read with a schema. Members that the schema does not have are ignored (monocloud.md 9). */
export function bodyOf<Schema extends z.ZodObject>(request: RouteRequest, schema: Schema): z.infer<Schema> {
  if (typeof request.body !== 'object' || request.body === null || Array.isArray(request.body)) {
    throw badRequest('The body must be a JSON object.')
  }
  const parsed = schema.safeParse(request.body)
  if (parsed.success) return parsed.data
  const errors: Record<string, string[]> = {}
  for (const { path, message } of parsed.error.issues) (errors[path.join('.')] ??= []).push(message)
  throw invalidMembers(errors)
}

/** Changes an account's record so that the next read sees it, and answers it. */
export function changeUser(tenant: Tenant, account: Account, change: (user: MonocloudUser) => void): MonocloudUser {
  change(account.user)
  account.user.last_updated = tenant.now()
  tenant.accounts.changed(account)
  return account.user
}

/** What `revoke_sessions` does: sessions, opaque tokens and refresh tokens bound to a session end (monocloud.md 8). */
export function endSessions(tenant: Tenant, account: Account): void {
  const { access } = account
  access.sessions = []
  access.referenceTokens = []
  access.refreshTokens = access.refreshTokens.filter((token) => !token.is_session_bound)
  logUser(tenant, 'user_sessions_revoked_all', account)
}

export function logUser(
  { log, now }: Tenant,
  code: string,
  { id }: Account,
  ...others: MonocloudLogEntry['targets']
): void {
  log.record(code, [{ type: 'user', id }, ...others], now())
}

/** How long a mailed or minted link lives when the request does not say, in seconds (monocloud.md 8). */
export const linkLifetime = 86_400
