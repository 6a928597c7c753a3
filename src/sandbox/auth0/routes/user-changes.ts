import { definedMembers } from '../members.ts'
import { Refusal } from '../refusal.ts'
import { findRival, mergeMetadata, refuseWeakPassword } from '../state/accounts.ts'
import type { TenantState } from '../state/tenant-state.ts'
import { type Connection, connectionNamed } from '../tenant.ts'
import type { Auth0Profile, Auth0User } from '../wire.ts'
import type { UserChanges } from './user-bodies.ts'

/** Two of these are never changed at once (auth0.md 3.1). */
const exclusivePairs = [
  ['password', 'email'],
  ['password', 'email_verified'],
  ['username', 'email'],
  ['username', 'email_verified'],
  ['username', 'password'],
] as const satisfies readonly (readonly (keyof UserChanges)[])[]

/** The user with the changes, or the refusal of what cannot be changed, or not together (auth0.md 3.1, 5.2). */
export function changeUser(state: TenantState, user: Auth0User, changes: UserChanges): Auth0User {
  for (const [one, other] of exclusivePairs) {
    if (changes[one] !== undefined && changes[other] !== undefined) {
      throw new Refusal(400, `Cannot update ${one} and ${other} simultaneously`)
    }
  }
  const target = targetOf(user, changes)
  refuseUnsupported(target.connection, changes)
  if (typeof changes.password === 'string') refuseWeakPassword(changes.password)
  const credentials = credentialsOf(target.profile, changes)
  const rival = findRival(state, target.connection, present(credentials), user.user_id)
  if (rival !== null) throw new Refusal(400, `The specified new ${rival} already exists`, 'auth0_idp_error')

  const now = new Date(state.now()).toISOString()
  const { given_name, family_name, name, nickname, picture: newPicture, blocked } = changes
  const base: Auth0User = target.isPrimary
    ? applied(user, credentials)
    : {
        ...user,
        identities: user.identities.map((identity) =>
          identity.connection === target.connection.name
            ? { ...identity, profileData: applied(target.profile, credentials) }
            : identity,
        ),
      }
  return {
    ...applied(base, { given_name, family_name, name, nickname, picture: newPicture }),
    ...(blocked === undefined ? {} : { blocked }),
    ...(changes.user_metadata ? { user_metadata: mergeMetadata(user.user_metadata, changes.user_metadata) } : {}),
    ...(changes.app_metadata ? { app_metadata: mergeMetadata(user.app_metadata, changes.app_metadata) } : {}),
    ...(typeof changes.password === 'string' && target.isPrimary ? { last_password_reset: now } : {}),
    updated_at: now,
  }
}

interface ChangedIdentity {
  readonly connection: Connection
  readonly isPrimary: boolean
  readonly profile: Auth0Profile
}

/** Whose credentials are changed: the primary identity's, or those of the linked one in the connection that is named. */
function targetOf(user: Auth0User, changes: UserChanges): ChangedIdentity {
  const name = changes.connection ?? user.identities[0]?.connection ?? ''
  const index = user.identities.findIndex((identity) => identity.connection === name)
  const connection = connectionNamed(name)
  if (index === -1 || !connection) throw new Refusal(400, 'The connection does not exist.', 'inexistent_connection')
  const isPrimary = index === 0
  return { connection, isPrimary, profile: isPrimary ? user : (user.identities[index]?.profileData ?? {}) }
}

type CredentialChanges = Pick<UserChanges, 'email' | 'email_verified' | 'phone_number' | 'phone_verified' | 'username'>

/** A new address or number is an unverified one, unless the change says otherwise. */
function credentialsOf(profile: Auth0Profile, changes: UserChanges): CredentialChanges {
  const email = changes.email?.toLowerCase() ?? changes.email
  const { phone_number: number, username } = changes
  const isNewEmail = email !== undefined && email !== (profile.email ?? null)
  const isNewNumber = number !== undefined && number !== (profile.phone_number ?? null)
  return {
    email,
    email_verified: changes.email_verified ?? (isNewEmail ? false : undefined),
    phone_number: number,
    phone_verified: changes.phone_verified ?? (isNewNumber ? false : undefined),
    username,
  }
}

function refuseUnsupported(connection: Connection, changes: UserChanges): void {
  const ofDatabase = (['email', 'username', 'password'] as const).find((name) => changes[name] !== undefined)
  if (ofDatabase !== undefined && connection.kind !== 'database') {
    throw new Refusal(400, `Cannot update ${ofDatabase} for a user of a connection that is not a database`)
  }
  if (changes.email_verified !== undefined && (connection.kind === 'enterprise' || connection.kind === 'sms')) {
    throw new Refusal(400, `Cannot update email_verified for connections of strategy ${connection.strategy}`)
  }
  if (changes.username !== undefined && !connection.hasUsernames) {
    throw new Refusal(400, 'Cannot set username for connection without requires_username', 'operation_not_supported')
  }
}

/** `null` unsets, what is left out stays. */
function applied<Target extends Auth0Profile>(
  target: Target,
  changes: { readonly [Name in keyof Auth0Profile]?: Auth0Profile[Name] | null | undefined },
): Target {
  const members = Object.entries({ ...target, ...definedMembers(changes) })
  return Object.fromEntries(members.filter(([, value]) => value !== null)) as unknown as Target // only optional members are unset
}

function present(credentials: CredentialChanges): Pick<Auth0Profile, 'email' | 'username' | 'phone_number'> {
  return Object.fromEntries(Object.entries(credentials).filter(([, value]) => typeof value === 'string'))
}
