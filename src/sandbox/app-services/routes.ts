import type { RouteRequest, Router } from '../router.ts'
import type { App } from './app.ts'
import { RefusalError, refusalAnswer } from './errors.ts'
import { type AdminKey, projectIds } from './tenant.ts'

/** Where every route of one app begins. */
export const appPath = '/groups/{groupId}/apps/{appId}'

/** A request for an app that exists, by somebody who may. */
export interface AppRequest extends RouteRequest {
  readonly app: App
}

/** Registers the Admin API's routes of one app. `template` is what follows `appPath`. */
export interface AppRoutes {
  on(method: string, template: string, handler: (request: AppRequest) => Response): void
}

export interface AppRoutesOptions {
  readonly router: Router
  readonly apps: readonly App[]
  readonly keyOf: (request: RouteRequest) => AdminKey
}

export function createAppRoutes({ router, apps, keyOf }: AppRoutesOptions): AppRoutes {
  return {
    on(method, template, handler) {
      const isRead = method === 'GET' || template === '/users/verify_token'
      router.on(method, appPath + template, (request) => {
        const { groupId, appId } = request.params
        requireRole(keyOf(request), groupId ?? '', isRead)
        const app = apps.find(({ definition }) => definition.id === appId && definition.projectId === groupId)
        if (!app) throw new RefusalError({ status: 404, error: 'app not found' })
        return answerWithLink(app, () => handler({ ...request, app }))
      })
    },
  }
}

/** Project Owners may write, everybody else with a role may read (app-services.md 1.2). An unknown project is not found (3.2). */
export function requireRole(key: AdminKey, projectId: string, isRead: boolean): void {
  if (!projectIds.has(projectId)) throw new RefusalError({ status: 404, error: 'group not found' })
  const isAllowed = key.roles.some(
    (role) => role.group_id === projectId && (isRead || role.role_name === 'GROUP_OWNER'),
  )
  if (!isAllowed) throw new RefusalError({ status: 403, error: 'unauthorized' })
}

export function noContent(): Response {
  return new Response(null, { status: 204 })
}

/** Refusals within an app point to its log (app-services.md 3.1). */
export function answerWithLink(app: App, handle: () => Response): Response {
  try {
    return handle()
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error
    const { id, projectId } = app.definition
    const link = `https://services.cloud.mongodb.com/groups/${projectId}/apps/${id}/logs?co_id=${app.newId()}`
    return refusalAnswer(error.refusal, link)
  }
}
