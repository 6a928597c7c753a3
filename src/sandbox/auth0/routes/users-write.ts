import { z } from 'zod'
import { type Api, ok } from '../api.ts'
import { definedMembers } from '../members.ts'
import { emptyAnswer, jsonAnswer, Refusal } from '../refusal.ts'
import { createAccount, findRival, mergeMetadata, refuseWeakPassword } from '../state/accounts.ts'
import type { TenantState } from '../state/tenant-state.ts'
import { type Connection, connectionNamed } from '../tenant.ts'
import { emailAddress, format } from '../validation.ts'
import type { Auth0Profile, Auth0User } from '../wire.ts'
import { requireUser, userPath } from './users-read.ts'

const phoneNumber = z.string().regex(/^\+[0-9]{1,15}$/)
const picture = format('strict-uri', (text) => /^https?:\/\//.test(text) && URL.canParse(text))
const metadata = z.record(z.string(), z.unknown())
const namePart = z.string().min(1).max(150)
const fullName = z.string().min(1).max(300)
const username = z.string().min(1).max(128)

const newUser = z.strictObject({
  connection: z.string().min(1),
  email: emailAddress.optional(),
  phone_number: phoneNumber.optional(),
  username: username.optional(),
  password: z.string().min(1).optional(),
  user_metadata: metadata.optional(),
  app_metadata: metadata.optional(),
  blocked: z.boolean().optional(),
  email_verified: z.boolean().optional(),
  phone_verified: z.boolean().optional(),
  given_name: namePart.optional(),
  family_name: namePart.optional(),
  name: fullName.optional(),
  nickname: fullName.optional(),
  picture: picture.optional(),
  user_id: z.string().max(255).regex(/^\S*$/).optional(),
  verify_email: z.boolean().optional(),
})

const userChanges = z.strictObject({
  connection: z.string().min(1).optional(),
  client_id: z.string().min(1).optional(),
  email: emailAddress.nullish(),
  email_verified: z.boolean().optional(),
  verify_email: z.boolean().optional(),
  phone_number: phoneNumber.nullish(),
  phone_verified: z.boolean().optional(),
  verify_phone_number: z.boolean().optional(),
  username: username.nullish(),
  password: z.string().min(1).nullish(),
  blocked: z.boolean().optional(),
  user_metadata: metadata.optional(),
  app_metadata: metadata.optional(),
  given_name: namePart.nullish(),
  family_name: namePart.nullish(),
  name: fullName.nullish(),
  nickname: fullName.nullish(),
  picture: picture.nullish(),
})

type UserChanges = z.infer<typeof userChanges>

/** Two of these are never changed at once (auth0.md 3.1). */
const exclusivePairs = [
  ['password', 'email'],
  ['password', 'email_verified'],
  ['username', 'email'],
  ['username', 'email_verified'],
  ['username', 'password'],
] as const satisfies readonly (readonly (keyof UserChanges)[])[]

export function addUserWrites(api: Api, state: TenantState): void {
  api.on('POST /users', {
    scopes: ['create:users'],
    body: newUser,
    handle({ body }) {
      const {
        connection: name,
        user_id: userId,
        user_metadata,
        app_metadata,
        password,
        verify_email: _,
        ...rest
      } = body
      const connection = connectionNamed(name)
      if (!connection) throw new Refusal(400, 'The connection does not exist.', 'inexistent_connection')
      requireCredentials(connection, body)
      if (password !== undefined) refuseWeakPassword(password)
      const account = definedMembers({
        ...rest,
        userId: userId === '' ? undefined : userId,
        userMetadata: user_metadata,
        appMetadata: app_metadata,
      })
      return jsonAnswer(201, createAccount(state, connection, account))
    },
  })

  api.on('PATCH /users/{id}', {
    scopes: ['update:users', 'update:users_app_metadata', 'update:current_user_metadata'],
    path: userPath,
    body: userChanges,
    handle({ path, body, holds }) {
      const user = requireUser(state, path.id)
      if (!holds('update:users') && Object.keys(body).some((name) => name !== 'app_metadata')) {
        throw new Refusal(403, 'Insufficient scope, expected any of: update:users', 'insufficient_scope')
      }
      for (const [one, other] of exclusivePairs) {
        if (body[one] !== undefined && body[other] !== undefined) {
          throw new Refusal(400, `Cannot update ${one} and ${other} simultaneously`)
        }
      }
      const changed = changeUser(state, user, body)
      state.users.set(changed)
      return ok(changed)
    },
  })

  // No 404: whoever is unknown is gone already (auth0.md 3.1).
  api.on('DELETE /users/{id}', {
    scopes: ['delete:users', 'delete:current_user'],
    path: userPath,
    handle({ path }) {
      state.deleteUser(path.id)
      return emptyAnswer()
    },
  })
}

/** What each kind of connection cannot do without (auth0.md 5.2). */
function requireCredentials(connection: Connection, body: z.infer<typeof newUser>): void {
  const needed = {
    database: ['email', 'password', ...(connection.hasUsernames ? (['username'] as const) : [])],
    email: ['email'],
    sms: ['phone_number'],
    social: [],
    enterprise: [],
  } as const
  for (const name of needed[connection.kind]) {
    if (body[name] !== undefined) continue
    throw new Refusal(
      400,
      `Payload validation error: 'Missing required property: ${name}' on property <root>.`,
      'invalid_body',
    )
  }
  if (connection.kind === 'social' || connection.kind === 'enterprise') {
    const message = 'Cannot create a user in a connection that is neither a database nor passwordless.'
    throw new Refusal(400, message, 'operation_not_supported')
  }
  if (body.username !== undefined && !connection.hasUsernames) {
    throw new Refusal(400, 'Cannot set username for connection without requires_username', 'operation_not_supported')
  }
}

function changeUser(state: TenantState, user: Auth0User, changes: UserChanges): Auth0User {
  const { email, email_verified, phone_number, phone_verified, username: newName, password } = changes
  const credentials = { email, email_verified, phone_number, phone_verified, username: newName }
  const target = targetOf(user, changes)
  refuseUnsupported(target.connection, changes)
  if (typeof password === 'string') refuseWeakPassword(password)
  const rival = findRival(state, target.connection, present(credentials), user.user_id)
  if (rival !== null) throw new Refusal(400, `The specified new ${rival} already exists`, 'auth0_idp_error')

  const now = new Date(state.now()).toISOString()
  const isNewEmail = typeof email === 'string' && email !== user.email
  const credentialChanges = {
    ...credentials,
    ...(isNewEmail ? { email: email.toLowerCase(), email_verified: email_verified ?? false } : {}),
    ...(email === null ? { email_verified: false } : {}),
  }
  const { given_name, family_name, name, nickname, picture: newPicture, blocked } = changes
  const base: Auth0User = target.isPrimary
    ? applied(user, credentialChanges)
    : {
        ...user,
        identities: user.identities.map((identity) =>
          identity.connection === target.connection.name
            ? { ...identity, profileData: applied(identity.profileData ?? {}, credentialChanges) }
            : identity,
        ),
      }
  return {
    ...applied(base, { given_name, family_name, name, nickname, picture: newPicture }),
    ...(blocked === undefined ? {} : { blocked }),
    ...(changes.user_metadata ? { user_metadata: mergeMetadata(user.user_metadata, changes.user_metadata) } : {}),
    ...(changes.app_metadata ? { app_metadata: mergeMetadata(user.app_metadata, changes.app_metadata) } : {}),
    ...(typeof password === 'string' && target.isPrimary ? { last_password_reset: now } : {}),
    updated_at: now,
  }
}

/** Whose credentials are changed: the primary identity's, or those of the linked one in the connection that is named. */
function targetOf(
  user: Auth0User,
  changes: UserChanges,
): { readonly connection: Connection; readonly isPrimary: boolean } {
  const name = changes.connection ?? user.identities[0]?.connection ?? ''
  const index = user.identities.findIndex((identity) => identity.connection === name)
  const connection = connectionNamed(name)
  if (index === -1 || !connection) throw new Refusal(400, 'The connection does not exist.', 'inexistent_connection')
  return { connection, isPrimary: index === 0 }
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

function present(
  credentials: Readonly<Record<string, unknown>>,
): Pick<Auth0Profile, 'email' | 'username' | 'phone_number'> {
  return Object.fromEntries(Object.entries(credentials).filter(([, value]) => typeof value === 'string'))
}
