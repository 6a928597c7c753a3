import { accountOf, type RouteContext } from './context.ts'

export function addProfileRoutes({ on, tenant, answers }: RouteContext): void {
  on('GET', '/users/{user_id}/private_data', (request) =>
    answers.json({ private_data: accountOf(tenant, request).user.private_data }),
  )

  on('GET', '/users/{user_id}/public_data', (request) =>
    answers.json({ public_data: accountOf(tenant, request).user.public_data }),
  )
}
