import { z } from 'zod'
import { readForm } from '../forms.ts'
import { parameter, type Routes } from '../routes.ts'
import { findOrganization } from './organization-reads.ts'
import { findSession } from './session-reads.ts'
import { findUser } from './user-reads.ts'

const newSessionForm = z.object({ user_id: z.string(), active_organization_id: z.string().nullish() })

export function sessionWrites(routes: Routes): void {
  /** Only development instances have this (clerk.md 4.3), and this is one. */
  routes.on('POST', '/sessions', ({ body }, tenant) => {
    const form = readForm(newSessionForm, body)
    const entry = findUser(tenant, form.user_id)
    const organization = form.active_organization_id ? findOrganization(tenant, form.active_organization_id) : null
    return tenant.sessions.create(entry, organization?.id ?? null, tenant.nextRandom())
  })

  routes.on('POST', '/sessions/{session_id}/revoke', (request, tenant) =>
    tenant.sessions.revoke(findSession(tenant, parameter(request, 'session_id'))),
  )
}
