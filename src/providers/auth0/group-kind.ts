import type { CreateGroupInput, GroupChanges, MembershipChange, PermissionReference } from '../../identity/actions.ts'
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

/** The changes of one kind of group. Ids have been checked; what is absent, this kind cannot do. */
export interface GroupKindActions {
  create?(input: CreateGroupInput, call: Call): Promise<Group>
  update?(id: string, changes: GroupChanges, call: Call): Promise<Group | null>
  delete(id: string, call: Call): Promise<void>
  addMember?(change: MembershipChange, call: Call): Promise<{ readonly roles: readonly string[] | null }>
  updateMember?(change: MembershipChange, call: Call): Promise<{ readonly roles: readonly string[] | null }>
  removeMember?(change: Omit<MembershipChange, 'roles'>, call: Call): Promise<void>
  grantPermissions?(id: string, permissions: readonly PermissionReference[], call: Call): Promise<void>
  revokePermissions?(id: string, permissions: readonly PermissionReference[], call: Call): Promise<void>
}
