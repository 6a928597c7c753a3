/**
 * The provider interface: the promise every adapter makes.
 *
 * - **Absence is the capability flag.** What the upstream lacks is a method that is not there. There is no method that answers an
 *   empty list for something the upstream does not have, and none that throws "not implemented". `capabilities.ts` computes what a
 *   provider can do from presence alone.
 * - Every method takes the {@link Call} of the GraphQL request as its last argument and answers or throws a `ProviderError`, nothing
 *   else; ids that the upstream cannot have (malformed) are simply not found.
 * - One call of a list method is one page. Who asks for a page decides whether there will be another.
 * - Records answered for ids are the records of those ids: an adapter compares the id in the answer, never the position.
 */
import type * as actions from './actions.ts'
import type { Call } from './call.ts'
import type { Page, PageRequest } from './page.ts'
import type { ProviderPrices } from './prices.ts'
import type * as records from './records.ts'

export interface IdentityProvider {
  /** The name it was configured under, unique in the gateway: `[a-z0-9][a-z0-9-]*`. */
  readonly name: string
  readonly kind: records.ProviderKind
  /** What its methods cost, where it is not the usual. */
  readonly prices: ProviderPrices
  /** How many calls this provider's upstream should see at once. Used by whoever makes many calls; the pipeline enforces its own. */
  readonly maxParallelCalls: number
  readonly users: UserReader & UserActions
  /** Absent: the upstream has no groups of any kind. */
  readonly groups?: GroupReader & GroupActions
  /** Absent: the upstream does not show sessions. */
  readonly sessions?: SessionReader & SessionActions
  /** Absent: the upstream has no grants of any kind. */
  readonly grants?: GrantReader & GrantActions
  /** Absent: the upstream keeps no pending registrations apart from users. */
  readonly pendingUsers?: PendingUserReader & PendingUserActions
  /** Absent: there is no way to verify an end user's token. */
  readonly tokens?: TokenVerifier
  /** The cheapest authenticated read. Resolves when the upstream accepts our key, else throws the `ProviderError` that says why not. */
  check(call: Call): Promise<void>
  /** How the upstream has been answering lately. Makes no call. */
  health(): ProviderHealth
}

export interface ProviderHealth {
  /** `up`: the last answer was a good one. `degraded`: the last call failed, earlier ones did not. `down`: several failed in a row, our key is refused, or calls are held back because so many failed. A pause that the upstream asked for is `degraded`. */
  readonly status: 'up' | 'degraded' | 'down'
  /** One sentence without internals; `null` when nothing failed since the last good answer. */
  readonly lastError: string | null
  readonly lastErrorAt: Date | null
  /** When the next call will be let through, while calls are held back; else until when the upstream asked to be left alone as it failed. */
  readonly retryAt: Date | null
  /** Calls left in the upstream's current window, where it says. */
  readonly rateLimitRemaining: number | null
}

/**
 * A user whose relations are asked for: the id, and the record as `getMany` answers it for adapters that make a relation out of it. The
 * record is loaded at most once per request, in a batch with others.
 */
export interface UserHandle {
  readonly nativeId: string
  /** `null`: there is no such user. */
  record(): Promise<records.User | null>
}

// ---------------------------------------------------------------- users

export type UserOrderField = 'createdAt' | 'updatedAt' | 'lastSignInAt'

export interface UserOrder {
  readonly field: UserOrderField
  readonly direction: 'asc' | 'desc'
}

/** From is included, to is not. At least one is given. */
export interface DateTimeRange {
  readonly from?: Date
  readonly to?: Date
}

/** All members given must hold. Text in it is data: it is searched for, never interpreted. */
export interface UserFilter {
  /** Free text over names and identifiers, as the upstream understands it. */
  readonly search?: string
  /** The whole address, in any case. */
  readonly email?: string
  /** The whole number, E.164. */
  readonly phoneNumber?: string
  /** The whole user name. */
  readonly username?: string
  /** The customer's own id. */
  readonly externalId?: string
  readonly status?: records.UserStatus
  readonly createdAt?: DateTimeRange
  readonly lastSignInAt?: DateTimeRange
}

export type UserFilterField = keyof UserFilter

/**
 * How an upstream expresses each filter, one translator per filter that it has. `Clause` is the adapter's own: a piece of a query.
 * A translator throws `ProviderError` of kind `unsupported` for a value that the upstream cannot express.
 */
export type UserFilterTranslators<Clause> = {
  readonly [Field in UserFilterField]?: (value: NonNullable<UserFilter[Field]>) => Clause
}

export interface UserQuery extends PageRequest {
  readonly filter: UserFilter
  readonly order: UserOrder
}

/** What the upstream tells of one user at a time. */
export interface UserByIdOnly {
  /** The fields that records of several users may name as `missing`. */
  readonly fields: readonly records.MissingUserField[]
  /** One user with nothing missing; `null`: there is none. */
  get(id: string, call: Call): Promise<records.User | null>
}

export interface UserReader {
  /** The most ids that one `getMany` may be given. */
  readonly maxIdsPerCall: number
  /**
   * Complete records, but for what `byIdOnly` names; in any order, without the ids that do not exist. Never a record of an id that was
   * not asked for. Where some ids could be read and others failed, a `PartialBatchError` says which.
   */
  getMany(ids: readonly string[], call: Call): Promise<readonly records.User[]>
  /** Present where records of several users at once lack something, even those of `getMany`. */
  readonly byIdOnly?: UserByIdOnly
  /** The filters of `list`, by presence. Any other is `unsupported`. */
  readonly filters: UserFilterTranslators<unknown>
  /** The orders of `list`, by presence, with the upstream's word for each. */
  readonly orders: { readonly [Field in UserOrderField]?: string }
  /** One page of users. Records may be partial. A filter or order that is not among the above, or a combination that the upstream cannot do, is `unsupported` before any call. */
  list(query: UserQuery, call: Call): Promise<Page<records.User>>
  /** How many users there are with this filter; `null` where the upstream cannot count with it. */
  count?(filter: UserFilter, call: Call): Promise<number | null>
  /** Users who signed in recently, as the upstream counts it. */
  countActive?(call: Call): Promise<number>
  /** The most values that one `findBy…` may be given. */
  readonly maxValuesPerLookup?: number
  /** Every account that carries one of these addresses, verified or not, compared without case. Records may be partial. */
  findByEmails?(emails: readonly string[], call: Call): Promise<readonly records.User[]>
  /** Every account that carries one of these numbers (E.164), verified or not. Records may be partial. */
  findByPhoneNumbers?(numbers: readonly string[], call: Call): Promise<readonly records.User[]>
  /** Every account with one of these ids of the customer's own. Records may be partial. */
  findByExternalIds?(externalIds: readonly string[], call: Call): Promise<readonly records.User[]>
  /** Present where look-ups by email go through an index that this gateway builds. Makes no call. */
  emailIndex?(): EmailIndexState
  /** IP addresses from which sign-in as this user is blocked. */
  listBlockedIps?(id: string, page: PageRequest, call: Call): Promise<Page<records.BlockedIp>>
  /** Ways in which this user can prove who they are, as far as the upstream keeps them. */
  listAuthenticators?(user: UserHandle, call: Call): Promise<readonly records.Authenticator[]>
  /** Permissions this user holds, directly or through roles. */
  listPermissions?(id: string, page: PageRequest, call: Call): Promise<Page<records.Permission>>
  /** Devices on which this user has been signed in. */
  listDevices?(id: string, call: Call): Promise<readonly records.UserDevice[]>
  /** What the upstream recorded about this user, newest first. */
  listEvents?(id: string, page: PageRequest, call: Call): Promise<Page<records.IdentityEvent>>
}

/** How much is in an index that stands in for a look-up which the upstream does not have. */
export interface EmailIndexState {
  /** How many users are in it. */
  readonly users: number
  /** Whether all users were walked at least once. Until then look-ups are `unavailable`. */
  readonly isComplete: boolean
  /** When new users were last looked for; `null`: never yet. */
  readonly refreshedAt: Date | null
}

/** An unknown user is `notFound`. What each returns is in `actions.ts`. */
export interface UserActions {
  /** Never repeated by the pipeline: after a lost answer the outcome is `unknown`. */
  create?(input: actions.CreateUserInput, call: Call): Promise<records.User>
  update?(id: string, changes: actions.UserChanges, call: Call): actions.ChangedUser
  delete?(id: string, call: Call): Promise<void>
  /** Refuses sign-in until `enable`. */
  disable?(id: string, revokeSessions: actions.SessionRevocation, call: Call): actions.ChangedUser
  enable?(id: string, call: Call): actions.ChangedUser
  /** Refuses sign-in for a while. */
  lock?(id: string, call: Call): actions.ChangedUser
  /** Lifts a lock, whether set by `lock` or after failed sign-ins. */
  unlock?(id: string, call: Call): actions.ChangedUser
  unblockIp?(id: string, address: string, call: Call): actions.ChangedUser
  unblockAllIps?(id: string, call: Call): actions.ChangedUser
  updateMetadata?(id: string, changes: actions.MetadataChanges, call: Call): actions.ChangedUser
  setPassword?(id: string, input: actions.SetPasswordInput, call: Call): actions.ChangedUser
  /** Changes it with proof of the old one; a wrong old password is `badInput` of `oldPassword`. */
  changePassword?(id: string, input: actions.ChangePasswordInput, call: Call): actions.ChangedUser
  removePassword?(id: string, call: Call): actions.ChangedUser
  verifyPassword?(id: string, password: string, call: Call): Promise<boolean>
  /** Demands a new password at the next sign-in. */
  requirePasswordReset?(id: string, revokeSessions: actions.SessionRevocation, call: Call): actions.ChangedUser
  clearPasswordReset?(id: string, call: Call): actions.ChangedUser
  createPasswordResetLink?(id: string, input: actions.LinkInput, call: Call): Promise<actions.Link>
  addEmail?(id: string, email: actions.NewEmail, call: Call): actions.ChangedUser
  removeEmail?(id: string, emailId: string, call: Call): actions.ChangedUser
  /** Replaces the only or primary address. */
  changeEmail?(
    id: string,
    email: { readonly address: string; readonly verified: boolean },
    call: Call,
  ): actions.ChangedUser
  setPrimaryEmail?(id: string, emailId: string, call: Call): actions.ChangedUser
  setEmailVerified?(id: string, emailId: string, verified: boolean, call: Call): actions.ChangedUser
  /** `emailId` `null`: the primary address. */
  sendEmailVerification?(
    id: string,
    emailId: string | null,
    input: actions.LinkInput,
    call: Call,
  ): Promise<actions.Link>
  addPhone?(id: string, phone: actions.NewPhone, call: Call): actions.ChangedUser
  removePhone?(id: string, phoneId: string, call: Call): actions.ChangedUser
  setPrimaryPhone?(id: string, phoneId: string, call: Call): actions.ChangedUser
  setPhoneVerified?(id: string, phoneId: string, verified: boolean, call: Call): actions.ChangedUser
  setUsername?(id: string, username: string, call: Call): actions.ChangedUser
  removeUsername?(id: string, call: Call): actions.ChangedUser
  setProfileImage?(id: string, image: actions.ProfileImage, call: Call): actions.ChangedUser
  removeProfileImage?(id: string, call: Call): actions.ChangedUser
  /** Folds the secondary account into this one. */
  linkIdentity?(id: string, secondaryId: string, call: Call): actions.ChangedUser
  unlinkIdentity?(id: string, identityId: string, call: Call): actions.ChangedUser
  removeAuthenticator?(id: string, authenticatorId: string, call: Call): actions.ChangedUser
  /** Removes every second factor. */
  resetMfa?(id: string, call: Call): actions.ChangedUser
  verifyTotp?(id: string, code: string, call: Call): Promise<boolean>
  /** The new code, a secret. The old one is dead. */
  regenerateRecoveryCode?(id: string, call: Call): Promise<string>
  forgetRememberedBrowsers?(id: string, call: Call): actions.ChangedUser
  grantPermissions?(id: string, permissions: readonly actions.PermissionReference[], call: Call): Promise<void>
  revokePermissions?(id: string, permissions: readonly actions.PermissionReference[], call: Call): Promise<void>
}

// ---------------------------------------------------------------- groups

export interface GroupQuery extends PageRequest {
  /** One kind per call: joining kinds is not the adapter's work. */
  readonly kind: records.GroupKind
  /** Free text over names. A kind that cannot be searched is `unsupported`. */
  readonly search: string | null
}

export interface GroupReader {
  /** The kinds that this upstream has, in the order in which they are shown. */
  readonly kinds: readonly records.GroupKind[]
  /** Which kind of group has such an id, without a call; `null`: none. */
  kindOf(id: string): records.GroupKind | null
  readonly maxIdsPerCall: number
  /** As for users. */
  getMany(ids: readonly string[], call: Call): Promise<readonly records.Group[]>
  /** One page of the groups of one kind, in the upstream's order. */
  list(query: GroupQuery, call: Call): Promise<Page<records.Group>>
  /** One page of the groups of one kind that the user is a member of. */
  listByUser(
    id: string,
    query: PageRequest & { readonly kind: records.GroupKind },
    call: Call,
  ): Promise<Page<records.UserMembership>>
  /** One page of the members that are users. */
  listMembers?(id: string, page: PageRequest, call: Call): Promise<Page<records.GroupMember>>
  /** What members of this group may do; `null` for a kind of group without permissions. */
  listPermissions?(id: string, page: PageRequest, call: Call): Promise<Page<records.Permission> | null>
}

export interface GroupActions {
  create?(kind: records.GroupKind, input: actions.CreateGroupInput, call: Call): Promise<records.Group>
  update?(id: string, changes: actions.GroupChanges, call: Call): Promise<records.Group | null>
  delete?(id: string, call: Call): Promise<void>
  addMember?(change: actions.MembershipChange, call: Call): Promise<{ readonly roles: readonly string[] | null }>
  updateMember?(change: actions.MembershipChange, call: Call): Promise<{ readonly roles: readonly string[] | null }>
  removeMember?(change: Omit<actions.MembershipChange, 'roles'>, call: Call): Promise<void>
  grantPermissions?(id: string, permissions: readonly actions.PermissionReference[], call: Call): Promise<void>
  revokePermissions?(id: string, permissions: readonly actions.PermissionReference[], call: Call): Promise<void>
}

// ---------------------------------------------------------------- sessions

export interface SessionReader {
  /** One page of the user's sessions. `clientId` not `null`: only those in which this application takes part; `unsupported` where the upstream cannot filter by it. */
  listByUser(
    user: UserHandle,
    query: PageRequest & { readonly clientId: string | null },
    call: Call,
  ): Promise<Page<records.Session>>
  /** `null`: there is none, or it is not this user's. */
  get(key: records.SessionKey, user: UserHandle, call: Call): Promise<records.Session | null>
}

export interface SessionActions {
  /** `notFound` when there is no such session, or it is not this user's. */
  revoke?(key: records.SessionKey, call: Call): Promise<actions.Revocation>
  revokeAll?(userId: string, call: Call): Promise<actions.Revocation>
}

// ---------------------------------------------------------------- grants

export interface GrantQuery extends PageRequest {
  /** One kind per call: joining kinds is not the adapter's work. */
  readonly kind: records.GrantKind
  /** Only what this application holds; `unsupported` for kinds that cannot be filtered so. */
  readonly clientId: string | null
  /** Only what was issued in this session; only for `kindsBySession`. */
  readonly sessionId: string | null
}

export interface GrantReader {
  /** The kinds that this upstream has, in the order in which they are shown. */
  readonly kinds: readonly records.GrantKind[]
  /** The kinds that can be listed by session. Empty: grants are not tied to sessions here. */
  readonly kindsBySession: readonly records.GrantKind[]
  /** One page of one kind of the user's grants. A kind that the tenant's plan excludes is `planRequired`. */
  listByUser(user: UserHandle, query: GrantQuery, call: Call): Promise<Page<records.Grant>>
  /** `null`: there is none, or it is not this user's. */
  get(key: records.GrantKey, user: UserHandle, call: Call): Promise<records.Grant | null>
}

export interface GrantActions {
  revoke?(key: records.GrantKey, call: Call): Promise<actions.Revocation>
  /** Everything that one application was granted by one user. */
  revokeByClient?(userId: string, clientId: string, call: Call): Promise<actions.Revocation>
  /** Everything that every application was granted by one user. */
  revokeAll?(userId: string, call: Call): Promise<actions.Revocation>
}

// ---------------------------------------------------------------- pending users, tokens

export interface PendingUserReader {
  list(page: PageRequest, call: Call): Promise<Page<records.PendingUser>>
}

/** Pending registrations are addressed by email, because the upstream addresses them so. */
export interface PendingUserActions {
  confirm?(email: string, call: Call): Promise<records.PendingUser | null>
  resendConfirmation?(email: string, call: Call): Promise<records.PendingUser | null>
  delete?(email: string, call: Call): Promise<void>
}

export interface TokenVerifier {
  /** A token that is no token, expired, or signed by somebody else is `valid: false` with a reason, not an error. */
  verify(token: string, call: Call): Promise<records.TokenVerification>
}
