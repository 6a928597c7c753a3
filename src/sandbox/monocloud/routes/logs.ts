import { cutPage, sortedByMember } from '../paging.ts'
import type { RouteContext } from './context.ts'

export function addLogRoutes({ on, tenant, answers }: RouteContext): void {
  on('GET', '/logs', ({ query }) =>
    answers.page(cutPage(sortedByMember(tenant.log.all(), query, ['time_stamp']), query)),
  )
}
