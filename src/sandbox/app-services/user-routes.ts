import { type Account, deviceEntry, fullUser, partialUser } from './account.ts'
import type { App } from './app.ts'
import { badRequest, userNotFound } from './errors.ts'
import { isObjectId } from './object-id.ts'
import { booleanOf, integerOf } from './parameters.ts'
import type { AppRequest, AppRoutes } from './routes.ts'
import { type AuthProviderType, authProviderTypes } from './tenant.ts'

/** Users in a page, at most (app-services.md 2). */
export const maxPage = 50

export function registerUserReads(routes: AppRoutes): void {
  routes.on('GET', '/users', ({ app, query }) => {
    const sort = query.get('sort')
    if (sort !== null && sort !== '_id') throw badRequest(`cannot sort users by '${sort}'`, 'InvalidParameter')
    const page = app.users.page({
      after: cursorOf(query),
      descending: booleanOf(query, 'desc'),
      limit: integerOf(query, 'limit', { min: 1, max: maxPage, fallback: maxPage }),
      matches: filterOf(query),
    })
    return Response.json(page.map(partialUser))
  })

  routes.on('GET', '/users_count', ({ app }) => Response.json(app.users.size))

  routes.on('GET', '/users/{userId}', (request) =>
    Response.json(fullUser(userOf(request), request.app.definition.domainId)),
  )

  routes.on('GET', '/users/{userId}/devices', (request) =>
    Response.json(request.app.users.devicesOf(userOf(request).id).map(deviceEntry)),
  )
}

/** The user whom the path names. One whose id cannot be one is not found either (app-services.md 4.1). */
export function userOf({ app, params }: Pick<AppRequest, 'params'> & { readonly app: App }): Account {
  const user = app.users.get(params['userId'] ?? '')
  if (!user) throw userNotFound()
  return user
}

/** Compared as a value and never looked up, so that it may have been deleted (app-services.md 2). */
export function cursorOf(query: URLSearchParams): string | null {
  const after = query.get('after')
  if (after === null || after === '') return null
  if (!isObjectId(after)) throw badRequest("'after' must be an ObjectID", 'InvalidParameter')
  return after
}

/** Works although it is not in the official description (app-services.md 2). */
function filterOf(query: URLSearchParams): (account: Account) => boolean {
  const status = query.get('status')
  if (status !== null && status !== 'enabled' && status !== 'disabled') {
    throw badRequest("'status' must be 'enabled' or 'disabled'", 'InvalidParameter')
  }
  const types = query.getAll('provider_types').flatMap((list) => list.split(','))
  for (const type of types) {
    if (!authProviderTypes.includes(type as AuthProviderType)) {
      // to ask whether it is one
      throw badRequest(`unknown provider type '${type}'`, 'InvalidParameter')
    }
  }
  return ({ disabled, identities }) =>
    (status === null || disabled === (status === 'disabled')) &&
    (types.length === 0 || identities.some(({ provider_type: type }) => types.includes(type)))
}
