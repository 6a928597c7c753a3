import { type Api, ok } from '../api.ts'
import { definedMembers } from '../members.ts'
import { emptyAnswer, jsonAnswer, Refusal } from '../refusal.ts'
import { createAccount, refuseWeakPassword } from '../state/accounts.ts'
import type { TenantState } from '../state/tenant-state.ts'
import { type Connection, connectionNamed } from '../tenant.ts'
import { newUser, type NewUser, userChanges } from './user-bodies.ts'
import { changeUser } from './user-changes.ts'
import { requireUser, userPath } from './users-read.ts'

/** Creating, changing and deleting users (auth0.md 5.2). */
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
function requireCredentials(connection: Connection, body: NewUser): void {
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
