import { z } from 'zod'
import { type Api, ok } from '../api.ts'
import { emptyAnswer } from '../refusal.ts'
import type { TenantState } from '../state/tenant-state.ts'
import { flagParameter } from '../validation.ts'
import type { Auth0User } from '../wire.ts'
import { requireUser, userPath } from './users-read.ts'

const consideration = { consider_brute_force_enablement: flagParameter.optional() }

/** Blocks after failed sign-ins; an administrator's block is a member of the user (auth0.md 5.11). */
export function addUserBlocks(api: Api, state: TenantState): void {
  const identified = (identifier: string): readonly Auth0User[] => {
    const byEmail = state.users.withEmail(identifier)
    if (byEmail.length > 0) return byEmail
    return [...state.users.all()].filter((user) => user.username === identifier || user.phone_number === identifier)
  }

  api.on('GET /user-blocks', {
    scopes: ['read:users'],
    query: z.strictObject({ identifier: z.string(), ...consideration }),
    handle: ({ query }) =>
      ok({ blocked_for: identified(query.identifier).flatMap((user) => state.blocks.of(user.user_id)) }),
  })

  api.on('DELETE /user-blocks', {
    scopes: ['update:users'],
    query: z.strictObject({ identifier: z.string() }),
    handle({ query }) {
      for (const user of identified(query.identifier)) state.blocks.set(user.user_id, [])
      return emptyAnswer()
    },
  })

  api.on('GET /user-blocks/{id}', {
    scopes: ['read:users'],
    path: userPath,
    query: z.strictObject(consideration),
    handle({ path }) {
      requireUser(state, path.id)
      return ok({ blocked_for: state.blocks.of(path.id) })
    },
  })

  api.on('DELETE /user-blocks/{id}', {
    scopes: ['update:users'],
    path: userPath,
    handle({ path }) {
      requireUser(state, path.id)
      state.blocks.set(path.id, [])
      return emptyAnswer()
    },
  })
}
