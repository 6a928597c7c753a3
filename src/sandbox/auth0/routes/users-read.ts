import { z } from 'zod'
import { type Api, ok } from '../api.ts'
import { fieldsOf, fieldsParameters } from '../fields.ts'
import { offsetAnswer, offsetParameters } from '../paging.ts'
import { Refusal, userMissing } from '../refusal.ts'
import { type OrganizationLookup, searchUsers, type UserOrder } from '../search/user-search.ts'
import { organizationsOfUser } from '../state/groups.ts'
import type { TenantState } from '../state/tenant-state.ts'
import type { Auth0User } from '../wire.ts'
import { flagParameter, userId } from '../validation.ts'

/** The path of routes that are about one user. */
export const userPath = z.object({ id: userId })

/** The user, or the vendor's 404. */
export function requireUser(state: TenantState, id: string): Auth0User {
  const user = state.users.get(id)
  if (!user) throw userMissing()
  return user
}

/** Limits whose values the vendor does not publish. */
export interface UserReadSettings {
  /** A longer URL is refused; the vendor's own limit is not published (auth0.md 2.3). */
  readonly maxUrlLength: number
}

/** Lists and searches see the index, the other reads what is true now (auth0.md 2.3). */
export function addUserReads(api: Api, state: TenantState, { maxUrlLength }: UserReadSettings): void {
  const organizations: OrganizationLookup = {
    organizationsOf: (id) => organizationsOfUser(state.groups(), id).map(({ wire }) => wire.id),
    membersOf: (id) => state.groups().organizations.get(id)?.members.keys() ?? [],
  }

  api.on('GET /users', {
    scopes: ['read:users', 'read:user_idp_tokens'],
    query: z.strictObject({
      ...offsetParameters,
      ...fieldsParameters,
      sort: z.string().optional(),
      connection: z.string().optional(),
      q: z.string().optional(),
      search_engine: z.string().optional(),
      primary_order: flagParameter.optional(),
    }),
    handle({ query, url }) {
      if (url.href.length > maxUrlLength) throw new Refusal(414, 'Request-URI Too Large')
      refuseOldEngine(query.search_engine)
      const text = query.q === undefined || query.q.trim() === '' ? null : query.q
      const items = searchUsers(state.users.index(), text, orderOf(query.sort), organizations)
      return offsetAnswer({ key: 'users', items, wire: fieldsOf(query) }, query, { url, withLength: true })
    },
  })

  api.on('GET /users-by-email', {
    scopes: ['read:users'],
    query: z.strictObject({ ...fieldsParameters, email: z.string() }),
    // With attention to case, unlike the search.
    handle: ({ query }) =>
      ok(
        state.users
          .withEmail(query.email)
          .filter(({ email }) => email === query.email)
          .map(fieldsOf(query)),
      ),
  })

  api.on('GET /users/{id}', {
    scopes: ['read:users', 'read:current_user', 'read:user_idp_tokens'],
    path: userPath,
    query: z.strictObject(fieldsParameters),
    handle: ({ path, query }) => ok(fieldsOf(query)(requireUser(state, path.id))),
  })
}

/** Omitting the engine means v3 today. */
function refuseOldEngine(engine: string | undefined): void {
  if (engine === undefined || engine === 'v3') return
  const message =
    engine === 'v1' || engine === 'v2'
      ? `You are not allowed to use search_engine=${engine}.`
      : `Query validation error: 'No enum match for: ${engine}' on property search_engine (The version of the search engine).`
  throw new Refusal(400, message, 'invalid_query_string')
}

/** `field:1` or `field:-1`; not by metadata (auth0.md 2.2). Without it users come as they were created. */
function orderOf(sort: string | undefined): UserOrder {
  if (sort === undefined) return { field: 'created_at', direction: 'asc' }
  const [, field, direction] = /^(\w+):(1|-1)$/.exec(sort) ?? []
  if (field === undefined || ['user_metadata', 'app_metadata', 'identities'].includes(field)) {
    throw new Refusal(
      400,
      `Query validation error: 'String does not match pattern ^((?!(user|app)_metadata)\\w+):(1|-1)$: ${sort}' on property sort (Field to sort by).`,
      'invalid_query_string',
    )
  }
  return { field, direction: direction === '1' ? 'asc' : 'desc' }
}
