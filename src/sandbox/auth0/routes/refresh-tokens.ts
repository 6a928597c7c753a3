import { z } from 'zod'
import { type Api, ok } from '../api.ts'
import { fieldsOf, fieldsParameters } from '../fields.ts'
import { checkpointAnswer, checkpointParameters } from '../paging.ts'
import { Refusal } from '../refusal.ts'
import type { TenantState } from '../state/tenant-state.ts'
import { accepted, checkpointQuery, ownerPath } from './sessions.ts'
import { requireUser } from './users-read.ts'

/** Refresh tokens of one user, by id, and in bulk (auth0.md 4.1). */
export function addRefreshTokens(api: Api, state: TenantState): void {
  api.on('GET /users/{user_id}/refresh-tokens', {
    scopes: ['read:refresh_tokens'],
    path: ownerPath,
    query: checkpointQuery,
    handle({ path, query }) {
      requireUser(state, path.user_id)
      const items = state.refreshTokensOf(path.user_id)
      return checkpointAnswer(
        { key: 'tokens', items, wire: (token) => token, place: ({ id }) => id },
        query,
        state.now(),
      )
    },
  })

  api.on('DELETE /users/{user_id}/refresh-tokens', {
    scopes: ['delete:refresh_tokens'],
    path: ownerPath,
    handle({ path }) {
      requireUser(state, path.user_id)
      state.revoke(state.refreshTokensOf(path.user_id).map(({ id }) => id))
      return accepted()
    },
  })

  api.on('GET /refresh-tokens', {
    scopes: ['read:refresh_tokens'],
    query: z.strictObject({
      ...checkpointParameters,
      ...fieldsParameters,
      user_id: z.string(),
      client_id: z.string().optional(),
    }),
    handle({ query }) {
      requireUser(state, query.user_id)
      const keep = fieldsOf(query)
      const items = state
        .refreshTokensOf(query.user_id)
        .filter((token) => query.client_id === undefined || token.client_id === query.client_id)
      return checkpointAnswer(
        { key: 'refresh_tokens', items, wire: (token) => keep(token), place: ({ id }) => id },
        query,
        state.now(),
      )
    },
  })

  api.on('GET /refresh-tokens/{id}', {
    scopes: ['read:refresh_tokens'],
    handle({ path }) {
      const token = state.refreshToken(path['id'] ?? '')
      if (!token) throw new Refusal(404, 'The refresh token does not exist.')
      return ok(token)
    },
  })

  api.on('DELETE /refresh-tokens/{id}', {
    scopes: ['delete:refresh_tokens'],
    handle({ path }) {
      state.revoke([path['id'] ?? ''])
      return accepted()
    },
  })

  // Exactly one of four ways (auth0.md 4.1).
  api.on('POST /refresh-tokens/revoke', {
    scopes: ['delete:refresh_tokens'],
    body: z.strictObject({
      ids: z.array(z.string()).min(1).max(100).optional(),
      user_id: z.string().optional(),
      client_id: z.string().optional(),
      audience: z.string().optional(),
    }),
    handle({ body }) {
      const { ids, user_id: owner, client_id: client, audience } = body
      const isByOwner = owner !== undefined && (audience === undefined || client !== undefined)
      if (ids === undefined ? !isByOwner : owner !== undefined || client !== undefined || audience !== undefined) {
        const message = 'Payload validation error: \'Data does not match any schemas from "oneOf"\' on property <root>.'
        throw new Refusal(400, message, 'invalid_body')
      }
      const tokens = state
        .refreshTokensOf(owner ?? '')
        .filter(
          (token) =>
            (client === undefined || token.client_id === client) &&
            (audience === undefined || token.resource_servers.some((server) => server.audience === audience)),
        )
      state.revoke(ids ?? tokens.map(({ id }) => id))
      return accepted()
    },
  })
}
