import type { RouteRequest, Router } from '../router.ts'
import type { App } from './app.ts'
import { type AppRequest, type AppRoutes, noContent, requireRole } from './routes.ts'
import { type AdminKey, authProviderId, type AuthProviderType, authProviderTypes } from './tenant.ts'
import { fieldsOf } from './parameters.ts'
import { badRequest, RefusalError } from './errors.ts'

/** Seconds (app-services.md 4.5). */
const minRefreshTokenLife = 1800
const maxRefreshTokenLife = 157_680_000

export interface AppListOptions {
  readonly router: Router
  readonly apps: readonly App[]
  readonly keyOf: (request: RouteRequest) => AdminKey
}

/** How an app is found by its name (app-services.md 1.4). */
export function registerAppList({ router, apps, keyOf }: AppListOptions): void {
  router.on('GET', '/groups/{groupId}/apps', (request) => {
    const { groupId } = request.params
    requireRole(keyOf(request), groupId ?? '', true)
    const products = request.query.get('product')?.split(',') ?? ['standard']
    const listed = products.includes('standard') ? apps.filter((app) => app.definition.projectId === groupId) : []
    return Response.json(listed.map(appEntry))
  })
}

export function registerSettingsRoutes(routes: AppRoutes): void {
  routes.on('GET', '', ({ app }) => Response.json(appEntry(app)))

  routes.on('GET', '/security/refresh_token_expiration', ({ app }) =>
    Response.json({ expiration_time_seconds: app.refreshTokenLife }),
  )

  routes.on('PUT', '/security/refresh_token_expiration', (request) => {
    const seconds = fieldsOf(request)['expiration_time_seconds']
    if (typeof seconds !== 'number' || seconds < minRefreshTokenLife || seconds > maxRefreshTokenLife) {
      throw badRequest(
        `refresh token expiration must be between ${minRefreshTokenLife} and ${maxRefreshTokenLife} seconds`,
      )
    }
    request.app.refreshTokenLife = seconds
    return noContent()
  })

  routes.on('GET', '/auth_providers', ({ app }) =>
    Response.json(authProviderTypes.map((type) => authProviderEntry(app, type))),
  )

  routes.on('GET', '/auth_providers/{providerId}', (request) => {
    const type = authProviderOf(request)
    return Response.json({ ...authProviderEntry(request.app, type), ...authProviderConfig(type) })
  })

  routes.on('PUT', '/auth_providers/{providerId}/enable', (request) => {
    request.app.disabledAuthProviders.delete(authProviderOf(request))
    return noContent()
  })

  routes.on('PUT', '/auth_providers/{providerId}/disable', (request) => {
    request.app.disabledAuthProviders.add(authProviderOf(request))
    return noContent()
  })
}

function authProviderOf({ app, params }: AppRequest): AuthProviderType {
  const type = authProviderTypes.find((candidate) => authProviderId(app.definition, candidate) === params['providerId'])
  if (!type) throw new RefusalError({ status: 404, error: 'auth provider not found', code: 'AuthProviderNotFound' })
  return type
}

function appEntry({ definition }: App): Readonly<Record<string, unknown>> {
  return {
    _id: definition.id,
    client_app_id: definition.clientAppId,
    name: definition.name,
    location: 'IE',
    provider_region: 'aws-eu-west-1',
    deployment_model: 'GLOBAL',
    environment: definition.environment,
    domain_id: definition.domainId,
    group_id: definition.projectId,
    last_used: 1_750_402_721,
    last_modified: 1_748_865_600,
    product: 'standard',
  }
}

function authProviderEntry(app: App, type: AuthProviderType): Readonly<Record<string, unknown>> {
  return {
    _id: authProviderId(app.definition, type),
    name: type,
    type,
    disabled: app.disabledAuthProviders.has(type),
  }
}

function authProviderConfig(type: AuthProviderType): { readonly config?: Readonly<Record<string, unknown>> } {
  if (type !== 'local-userpass') return {}
  return {
    config: {
      autoConfirm: false,
      emailConfirmationUrl: 'https://orders.example.test/confirm',
      confirmEmailSubject: 'Confirm your address',
      runConfirmationFunction: false,
      resetPasswordUrl: 'https://orders.example.test/reset',
      resetPasswordSubject: 'Reset your password',
      runResetFunction: false,
    },
  }
}
