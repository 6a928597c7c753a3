import { z } from 'zod'
import { alphanumeric, randomStream } from '../../random.ts'
import { type Api, ok } from '../api.ts'
import { offsetAnswer, offsetParameters } from '../paging.ts'
import { emptyAnswer, Refusal } from '../refusal.ts'
import { ownerOf } from '../seed/ids.ts'
import type { TenantState } from '../state/tenant-state.ts'
import { userId } from '../validation.ts'
import type { Auth0AuthenticationMethod, Auth0MethodType } from '../wire.ts'
import { requireUser, userPath } from './users-read.ts'

/** What the older view of factors calls them (auth0.md 5.10); others it does not show. */
const enrollmentMethods: Readonly<Partial<Record<Auth0MethodType, string>>> = {
  totp: 'authenticator',
  push: 'guardian',
  phone: 'sms',
  'webauthn-platform': 'webauthn-platform',
  'webauthn-roaming': 'webauthn-roaming',
}

/** Ways in themselves rather than second factors. */
const firstFactors: ReadonlySet<Auth0MethodType> = new Set(['passkey', 'password'])

/** Ways in beside the primary one, in the newer view and the older ones (auth0.md 5.10). */
export function addAuthenticators(api: Api, state: TenantState): void {
  const methodsOf = (user: string): readonly Auth0AuthenticationMethod[] => state.authenticators.of(user)

  /** Also takes the legacy word away when no second factor is left. */
  const keepOnly = (user: string, isKept: (method: Auth0AuthenticationMethod) => boolean): void => {
    const kept = methodsOf(user).filter(isKept)
    state.authenticators.set(user, kept)
    const known = state.users.get(user)
    if (!known?.multifactor || kept.some(({ type }) => !firstFactors.has(type))) return
    const { multifactor: _, ...rest } = known
    state.users.set({ ...rest, multifactor_last_modified: new Date(state.now()).toISOString() })
  }

  api.on('GET /users/{id}/authentication-methods', {
    scopes: ['read:authentication_methods'],
    path: userPath,
    query: z.strictObject(offsetParameters),
    handle({ path, query, url }) {
      requireUser(state, path.id)
      const items = methodsOf(path.id)
      return offsetAnswer({ key: 'authenticators', items, wire: (method) => method }, query, { url })
    },
  })

  // Every enrolled factor; a password is not one.
  api.on('DELETE /users/{id}/authentication-methods', {
    scopes: ['delete:authentication_methods'],
    path: userPath,
    handle({ path }) {
      requireUser(state, path.id)
      keepOnly(path.id, ({ type }) => type === 'password')
      return emptyAnswer()
    },
  })

  api.on('DELETE /users/{id}/authentication-methods/{authentication_method_id}', {
    scopes: ['delete:authentication_methods'],
    path: z.object({ id: userId, authentication_method_id: z.string() }),
    handle({ path }) {
      requireUser(state, path.id)
      const method = methodsOf(path.id).find(({ id }) => id === path.authentication_method_id)
      if (!method) throw new Refusal(404, 'The authentication method does not exist.')
      keepOnly(path.id, (other) => other !== method)
      return emptyAnswer()
    },
  })

  api.on('DELETE /users/{id}/authenticators', {
    scopes: ['delete:guardian_enrollments'],
    path: userPath,
    handle({ path }) {
      requireUser(state, path.id)
      keepOnly(path.id, ({ type }) => firstFactors.has(type))
      return emptyAnswer()
    },
  })

  api.on('DELETE /users/{id}/multifactor/{provider}', {
    scopes: ['update:users'],
    path: z.object({ id: userId, provider: z.enum(['duo', 'google-authenticator']) }),
    handle({ path }) {
      requireUser(state, path.id)
      keepOnly(path.id, ({ type }) => path.provider !== 'google-authenticator' || type !== 'totp')
      return emptyAnswer()
    },
  })

  // Remembered browsers are nowhere to be seen.
  api.on('POST /users/{id}/multifactor/actions/invalidate-remember-browser', {
    scopes: ['update:users'],
    path: userPath,
    handle({ path }) {
      requireUser(state, path.id)
      return emptyAnswer()
    },
  })

  api.on('POST /users/{id}/recovery-code-regeneration', {
    scopes: ['update:users'],
    path: userPath,
    handle({ path }) {
      requireUser(state, path.id)
      if (!methodsOf(path.id).some(({ type }) => type === 'recovery-code')) throw enrollmentMissing()
      const random = randomStream(`auth0 recovery code ${state.nextNumber()}`)
      return ok({ recovery_code: random.text(24, alphanumeric.slice(0, 36)) })
    },
  })

  // The first that was confirmed, in a list.
  api.on('GET /users/{id}/enrollments', {
    scopes: ['read:users', 'read:current_user'],
    path: userPath,
    handle({ path }) {
      requireUser(state, path.id)
      const method = methodsOf(path.id).find(({ type, confirmed }) => confirmed === true && type in enrollmentMethods)
      return ok(method ? [enrollmentOf(method)] : [])
    },
  })

  api.on('DELETE /guardian/enrollments/{id}', {
    scopes: ['delete:guardian_enrollments'],
    handle({ path }) {
      const id = path['id'] ?? ''
      const owner = state.users.ofPerson(ownerOf(id) ?? -1)
      const method = owner ? methodsOf(owner.user_id).find((candidate) => candidate.id.endsWith(`|${id}`)) : undefined
      if (!owner || !method) throw enrollmentMissing()
      keepOnly(owner.user_id, (other) => other !== method)
      return emptyAnswer()
    },
  })
}

function enrollmentMissing(): Refusal {
  return new Refusal(404, 'Enrollment not found.', 'enrollment_not_found')
}

function enrollmentOf(method: Auth0AuthenticationMethod): object {
  return {
    id: method.id.slice(method.id.indexOf('|') + 1),
    status: 'confirmed',
    type: method.type,
    auth_method: enrollmentMethods[method.type],
    ...(method.name === undefined ? {} : { name: method.name }),
    ...(method.phone_number === undefined ? {} : { phone_number: method.phone_number }),
    ...(method.enrolled_at === undefined ? {} : { enrolled_at: method.enrolled_at }),
    ...(method.last_auth_at === undefined ? {} : { last_auth: method.last_auth_at }),
  }
}
