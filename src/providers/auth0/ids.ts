import type { GroupKind } from '../../identity/records.ts'

/**
 * Formats of auth0.md 5.1. What cannot be an id is not asked for: the package would collapse `.` and `..` into another path, and fails
 * to encode half a surrogate pair (auth0.md 1.3).
 */

/** `<service>|<local id>`, at most 300 characters. */
export function isUserId(id: string): boolean {
  return id.length <= 300 && id.isWellFormed() && /^[^|]+\|./su.test(id)
}

/** What stands behind the service in the id of a user: its own length is bounded only by the whole id's. */
export function isLocalId(id: string): boolean {
  return id.isWellFormed() && id !== '' && id !== '.' && id !== '..'
}

/** Sessions, refresh tokens, consents, device credentials: opaque and short. */
export function isOpaqueId(id: string): boolean {
  return id.length <= 100 && isLocalId(id)
}

const kindsByPrefix: ReadonlyMap<string, GroupKind> = new Map([
  ['rol', 'role'],
  ['org', 'organization'],
  ['grp', 'group'],
])

/** The prefix tells the kinds apart; `null` for what is no id of a group. */
export function groupKindOf(id: string): GroupKind | null {
  const prefix = /^([a-z]{3})_[A-Za-z0-9]{1,50}$/.exec(id)?.[1]
  return kindsByPrefix.get(prefix ?? '') ?? null
}
