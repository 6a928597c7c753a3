import { z } from 'zod'
import { type Api, ok } from '../api.ts'
import { fieldsOf, fieldsParameters } from '../fields.ts'
import { checkpointAnswer, checkpointParameters, eitherAnswer, offsetParameters } from '../paging.ts'
import { Refusal } from '../refusal.ts'
import type { GroupState } from '../state/groups.ts'
import type { TenantState } from '../state/tenant-state.ts'

const groupPath = z.object({ id: z.string().min(18).max(26) })

/** The groups of enterprise directories (auth0.md 5.5). */
export function addGroupReads(api: Api, state: TenantState): void {
  const requireGroup = (id: string): GroupState => {
    const group = state.groups().groups.get(id)
    if (!group) throw new Refusal(404, 'The group does not exist.')
    return group
  }

  api.on('GET /groups', {
    scopes: ['read:groups'],
    query: z.strictObject({
      ...offsetParameters,
      ...checkpointParameters,
      ...fieldsParameters,
      connection_id: z.string().optional(),
      name: z.string().min(1).max(128).optional(),
      external_id: z.string().max(256).optional(),
      search: z.string().min(1).max(256).optional(),
    }),
    handle({ query, url }) {
      const search = query.search?.toLowerCase()
      const items = [...state.groups().groups.values()].filter(
        ({ wire }) =>
          (query.connection_id === undefined || wire.connection_id === query.connection_id) &&
          (query.name === undefined || wire.name === query.name) &&
          (query.external_id === undefined || wire.external_id === query.external_id) &&
          (search === undefined || wire.name.toLowerCase().includes(search)),
      )
      const keep = fieldsOf(query)
      return eitherAnswer(
        { key: 'groups', items, wire: ({ wire }) => keep(wire), place: ({ place }) => place },
        query,
        { url, now: state.now() },
      )
    },
  })

  api.on('GET /groups/{id}', {
    scopes: ['read:groups'],
    path: groupPath,
    handle: ({ path }) => ok(requireGroup(path.id).wire),
  })

  api.on('GET /groups/{id}/members', {
    scopes: ['read:group_members'],
    path: groupPath,
    query: z.strictObject({ ...checkpointParameters, ...fieldsParameters }),
    handle({ path, query }) {
      const { members, wire: group } = requireGroup(path.id)
      const keep = fieldsOf(query)
      return checkpointAnswer(
        {
          key: 'members',
          items: [...members.values()],
          wire: (member) =>
            keep({
              id: member.id,
              member_type: member.memberType,
              type: group.connection_id === undefined ? 'tenant' : 'connection',
              ...(group.connection_id === undefined ? {} : { connection_id: group.connection_id }),
              created_at: member.createdAt,
            }),
          place: ({ place }) => place,
        },
        query,
        state.now(),
      )
    },
  })
}
