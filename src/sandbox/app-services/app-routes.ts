import type { RouteRequest, Router } from '../router.ts'
import type { App } from './app.ts'
import { type AppRoutes, requireRole } from './routes.ts'
import { type AdminKey, authProviderId, type AuthProviderType, authProviderTypes } from './tenant.ts'
import { RefusalError } from './errors.ts'

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

export function registerAppReads(routes: AppRoutes): void {
  routes.on('GET', '', ({ app }) => Response.json(appEntry(app)))

  routes.on('GET', '/security/refresh_token_expiration', ({ app }) =>
    Response.json({ expiration_time_seconds: app.refreshTokenLife }),
  )

  routes.on('GET', '/auth_providers', ({ app }) =>
    Response.json(authProviderTypes.map((type) => authProviderEntry(app, type))),
  )

  routes.on('GET', '/auth_providers/{providerId}', ({ app, params }) => {
    const type = authProviderTypes.find(
      (candidate) => authProviderId(app.definition, candidate) === params['providerId'],
    )
    if (!type) throw new RefusalError({ status: 404, error: 'auth provider not found', code: 'AuthProviderNotFound' })
    return Response.json({ ...authProviderEntry(app, type), ...authProviderConfig(type) })
  })
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
