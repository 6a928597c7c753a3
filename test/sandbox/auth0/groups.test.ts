import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allUsers, type ManagementApi, pathOf, signIn, startManagementApi, type User } from './management-api.ts'

interface Group {
  readonly id: string
  readonly name: string
}

interface Permission {
  readonly resource_server_identifier: string
  readonly permission_name: string
  readonly sources?: readonly { readonly source_type: string; readonly source_id: string }[]
}

const dayMs = 24 * 60 * 60 * 1000
const start = Date.UTC(2026, 6, 1)

let now = start
let api: ManagementApi
let users: readonly User[]

beforeEach(async () => {
  now = start
  api = await startManagementApi({ now: () => now })
  users = await allUsers(api)
})
afterEach(() => api.close())

/** The pages of a checkpoint list, one after the other. */
async function walk<Item>(path: string, key: string, query: string): Promise<readonly (readonly Item[])[]> {
  const pages: (readonly Item[])[] = []
  let next: string | undefined = ''
  while (next !== undefined) {
    const from: string = next === '' ? '' : `&from=${encodeURIComponent(next)}`
    const page = await api.get<Readonly<Record<string, unknown>>>(`${path}?${query}${from}`)
    expect(Object.keys(page).filter((name) => name !== 'next')).toEqual([key])
    pages.push(page[key] as readonly Item[]) // the list under its key
    next = page['next'] as string | undefined // a text or absent
  }
  return pages
}

const membersOf = (organization: Group, query = ''): Promise<readonly User[]> =>
  api.get(`/organizations/${organization.id}/members?per_page=100${query}`)

describe('paging by checkpoint', () => {
  it('shows every item once, leaves `next` out on the last page, and has no totals', async () => {
    for (const [path, key] of [
      ['/organizations', 'organizations'],
      ['/groups', 'groups'],
    ] as const) {
      const all = await api.get<readonly Group[]>(`${path}?per_page=100`)
      for (const take of [1, 2, 3, all.length]) {
        const pages = await walk<Group>(path, key, `include_totals=true&take=${take}`)
        expect(pages.flat()).toEqual(all)
        expect(pages).toHaveLength(Math.ceil(all.length / take))
      }
    }
  })

  it('goes on at its place while others come and go', async () => {
    const [first] = await api.get<readonly Group[]>('/organizations')
    if (!first) throw new Error('there are organizations')
    const before = await membersOf(first)
    const page = await api.get<{ members: readonly User[]; next: string }>(`/organizations/${first.id}/members?take=3`)
    const gone = [before[1], before[2]].map((member) => member?.user_id)
    await api.expectStatus(204, 'DELETE', `/organizations/${first.id}/members`, { members: gone })
    const rest = await api.get<{ members: readonly User[] }>(
      `/organizations/${first.id}/members?take=100&from=${page.next}`,
    )
    expect(rest.members).toEqual(before.slice(3))
  })

  it('takes precedence over page numbers', async () => {
    const page = await api.get('/organizations?per_page=50&page=0&take=2')
    expect(page).toMatchObject({ organizations: expect.any(Array), next: expect.any(String) })
  })

  it('refuses a checkpoint that is none, or older than a day', async () => {
    const { next } = await api.get<{ next: string }>('/organizations?take=1')
    await api.expectStatus(400, 'GET', '/organizations?take=1&from=none')
    now += dayMs
    api = await signIn(api.sandbox)
    await api.expectStatus(200, 'GET', `/organizations?take=1&from=${next}`)
    now += 1
    await api.expectStatus(400, 'GET', `/organizations?take=1&from=${next}`)
  })
})

describe('roles', () => {
  it('are listed with totals, filtered by name without case', async () => {
    const page = await api.get<{ roles: readonly Group[]; total: number }>('/roles?include_totals=true&per_page=2')
    expect(page).toMatchObject({ start: 0, limit: 2 })
    expect(page.roles).toHaveLength(2)
    expect(page.total).toBeGreaterThan(5)
    expect(await api.get('/roles?name_filter=SUPP')).toEqual([
      expect.objectContaining({ name: 'support', description: 'Support staff' }),
    ])
    const own = await api.get<readonly object[]>('/roles?type=organization')
    expect(own).toEqual(own.map(() => expect.objectContaining({ type: 'organization', owner_id: expect.any(String) })))
    expect(own).toHaveLength(2)
  })

  it('are created with 200, once by each name, and change', async () => {
    const role = await api.expectStatus<Group>(200, 'POST', '/roles', { name: 'тест 🧪' })
    expect(role).toEqual({ id: expect.stringMatching(/^rol_[0-9A-Za-z]{16}$/), name: 'тест 🧪' })
    await api.expectStatus(409, 'POST', '/roles', { name: 'тест 🧪' })
    await api.expectStatus(400, 'POST', '/roles', { description: 'nameless' })
    const changed = { ...role, name: 'renamed', description: 'd' }
    expect(await api.expectStatus(200, 'PATCH', `/roles/${role.id}`, { name: 'renamed', description: 'd' })).toEqual(
      changed,
    )
    expect(await api.get(`/roles/${role.id}`)).toEqual(changed)
    expect(await api.get(`/roles/${role.id}/users`)).toEqual([])
  })

  it('are assigned and taken away from both sides', async () => {
    const role = await api.expectStatus<Group>(200, 'POST', '/roles', { name: 'fresh' })
    const [one, two] = users
    if (!one || !two) throw new Error('there are users')
    await api.expectStatus(204, 'POST', pathOf(one, '/roles'), { roles: [role.id] })
    expect(
      await api.expectStatus(200, 'POST', `/roles/${role.id}/users`, { users: [one.user_id, two.user_id] }),
    ).toEqual({})
    const stubs = await api.get<readonly User[]>(`/roles/${role.id}/users`)
    expect(stubs.map((stub) => stub.user_id)).toEqual([one.user_id, two.user_id])
    expect(Object.keys(stubs[0] ?? {}).every((name) => ['user_id', 'email', 'picture', 'name'].includes(name))).toBe(
      true,
    )
    expect(await api.get(pathOf(one, '/roles'))).toContainEqual(role)
    await api.expectStatus(204, 'DELETE', pathOf(one, '/roles'), { roles: [role.id] })
    expect(await api.get(pathOf(one, '/roles'))).not.toContainEqual(role)
    await api.expectStatus(404, 'POST', pathOf(one, '/roles'), { roles: ['rol_0000000000000000'] })
    await api.expectStatus(400, 'POST', pathOf(one, '/roles'), { roles: [] })
  })

  it('are deleted with 200 and {}, and everybody loses them, in organizations too', async () => {
    const roles = await api.get<readonly Group[]>('/roles')
    const [organization] = await api.get<readonly Group[]>('/organizations')
    if (!organization) throw new Error('there are organizations')
    const members = await api.get<readonly { user_id: string; roles: readonly Group[] }[]>(
      `/organizations/${organization.id}/members?per_page=100&fields=user_id,roles`,
    )
    const member = members.find((candidate) => candidate.roles.length > 0)
    const role = roles.find(({ id }) => id === member?.roles[0]?.id)
    if (!member || !role) throw new Error('some members have roles')
    expect(await api.expectStatus(200, 'DELETE', `/roles/${role.id}`)).toEqual({})
    expect(await api.expectStatus(404, 'GET', `/roles/${role.id}`)).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: 'The role does not exist.',
    })
    expect(
      await api.get(`/organizations/${organization.id}/members/${encodeURIComponent(member.user_id)}/roles`),
    ).not.toContainEqual(role)
    await api.expectStatus(404, 'DELETE', `/roles/${role.id}`)
  })
})

describe('permissions', () => {
  const permission = { resource_server_identifier: 'urn:reports', permission_name: 'read:reports' }

  it('of a role are added once, and removed', async () => {
    const role = await api.expectStatus<Group>(200, 'POST', '/roles', { name: 'fresh' })
    const path = `/roles/${role.id}/permissions`
    expect(await api.expectStatus(201, 'POST', path, { permissions: [permission] })).toEqual({})
    await api.expectStatus(201, 'POST', path, { permissions: [permission] })
    expect(await api.get(path)).toEqual([
      { ...permission, resource_server_name: 'Reports', description: expect.any(String) },
    ])
    await api.expectStatus(204, 'DELETE', path, { permissions: [permission] })
    expect(await api.get(path)).toEqual([])
  })

  it('of a user name every source once', async () => {
    const role = await api.expectStatus<Group>(200, 'POST', '/roles', { name: 'fresh' })
    const user = await api.expectStatus<User>(201, 'POST', '/users', { connection: 'email', email: 'p@example.test' })
    await api.expectStatus(201, 'POST', `/roles/${role.id}/permissions`, { permissions: [permission] })
    await api.expectStatus(204, 'POST', pathOf(user, '/roles'), { roles: [role.id] })
    await api.expectStatus(201, 'POST', pathOf(user, '/permissions'), { permissions: [permission] })
    const [held, ...others] = await api.get<readonly Permission[]>(pathOf(user, '/permissions'))
    expect(others).toEqual([])
    expect(held?.sources?.map((source) => source.source_type)).toEqual(['DIRECT', 'ROLE'])
    expect(held?.sources?.[1]?.source_id).toBe(role.id)
    await api.expectStatus(204, 'DELETE', pathOf(user, '/permissions'), { permissions: [permission] })
    const [left] = await api.get<readonly Permission[]>(pathOf(user, '/permissions'))
    expect(left?.sources?.map((source) => source.source_type)).toEqual(['ROLE'])
  })

  it('that no API defines are refused', async () => {
    const [user] = users
    const path = pathOf(user ?? { user_id: '' }, '/permissions')
    const unknown = { ...permission, permission_name: 'no:such' }
    expect(await api.expectStatus(404, 'POST', path, { permissions: [unknown] })).toMatchObject({
      errorCode: 'inexistent_resource_server_permission',
    })
    const elsewhere = { ...permission, resource_server_identifier: 'urn:none' }
    expect(await api.expectStatus(404, 'POST', path, { permissions: [elsewhere] })).toMatchObject({
      errorCode: 'inexistent_resource_server',
    })
    await api.expectStatus(400, 'POST', path, { permissions: [{ permission_name: 'read:reports' }] })
  })
})

describe('organizations', () => {
  it('are created with 201, once by each name, change, and end with their own roles but not their members', async () => {
    const organization = await api.expectStatus<Group>(201, 'POST', '/organizations', {
      name: 'fresh-org',
      display_name: 'Fresh 🌱',
      metadata: { tier: 'gold' },
      enabled_connections: [{ connection_id: 'con_0000000000000001' }],
    })
    expect(organization).toMatchObject({
      id: expect.stringMatching(/^org_[0-9A-Za-z]{16}$/),
      enabled_connections: [{ connection: { name: 'Username-Password-Authentication', strategy: 'auth0' } }],
    })
    const path = `/organizations/${organization.id}`
    expect(await api.get(path)).not.toHaveProperty('enabled_connections')
    expect(await api.expectStatus(409, 'POST', '/organizations', { name: 'fresh-org' })).toMatchObject({
      errorCode: 'organization_conflict',
    })
    await api.expectStatus(400, 'POST', '/organizations', { name: 'Not A Slug' })
    expect(await api.expectStatus(200, 'PATCH', path, { display_name: 'Renamed' })).toMatchObject({
      name: 'fresh-org',
      display_name: 'Renamed',
      metadata: { tier: 'gold' },
    })
    const [user] = users
    if (!user) throw new Error('there are users')
    await api.expectStatus(204, 'POST', `${path}/members`, { members: [user.user_id] })
    expect(await api.get(pathOf(user, '/organizations?per_page=100'))).toContainEqual(
      expect.objectContaining({ id: organization.id }),
    )
    await api.expectStatus(204, 'DELETE', path)
    expect(await api.expectStatus(404, 'GET', path)).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: 'No organization found by that id or name',
    })
    expect(await api.get(pathOf(user))).toEqual(user)
    expect(await api.get(pathOf(user, '/organizations?per_page=100'))).not.toContainEqual(
      expect.objectContaining({ id: organization.id }),
    )
  })

  it('are sorted by the keys that the vendor knows', async () => {
    const names = (await api.get<readonly Group[]>('/organizations?sort=name:-1')).map(({ name }) => name)
    expect(names).toEqual(names.toSorted().toReversed())
    await api.expectStatus(400, 'GET', '/organizations?sort=id:1')
  })

  it('show the roles of members only when asked by name', async () => {
    const [organization] = await api.get<readonly Group[]>('/organizations')
    if (!organization) throw new Error('there are organizations')
    expect((await membersOf(organization)).every((member) => !('roles' in member))).toBe(true)
    expect((await membersOf(organization, '&fields=picture&include_fields=false')).every((m) => !('roles' in m))).toBe(
      true,
    )
    const asked = await membersOf(organization, '&fields=user_id,roles')
    expect(asked.every((member) => 'roles' in member && !('email' in member))).toBe(true)
  })

  it('take at most ten members at once, known ones, and give them roles', async () => {
    const organization = await api.expectStatus<Group>(201, 'POST', '/organizations', { name: 'fresh-org' })
    const path = `/organizations/${organization.id}/members`
    const [user] = users
    if (!user) throw new Error('there are users')
    await api.expectStatus(400, 'POST', path, { members: users.slice(0, 11).map(({ user_id: id }) => id) })
    await api.expectStatus(404, 'POST', path, { members: ['auth0|nobody'] })
    await api.expectStatus(204, 'POST', path, { members: [user.user_id] })
    const [role] = await api.get<readonly Group[]>('/roles')
    const roles = `${path}/${encodeURIComponent(user.user_id)}/roles`
    await api.expectStatus(204, 'POST', roles, { roles: [role?.id] })
    expect(await api.get(roles)).toEqual([role])
    // Roles in an organization are not roles in the tenant.
    expect(await api.get(`${path}?fields=roles`)).toEqual([{ roles: [{ id: role?.id, name: role?.name }] }])
    await api.expectStatus(204, 'DELETE', roles, { roles: [role?.id] })
    expect(await api.get(roles)).toEqual([])
    await api.expectStatus(204, 'DELETE', path, { members: [user.user_id] })
    await api.expectStatus(404, 'GET', roles)
  })

  it('give a member at most fifty roles', async () => {
    const [organization] = await api.get<readonly Group[]>('/organizations')
    const [member] = await membersOf(organization ?? { id: '', name: '' })
    const created = await Promise.all(
      Array.from({ length: 51 }, (_, number) => api.expectStatus<Group>(200, 'POST', '/roles', { name: `r${number}` })),
    )
    const path = `/organizations/${organization?.id}/members/${encodeURIComponent(member?.user_id ?? '')}/roles`
    expect(await api.expectStatus(409, 'POST', path, { roles: created.map(({ id }) => id) })).toMatchObject({
      message: 'No more roles can be assigned to this organization member.',
    })
  })
})

describe('enterprise groups', () => {
  it('are filtered by name, text and connection', async () => {
    const all = await api.get<readonly (Group & { connection_id?: string })[]>('/groups')
    expect(await api.get(`/groups?name=${encodeURIComponent('Sales | EMEA')}`)).toEqual([all[1]])
    expect(await api.get('/groups?search=emea')).toEqual([all[1]])
    const connected = all.filter(({ connection_id: id }) => id === 'con_0000000000000005')
    expect(await api.get('/groups?connection_id=con_0000000000000005')).toEqual(connected)
  })

  it('have users and groups as members, by bare ids, and users know when they joined', async () => {
    const all = await api.get<readonly Group[]>('/groups')
    const nested = all.find(({ name }) => name.includes('nested'))
    const path = `/groups/${nested?.id}/members`
    const members = (await walk<{ id: string; member_type: string }>(path, 'members', 'take=3')).flat()
    expect(new Set(members.map((member) => member.member_type))).toEqual(new Set(['user', 'group']))
    const user = members.find((member) => member.member_type === 'user')
    expect(await api.get(pathOf({ user_id: user?.id ?? '' }, '/groups?take=10'))).toEqual({
      groups: expect.arrayContaining([
        expect.objectContaining({ id: nested?.id, membership_created_at: expect.any(String) }),
      ]),
    })
  })

  it('cannot have ids of another form', async () => {
    await api.expectStatus(400, 'GET', '/groups/short')
    await api.expectStatus(404, 'GET', '/groups/grp_1111111111111111')
  })
})
