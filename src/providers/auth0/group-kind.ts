import type { Call } from '../../identity/call.ts'
import type { Page, PageRequest } from '../../identity/page.ts'
import type { Group, GroupMember, Permission, UserMembership } from '../../identity/records.ts'

/** The reads of one kind of group. Ids have been checked. */
export interface GroupKindReader {
  get(id: string, call: Call): Promise<Group | null>
  list(search: string | null, page: PageRequest, call: Call): Promise<Page<Group>>
  listByUser(userId: string, page: PageRequest, call: Call): Promise<Page<UserMembership>>
  listMembers(id: string, page: PageRequest, call: Call): Promise<Page<GroupMember>>
  /** Absent: this kind has no permissions. */
  listPermissions?(id: string, page: PageRequest, call: Call): Promise<Page<Permission>>
}
