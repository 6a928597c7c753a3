import { z } from 'zod'
import type { Api } from '../api.ts'
import { fieldsOf, fieldsParameters } from '../fields.ts'
import { offsetAnswer, offsetParameters } from '../paging.ts'
import { emptyAnswer } from '../refusal.ts'
import { ownerOf } from '../seed/ids.ts'
import type { TenantState } from '../state/tenant-state.ts'

/** Consents and device credentials (auth0.md 5.8, 5.9). */
export function addGrants(api: Api, state: TenantState): void {
  api.on('GET /grants', {
    scopes: ['read:grants'],
    query: z.strictObject({
      ...offsetParameters,
      user_id: z.string().optional(),
      client_id: z.string().optional(),
      audience: z.string().optional(),
    }),
    handle({ query, url }) {
      const all = query.user_id === undefined ? [...state.consents.all()] : state.consents.of(query.user_id)
      const items = all.filter(
        (grant) =>
          (query.client_id === undefined || grant.clientID === query.client_id) &&
          (query.audience === undefined || grant.audience === query.audience),
      )
      return offsetAnswer({ key: 'grants', items, wire: (grant) => grant }, query, { url })
    },
  })

  api.on('DELETE /grants', {
    scopes: ['delete:grants'],
    query: z.strictObject({ user_id: z.string() }),
    handle({ query }) {
      state.consents.set(query.user_id, [])
      return emptyAnswer()
    },
  })

  // An unknown one is gone already.
  api.on('DELETE /grants/{id}', {
    scopes: ['delete:grants'],
    handle({ path }) {
      const owned = state.consents.ofPerson(ownerOf(path['id'] ?? ''))
      const grant = owned.find(({ id }) => id === path['id'])
      if (grant)
        state.consents.set(
          grant.user_id,
          owned.filter((other) => other !== grant),
        )
      return emptyAnswer()
    },
  })

  api.on('GET /device-credentials', {
    scopes: ['read:device_credentials'],
    query: z.strictObject({
      ...offsetParameters,
      ...fieldsParameters,
      user_id: z.string().optional(),
      client_id: z.string().optional(),
      type: z.enum(['public_key', 'refresh_token', 'rotating_refresh_token']).optional(),
    }),
    handle({ query, url }) {
      const keep = fieldsOf(query)
      // Pages default to refresh tokens (auth0.md 4.1).
      const isPaged = query.page !== undefined || query.per_page !== undefined
      const type = query.type ?? (isPaged ? 'refresh_token' : undefined)
      const owners = query.user_id === undefined ? [...state.users.all()].map((user) => user.user_id) : [query.user_id]
      const items = owners
        .flatMap((owner) => state.deviceCredentialsOf(owner))
        .filter(
          ({ wire }) =>
            (type === undefined || wire.type === type) &&
            (query.client_id === undefined || wire.client_id === query.client_id),
        )
      return offsetAnswer({ key: 'device_credentials', items, wire: ({ wire }) => keep(wire) }, query, { url })
    },
  })

  api.on('DELETE /device-credentials/{id}', {
    scopes: ['delete:device_credentials', 'delete:current_user_device_credentials'],
    handle({ path }) {
      const credential = state.deviceCredential(path['id'] ?? '')
      if (credential) state.removeDeviceCredential(credential)
      return emptyAnswer()
    },
  })
}
