import { edgeWith, type Edge, type Page } from '../../identity/page.ts'
import type { Grant, Group, GroupMember, Permission, UserMembership } from '../../identity/records.ts'

/** The records of a page, each once: a row that came twice counts once. */
export function recordsOf<Row, Record>(
  page: Page<Row>,
  toRecord: (row: Row) => Record,
  keyOf: (record: Record) => string,
): Page<Record> {
  const seen = new Set<string>()
  const edges: Edge<Record>[] = []
  for (const edge of page.edges) {
    const record = toRecord(edge.node)
    const key = keyOf(record)
    if (!seen.has(key)) edges.push(edgeWith(edge, record))
    seen.add(key)
  }
  return { ...page, edges }
}

/** What tells the records of a page apart. */
export const groupId = (group: Group): string => group.nativeId
export const membershipGroupId = ({ group }: UserMembership): string => group.nativeId
export const memberId = ({ user }: GroupMember): string => user.nativeId
export const grantId = (grant: Grant): string => grant.nativeId
/** A permission has no id: its name is unique in its API. */
export const permissionKey = ({ api, name }: Permission): string => JSON.stringify([api, name])
