import { createRouter, type Router } from '../router.ts'
import type { RequestObserver, SandboxOptions, SandboxVendorDefinition } from '../vendor.ts'
import { createAnswers } from './answers.ts'
import { createGate } from './gate.ts'
import { badRequest, notFound, Problem } from './problem.ts'
import type { RouteContext } from './routes/context.ts'
import { addCredentialRoutes } from './routes/credentials.ts'
import { addGrantRoutes } from './routes/grants.ts'
import { addGroupRoutes } from './routes/groups.ts'
import { addIdentifierRoutes } from './routes/identifiers.ts'
import { addLogRoutes } from './routes/logs.ts'
import { addProfileRoutes } from './routes/profile.ts'
import { addSessionRoutes } from './routes/sessions.ts'
import { addUserRoutes } from './routes/users.ts'
import { defaultTenant, managementKey, tenantHost, type TenantSettings } from './settings.ts'
import { createTenant } from './tenant.ts'

const name = 'monocloud'

/** MonoCloud's management API. */
export const monocloud: SandboxVendorDefinition = createMonocloudSandbox()

/** A tenant that behaves otherwise than most. */
export function createMonocloudSandbox(changes: Partial<TenantSettings> = {}): SandboxVendorDefinition {
  const settings = { ...defaultTenant, ...changes }
  return {
    create(options, observer) {
      let router = createApi(options, settings, observer)
      return {
        name,
        fetch: (request) => router.fetch(request),
        reset() {
          router = createApi(options, settings, observer)
        },
      }
    },
    environment: (origin) => ({
      MONOCLOUD_MANAGEMENT_DOMAIN: tenantHost,
      MONOCLOUD_MANAGEMENT_API_KEY: managementKey,
      MONOCLOUD_BASE_URL: `${origin}/${name}/api`,
    }),
  }
}

function createApi(options: SandboxOptions, settings: TenantSettings, observer: RequestObserver): Router {
  const tenant = createTenant(options, settings)
  const answers = createAnswers(settings)
  const router = createRouter({
    provider: name,
    basePath: '/api',
    observer,
    guard: createGate(settings, tenant.now, answers.problem),
    notFound: () => answers.problem(notFound('resource')),
    badBody: () => answers.problem(badRequest('The body is not valid JSON.')),
  })
  const context: RouteContext = {
    tenant,
    answers,
    on: (method, template, handler) =>
      router.on(method, template, (request) => {
        try {
          return handler(request)
        } catch (error) {
          if (error instanceof Problem) return answers.problem(error)
          throw error
        }
      }),
  }
  addUserRoutes(context)
  addProfileRoutes(context)
  addIdentifierRoutes(context)
  addCredentialRoutes(context)
  addSessionRoutes(context)
  addGrantRoutes(context)
  addGroupRoutes(context)
  addLogRoutes(context)
  return router
}
