import { createHash } from 'node:crypto'
import { hexDigits, randomStream } from '../../random.ts'
import { Refusal } from '../refusal.ts'
import { gravatarUrl, localPart } from '../seed/users.ts'
import type { Connection } from '../tenant.ts'
import type { Auth0Identity, Auth0Profile, Auth0User, Metadata } from '../wire.ts'
import type { TenantState } from './tenant-state.ts'

const shortestPassword = 8

/** What an account is created from, by the API or by an import (auth0.md 5.2). */
export interface NewAccount extends Auth0Profile {
  /** The local part; the server puts the provider in front. Left out: a new one. */
  readonly userId?: string
  readonly blocked?: boolean
  readonly userMetadata?: Metadata
  readonly appMetadata?: Metadata
}

/** Makes the account and keeps it, unless its connection has one like it. */
export function createAccount(state: TenantState, connection: Connection, account: NewAccount): Auth0User {
  const { userId, blocked, userMetadata, appMetadata, email: givenEmail, ...profile } = account
  const email = connection.kind === 'database' ? givenEmail?.toLowerCase() : givenEmail
  const local = userId ?? randomStream(`auth0 created user ${state.nextNumber()}`).text(24, hexDigits)
  const id = `${connection.strategy}|${local}`
  const wanted = { ...profile, ...(email === undefined ? {} : { email }) }
  if (state.users.get(id) || findRival(state, connection, wanted, id)) {
    throw new Refusal(409, 'The user already exists.', 'auth0_idp_error')
  }
  const now = new Date(state.now()).toISOString()
  const label = email ?? profile.phone_number ?? profile.username ?? local
  const user: Auth0User = {
    user_id: id,
    created_at: now,
    updated_at: now,
    identities: [
      { connection: connection.name, user_id: local, provider: connection.strategy, isSocial: connection.isSocial },
    ],
    name: label,
    nickname: email === undefined ? label : localPart(email),
    picture: gravatarUrl(createHash('md5').update(label).digest('hex')),
    ...(email === undefined ? {} : { email }),
    email_verified: false,
    ...profile,
    ...(blocked === undefined ? {} : { blocked }),
    ...(userMetadata === undefined ? {} : { user_metadata: userMetadata }),
    ...(appMetadata === undefined ? {} : { app_metadata: appMetadata }),
  }
  state.users.set(user)
  return user
}

/** Another account of the connection with the same address, number or name; addresses and names are told apart without case. */
export function findRival(
  state: TenantState,
  connection: Connection,
  wanted: Pick<Auth0Profile, 'email' | 'username' | 'phone_number'>,
  ownId: string,
): 'email' | 'username' | 'phone_number' | null {
  const isRival = (user: Auth0User): boolean =>
    user.user_id !== ownId && user.identities[0]?.connection === connection.name
  if (wanted.email !== undefined && state.users.withEmail(wanted.email).some(isRival)) return 'email'
  const { username, phone_number: number } = wanted
  if (username === undefined && number === undefined) return null
  for (const user of state.users.all()) {
    if (!isRival(user)) continue
    if (username !== undefined && user.username?.toLowerCase() === username.toLowerCase()) return 'username'
    if (number !== undefined && user.phone_number === number) return 'phone_number'
  }
  return null
}

/** The database's own policy: eight characters. */
export function refuseWeakPassword(password: string): void {
  if (password.length >= shortestPassword) return
  throw new Refusal(400, 'PasswordStrengthError: Password is too weak', 'auth0_idp_error')
}

/** Merged at the first level: `null` deletes a key, `{}` empties the whole (auth0.md 5.2). */
export function mergeMetadata(old: Metadata | undefined, changes: Metadata): Metadata {
  if (Object.keys(changes).length === 0) return {}
  return Object.fromEntries(Object.entries({ ...old, ...changes }).filter(([, value]) => value !== null))
}

/** What a linked account shows of itself. */
export function profileOf(user: Auth0User): Auth0Profile {
  const names = [
    'email',
    'email_verified',
    'name',
    'username',
    'given_name',
    'family_name',
    'nickname',
    'picture',
    'phone_number',
    'phone_verified',
  ] as const
  return Object.fromEntries(names.flatMap((name) => (user[name] === undefined ? [] : [[name, user[name]]])))
}

/** An identity as an account of its own again, new like any other. */
export function standAlone(state: TenantState, identity: Auth0Identity): Auth0User {
  const { profileData = {}, ...primary } = identity
  const id = `${identity.provider}|${identity.user_id}`
  const now = new Date(state.now()).toISOString()
  const user: Auth0User = {
    name: profileData.email ?? id,
    nickname: profileData.email === undefined ? id : localPart(profileData.email),
    picture: gravatarUrl(createHash('md5').update(id).digest('hex')),
    email_verified: false,
    ...profileData,
    user_id: id,
    created_at: now,
    updated_at: now,
    identities: [primary],
  }
  state.users.set(user)
  return user
}
