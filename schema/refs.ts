import type { Lookup } from '../src/directory/lookup.ts'
import type {
  IdentityEvent,
  BlockedIp,
  Grant,
  Group,
  PendingUser,
  Permission,
  Session,
  User,
} from '../src/identity/records.ts'
import type { IdentityProvider } from '../src/identity/provider.ts'
import { builder } from './builder.ts'

/** The types that refer to each other, declared before any is filled in, so that no type's file imports another's. */
export const UserRef = builder.objectRef<User>('User')
export const GroupRef = builder.objectRef<Group>('Group')
export const SessionRef = builder.objectRef<Session>('Session')
export const GrantRef = builder.objectRef<Grant>('Grant')
export const IdentityProviderRef = builder.objectRef<IdentityProvider>('IdentityProvider')
export const PendingUserRef = builder.objectRef<PendingUser>('PendingUser')
export const IdentityPermissionRef = builder.objectRef<Permission>('IdentityPermission')
export const BlockedIpRef = builder.objectRef<BlockedIp>('BlockedIp')
export const IdentityEventRef = builder.objectRef<OwnedEvent>('IdentityEvent')
export const UserLookupRef = builder.objectRef<Lookup>('UserLookup')

/** An event with its user, from which its id is made. */
export interface OwnedEvent extends IdentityEvent {
  readonly user: User
}
