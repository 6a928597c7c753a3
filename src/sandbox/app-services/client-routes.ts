import { alphanumeric, randomStream } from '../random.ts'
import type { RouteRequest, Router } from '../router.ts'
import type { Account, Identity } from './account.ts'
import type { App } from './app.ts'
import { newEmailOf, newPasswordOf, promote, register, requireAuthProvider } from './email-accounts.ts'
import { badRequest, invalidSession, RefusalError } from './errors.ts'
import { bearerOf, type Claims, textClaim } from './json-web-token.ts'
import { coId, logId } from './logs.ts'
import { nextObjectId } from './object-id.ts'
import { fieldsOf } from './parameters.ts'
import { answerWithLink, noContent } from './routes.ts'
import { authProviderId, type AuthProviderType, authProviderTypes } from './tenant.ts'

const basePath = '/api/client/v2.0'
const noDevice = '0'.repeat(24)

/**
 * As much of the Client API as it takes to see what an administrator's calls do to end users: registering, confirming, signing in by
 * email, with a key or anonymously, renewing and ending a session (app-services.md 4.8).
 */
export function registerClientRoutes(router: Router, apps: readonly App[]): void {
  const on = (method: string, template: string, handler: (request: RouteRequest) => Response): void =>
    router.on(method, template, handler, { basePath, open: true })

  const inApp = (method: string, template: string, handler: (app: App, request: RouteRequest) => Response): void =>
    on(method, `/app/{clientAppId}${template}`, (request) => {
      const app = apps.find(({ definition }) => definition.clientAppId === request.params['clientAppId'])
      if (!app) throw new RefusalError({ status: 404, error: 'cannot find app using Client App ID' })
      return answerWithLink(app, () => handler(app, request))
    })

  inApp('POST', '/auth/providers/local-userpass/register', (app, request) => {
    const fields = fieldsOf(request)
    requireAuthProvider(app, 'local-userpass')
    register(app, newEmailOf(app, fields['email']), newPasswordOf(fields['password']))
    return new Response(null, { status: 201 })
  })

  inApp('POST', '/auth/providers/local-userpass/confirm', (app, request) => {
    const { token, tokenId } = fieldsOf(request)
    const registration = [...app.emails.values()]
      .map((id) => app.registrations.get(id))
      .find((candidate) => candidate?.action?.tokenId === tokenId && candidate?.action?.token === token)
    if (!registration) throw badRequest('userpass token is expired or invalid', 'UserpassTokenInvalid')
    registration.confirmed = true
    registration.action = null
    return noContent()
  })

  inApp('POST', '/auth/providers/{type}/login', (app, request) => {
    const type = authProviderTypes.find((candidate) => candidate === request.params['type'])
    if (!type || app.disabledAuthProviders.has(type)) throw unauthorized('AuthError')
    const fields = fieldsOf(request)
    const { account, identity } = signIn(app, type, fields)
    if (account.disabled) {
      const refusal = { status: 401, error: 'user disabled', code: 'UserDisabled' }
      recordLogin(app, account, type, refusal)
      throw new RefusalError(refusal)
    }
    account.lastAuthenticationDate = app.now()
    recordLogin(app, account, type, null)
    return Response.json(app.sessions.begin(account, identity, deviceOf(app, account, fields['options'])))
  })

  on('POST', '/auth/session', (request) => {
    const { app, claims } = sessionOf(apps, request)
    const account = app.users.get(textClaim(claims, 'sub'))
    if (!account || account.disabled) throw invalidSession()
    account.lastAuthenticationDate = app.now()
    const token = app.sessions.accessToken(account, textClaim(claims, 'baas_id'), textClaim(claims, 'baas_device_id'))
    return Response.json({ access_token: token }, { status: 201 })
  })

  on('DELETE', '/auth/session', (request) => {
    const { app, claims } = sessionOf(apps, request)
    app.sessions.end(textClaim(claims, 'baas_id'))
    return noContent()
  })
}

interface SignedIn {
  readonly account: Account
  readonly identity: Identity
}

function signIn(app: App, type: AuthProviderType, fields: Readonly<Record<string, unknown>>): SignedIn {
  switch (type) {
    case 'anon-user':
      return identified(createAnonymous(app), type)
    case 'local-userpass':
      return identified(signInByEmail(app, fields), type)
    case 'api-key': {
      const key = [...app.apiKeys.values()].find((candidate) => candidate.key === fields['key'] && !candidate.disabled)
      const account = key ? app.users.get(key.userId) : null
      if (!account) throw unauthorized('AuthError')
      return identified(account, type)
    }
    default:
      // Their accounts are elsewhere, where nobody of this sandbox has one.
      throw unauthorized('AuthError')
  }
}

function signInByEmail(app: App, fields: Readonly<Record<string, unknown>>): Account {
  const id = app.emails.get(typeof fields['username'] === 'string' ? fields['username'] : '')
  const registration = id === undefined ? null : app.registrations.get(id)
  const account = id === undefined ? null : app.users.get(id)
  const password = registration?.password ?? account?.password
  if (password === undefined || password === null || fields['password'] !== password) {
    if (account)
      recordLogin(app, account, 'local-userpass', { status: 401, error: 'unauthorized', code: 'InvalidPassword' })
    throw unauthorized('InvalidPassword')
  }
  if (account) return account
  if (!registration?.confirmed) {
    throw new RefusalError({ status: 401, error: 'confirmation required', code: 'AuthError' })
  }
  return promote(app, registration)
}

function createAnonymous(app: App): Account {
  const id = app.newId()
  const letters = randomStream(`app-services anonymous ${id}`).text(24, alphanumeric.slice(36))
  const account: Account = {
    id: nextObjectId(id),
    type: 'normal',
    identities: [
      {
        id: `${id}-${letters}`,
        provider_type: 'anon-user',
        provider_id: authProviderId(app.definition, 'anon-user'),
      },
    ],
    data: null,
    disabled: false,
    creationDate: app.now(),
    lastAuthenticationDate: 0,
    sessionsValidSince: app.now(),
    customData: null,
    password: null,
  }
  app.users.add(account)
  return account
}

function identified(account: Account, type: AuthProviderType): SignedIn {
  const identity = account.identities.find(({ provider_type: candidate }) => candidate === type)
  if (!identity) throw unauthorized('AuthError')
  return { account, identity }
}

/** Notes the client's device, if it says which (app-services.md 5.4). */
function deviceOf(app: App, account: Account, options: unknown): string {
  const device = membersOf(membersOf(options)['device'])
  if (typeof device['platform'] !== 'string') return noDevice
  const devices = app.users.devicesOf(account.id)
  const known = devices.find(({ id }) => id === device['deviceId'])
  if (known) return known.id
  const made = {
    id: app.newId(),
    platform: device['platform'],
    platformVersion: textOf(device['platformVersion']),
    appVersion: textOf(device['appVersion']),
  }
  devices.push(made)
  return made.id
}

function recordLogin(
  app: App,
  account: Account,
  service: AuthProviderType,
  failure: { readonly status: number; readonly error: string; readonly code: string } | null,
): void {
  const { definition } = app
  const counter = Number.parseInt(app.newId().slice(18), 16)
  app.logs.record({
    id: logId(definition, app.now(), counter),
    coId: coId(definition, app.now(), counter),
    type: 'AUTH',
    started: app.now() * 1000,
    durationMs: 40,
    userId: account.id,
    service,
    action: 'login',
    ipAddress: '203.0.113.7',
    client: null,
    failure,
  })
}

/** The app and session of the refresh token that a request carries. */
function sessionOf(apps: readonly App[], request: RouteRequest): { readonly app: App; readonly claims: Claims } {
  const token = bearerOf(request.headers)
  if (token === null) {
    throw new RefusalError({ status: 401, error: 'expected Authorization header with JWT (Bearer schema)' })
  }
  for (const app of apps) {
    const claims = app.sessions.read(token)
    if (claims) return { app, claims }
  }
  throw invalidSession()
}

function unauthorized(code: string): RefusalError {
  return new RefusalError({ status: 401, error: 'unauthorized', code })
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {} // any object is one
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
