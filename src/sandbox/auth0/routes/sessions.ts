import { z } from 'zod'
import { type Api, ok } from '../api.ts'
import { checkpointAnswer, checkpointParameters } from '../paging.ts'
import { jsonAnswer, Refusal } from '../refusal.ts'
import type { TenantState } from '../state/tenant-state.ts'
import { flagParameter, userId } from '../validation.ts'
import type { Auth0Session } from '../wire.ts'
import { requireUser, userPath } from './users-read.ts'

/** Of routes that call the user `user_id` instead of `id`. */
export const ownerPath = z.object({ user_id: userId })
/** `include_totals` is accepted and changes nothing (auth0.md 2.1). */
export const checkpointQuery = z.strictObject({ ...checkpointParameters, include_totals: flagParameter.optional() })

/** The answer to what will be done in a moment. */
export function accepted(): Response {
  return jsonAnswer(202, {})
}

/** Ending is accepted at once and done a moment later (auth0.md 8). */
export function addSessions(api: Api, state: TenantState): void {
  const requireSession = (id: string): Auth0Session => {
    const session = state.session(id)
    if (!session) throw new Refusal(404, 'The session does not exist.')
    return session
  }

  api.on('GET /users/{user_id}/sessions', {
    scopes: ['read:sessions'],
    path: ownerPath,
    query: checkpointQuery,
    handle({ path, query }) {
      requireUser(state, path.user_id)
      const items = state.sessionsOf(path.user_id)
      return checkpointAnswer(
        { key: 'sessions', items, wire: (session) => session, place: ({ id }) => id },
        query,
        state.now(),
      )
    },
  })

  api.on('DELETE /users/{user_id}/sessions', {
    scopes: ['delete:sessions'],
    path: ownerPath,
    handle({ path }) {
      requireUser(state, path.user_id)
      state.revoke(state.sessionsOf(path.user_id).map(({ id }) => id))
      return accepted()
    },
  })

  api.on('GET /sessions/{id}', {
    scopes: ['read:sessions'],
    handle: ({ path }) => ok(requireSession(path['id'] ?? '')),
  })

  // Refresh tokens stay.
  api.on('DELETE /sessions/{id}', {
    scopes: ['delete:sessions'],
    handle({ path }) {
      state.revoke([path['id'] ?? ''])
      return accepted()
    },
  })

  // With the refresh tokens that were issued in it (auth0.md 9, item 11).
  api.on('POST /sessions/{id}/revoke', {
    scopes: ['delete:sessions', 'delete:refresh_tokens'],
    path: z.object({ id: z.string().max(50) }),
    handle({ path }) {
      const session = requireSession(path.id)
      const tokens = state.refreshTokensOf(session.user_id).filter((token) => token.session_id === session.id)
      state.revoke([session.id, ...tokens.map(({ id }) => id)])
      return accepted()
    },
  })

  api.on('POST /users/{id}/revoke-access', {
    scopes: ['delete:sessions', 'delete:refresh_tokens'],
    path: userPath,
    body: z.strictObject({ session_id: z.string().optional(), preserve_refresh_tokens: z.boolean().optional() }),
    handle({ path, body }) {
      const isMeant = (id: string | null): boolean => body.session_id === undefined || id === body.session_id
      state.revoke(state.sessionsOf(path.id).flatMap(({ id }) => (isMeant(id) ? id : [])))
      if (body.preserve_refresh_tokens !== true) {
        const tokens = state.refreshTokensOf(path.id).filter((token) => isMeant(token.session_id))
        state.revoke(tokens.map(({ id }) => id))
      }
      return accepted()
    },
  })
}
