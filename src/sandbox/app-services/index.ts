import { createRouter, type Router } from '../router.ts'
import type { SandboxVendorDefinition } from '../vendor.ts'
import { type AdminSessions, createAdminSessions } from './admin-sessions.ts'
import { registerApiKeyRoutes } from './api-key-routes.ts'
import { type App, createApp } from './app.ts'
import { registerAppList, registerSettingsRoutes } from './settings-routes.ts'
import { registerClientRoutes } from './client-routes.ts'
import { refusalAnswer, RefusalError } from './errors.ts'
import { registerLogRoutes } from './log-routes.ts'
import { createObjectIds } from './object-id.ts'
import { registerRegistrationRoutes } from './registration-routes.ts'
import { createAppRoutes } from './routes.ts'
import { appDefinitions, ordersApp, ownerKey } from './tenant.ts'
import { registerTokenRoutes } from './token-routes.ts'
import { registerUserReads } from './user-routes.ts'
import { registerUserWrites } from './user-writes.ts'

const name = 'app-services'
const basePath = '/api/admin/v3.0'

/** MongoDB Atlas App Services: the Admin API, as app-services.md describes it. */
export const appServices: SandboxVendorDefinition = {
  create({ people, now }, observer) {
    const ids = createObjectIds('ad9100c0de', now)

    const start = (): { readonly router: Router; readonly sessions: AdminSessions } => {
      const apps: readonly App[] = appDefinitions.map((definition) => createApp(definition, people, now))
      const sessions = createAdminSessions(now, ids)
      const router = answerRefusals(
        createRouter({
          provider: name,
          basePath,
          observer,
          guard: sessions.guard,
          notFound: () =>
            new Response('404 page not found\n', { status: 404, headers: { 'content-type': 'text/plain' } }),
          badBody: () => refusalAnswer({ status: 400, error: 'error decoding request body' }),
        }),
      )
      const { keyOf } = sessions
      const routes = createAppRoutes({ router, apps, keyOf })
      sessions.register(router)
      registerAppList({ router, apps, keyOf })
      registerSettingsRoutes(routes)
      registerUserReads(routes)
      registerUserWrites(routes)
      registerTokenRoutes(routes)
      registerRegistrationRoutes(routes)
      registerApiKeyRoutes(routes)
      registerLogRoutes(routes, now)
      registerClientRoutes(router, apps)
      return { router, sessions }
    }

    let started = start()
    return {
      name,
      async fetch(request) {
        const response = await started.router.fetch(request)
        response.headers.set('x-appservices-request-id', ids.next())
        return response
      },
      reset() {
        started = start()
      },
      expireCredentials: () => started.sessions.expire(),
    }
  },

  /** `APP_SERVICES_APP_ID` is the app's ObjectID, which its paths take as it is. */
  environment: (origin) => ({
    APP_SERVICES_BASE_URL: `${origin}/${name}${basePath}`,
    APP_SERVICES_PUBLIC_KEY: ownerKey.publicKey,
    APP_SERVICES_PRIVATE_KEY: ownerKey.privateKey,
    APP_SERVICES_PROJECT_ID: ordersApp.projectId,
    APP_SERVICES_APP_ID: ordersApp.id,
  }),
}

/** Refusals that handlers throw become answers. */
function answerRefusals(router: Router): Router {
  return {
    on: (method, template, handler, options) =>
      router.on(
        method,
        template,
        async (request) => {
          try {
            return await handler(request)
          } catch (error) {
            if (error instanceof RefusalError) return refusalAnswer(error.refusal)
            throw error
          }
        },
        options,
      ),
    fetch: (request) => router.fetch(request),
  }
}
