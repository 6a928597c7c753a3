import { z } from 'zod'
import { definedMembers } from '../members.ts'
import { Refusal } from '../refusal.ts'
import { createAccount, mergeMetadata } from '../state/accounts.ts'
import type { TenantState } from '../state/tenant-state.ts'
import type { Connection } from '../tenant.ts'
import { emailAddress } from '../validation.ts'
import type { Auth0Job, Auth0User } from '../wire.ts'

const importedUser = z.object({
  email: emailAddress,
  email_verified: z.boolean().optional(),
  user_id: z.string().optional(),
  username: z.string().optional(),
  given_name: z.string().optional(),
  family_name: z.string().optional(),
  name: z.string().optional(),
  nickname: z.string().optional(),
  picture: z.string().optional(),
  blocked: z.boolean().optional(),
  user_metadata: z.record(z.string(), z.unknown()).optional(),
  app_metadata: z.record(z.string(), z.unknown()).optional(),
})

interface ImportOutcome {
  readonly summary: NonNullable<Auth0Job['summary']>
  /** As `GET /jobs/{id}/errors` answers them. */
  readonly errors: readonly unknown[]
}

/** Creates accounts, with `upsert` also updates those that the connection has; one bad entry spoils no other. */
export function importUsers(
  state: TenantState,
  connection: Connection,
  entries: readonly unknown[],
  upsert: boolean,
): ImportOutcome {
  const errors: unknown[] = []
  let inserted = 0
  let updated = 0
  for (const entry of entries) {
    const parsed = importedUser.safeParse(entry)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      errors.push(failure(entry, 'SCHEMA_VALIDATION_ERROR', issue?.message ?? '', (issue?.path ?? []).join('.')))
      continue
    }
    const { user_id: userId, user_metadata: userMetadata, app_metadata: appMetadata, ...profile } = parsed.data
    const account = definedMembers({ ...profile, userId, userMetadata, appMetadata })
    const known = state.users
      .withEmail(profile.email)
      .find((user) => user.identities[0]?.connection === connection.name)
    if (known && upsert) {
      state.users.set(updatedAccount(state, known, parsed.data))
      updated += 1
      continue
    }
    try {
      createAccount(state, connection, account)
      inserted += 1
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      errors.push(failure(entry, 'DUPLICATED_USER', error.message, ''))
    }
  }
  return { summary: { failed: errors.length, updated, inserted, total: entries.length }, errors }
}

function updatedAccount(state: TenantState, user: Auth0User, entry: z.infer<typeof importedUser>): Auth0User {
  const { user_id: _, username: __, email: ___, user_metadata, app_metadata, ...profile } = entry
  return {
    ...user,
    ...definedMembers(profile),
    ...(user_metadata ? { user_metadata: mergeMetadata(user.user_metadata, user_metadata) } : {}),
    ...(app_metadata ? { app_metadata: mergeMetadata(user.app_metadata, app_metadata) } : {}),
    updated_at: new Date(state.now()).toISOString(),
  }
}

function failure(user: unknown, code: string, message: string, path: string): unknown {
  return { user, errors: [{ code, message, path }] }
}
