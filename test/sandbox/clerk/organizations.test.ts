import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type {
  ClerkMembership,
  ClerkOrganization,
  ClerkOrganizationInvitation,
  ClerkUser,
} from '../../../src/sandbox/clerk/wire.ts'
import { present } from '../../support/present.ts'
import { type Answer, type ClerkTest, codesOf, type ErrorBody, type PageBody, startClerk, startedAt } from './client.ts'

let client: ClerkTest
beforeEach(async () => {
  client = await startClerk()
})
afterEach(() => client.close())

type Members = PageBody<ClerkMembership>

const list = async (query: string): Promise<readonly string[]> =>
  (await client.get<PageBody<ClerkOrganization>>(`/organizations?${query}`)).body.data.map(({ id }) => id)

const ids = (organizations: readonly ClerkOrganization[]): readonly string[] => organizations.map(({ id }) => id)

const membersOf = async (id: string, query = 'limit=500'): Promise<Members> =>
  (await client.get<Members>(`/organizations/${id}/memberships?${query}`)).body

const userIds = ({ data }: Members): readonly string[] => data.map((member) => member.public_user_data.user_id)

/** The oldest, with many members. */
const biggest = async (): Promise<ClerkOrganization> => present((await client.organizations()).at(-1))

const create = (form: object): Promise<Answer<ClerkOrganization & ErrorBody>> =>
  client.call('POST', '/organizations', form)

const newUser = async (username = 'newcomer'): Promise<ClerkUser> =>
  (await client.call<ClerkUser>('POST', '/users', { username })).body

describe('organizations', () => {
  test('are listed newest first, page by page, with the total of all', async () => {
    const all = await client.organizations()
    expect(all.length).toBeGreaterThanOrEqual(8)
    const { body } = await client.get<PageBody<ClerkOrganization>>('/organizations?limit=3&offset=2')
    expect(body).toEqual({ data: all.slice(2, 5), total_count: all.length })
  })

  test('are ordered by name, creation and members', async () => {
    const all = (await client.get<PageBody<ClerkOrganization>>('/organizations?limit=500&include_members_count=true'))
      .body.data
    const counts = all.map((organization) => organization.members_count ?? 0)
    expect(new Set(counts).size).toBeGreaterThan(2)
    for (const [key, valueOf] of [
      ['name', (organization: ClerkOrganization) => organization.name],
      ['created_at', (organization: ClerkOrganization) => organization.created_at],
      ['members_count', (organization: ClerkOrganization) => organization.members_count ?? 0],
    ] as const) {
      const query = `limit=500&include_members_count=true&order_by`
      const { data } = (await client.get<PageBody<ClerkOrganization>>(`/organizations?${query}=${key}`)).body
      const values = data.map((organization): string | number => valueOf(organization))
      expect(values).toEqual(values.toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0)))
      expect(await list(`${query}=-${key}`)).toEqual(ids(data).toReversed())
    }
  })

  test('are found by ids, by members, and by part of a name or slug', async () => {
    const all = await client.organizations()
    const [one, two] = ids(all)
    expect(await list(`organization_id=${two}&organization_id=%2B${one}&organization_id=org_unknown`)).toEqual([
      one,
      two,
    ])
    expect(await list(`limit=500&organization_id=-${one}`)).toEqual(ids(all).slice(1))

    const member = present(userIds(await membersOf(present(one)))[0])
    const { body } = await client.get<Members>(`/users/${member}/organization_memberships?limit=500`)
    const theirs = body.data.map(({ organization }) => organization.id)
    expect((await list(`limit=500&user_id=${member}&user_id=user_unknown`)).toSorted()).toEqual(theirs.toSorted())
    expect(await list(`limit=500&user_id=-${member}`)).toEqual(ids(all).filter((id) => !theirs.includes(id)))

    for (const [text, name] of [
      ['SMITH|j', 'Smith|Jones & Co'],
      ['製作', '山本製作所'],
      ['cafe-sao', 'Café 🌻 São Paulo'],
    ]) {
      const organization = all.find((candidate) => candidate.name === name)
      expect(await list(`query=${encodeURIComponent(text ?? '')}`)).toEqual([organization?.id])
    }
    expect(await list(`query=${one}`)).toEqual([one])
    expect(await list(`query=${one?.slice(0, 20)}`)).toEqual([])
  })

  test('tell how many members they have only when asked', async () => {
    const { id, slug, ...organization } = await biggest()
    expect(organization).not.toHaveProperty('members_count')
    const { body } = await client.get<ClerkOrganization>(`/organizations/${slug}?include_members_count=true`)
    expect(body.id).toBe(id)
    expect(body.members_count).toBe((await membersOf(id)).total_count)
  })

  test('that do not exist are a 404', async () => {
    expect(codesOf(await client.get<ErrorBody>('/organizations/org_unknown'))).toEqual([404, 'resource_not_found'])
    expect((await client.get<ErrorBody>('/organizations/org_unknown/memberships')).status).toBe(404)
  })
})

describe('an organization', () => {
  test('is made with a slug of its name, run by its founder', async () => {
    const { id: userId } = await newUser()
    const { body } = await create({ name: 'Größe & Söhne', created_by: userId, private_metadata: { a: 1 } })
    expect(body).toMatchObject({
      name: 'Größe & Söhne',
      slug: 'gro-e-sohne',
      created_by: userId,
      public_metadata: {},
      private_metadata: { a: 1 },
      created_at: startedAt,
    })
    expect((await client.organizations())[0]).toEqual(body)
    expect(await membersOf(body.id)).toMatchObject({ data: [{ role: 'org:admin' }], total_count: 1 })
    const { body: theirs } = await client.get<Members>(`/users/${userId}/organization_memberships`)
    expect(theirs.data.map(({ organization }) => organization)).toEqual([body])
  })

  test('of the same name has another slug', async () => {
    const slugs = await Promise.all([1, 2, 3].map(async () => (await create({ name: 'Twins' })).body.slug))
    expect(new Set(slugs).size).toBe(3)
  })

  test.for([
    [{}, 'form_param_missing name'],
    [{ name: 'x'.repeat(257) }, 'form_param_max_length_exceeded name'],
    [{ name: 'see https://example.test' }, 'form_param_format_invalid name'],
    [{ name: '<b>bold</b>' }, 'form_param_format_invalid name'],
    [{ name: 'x', slug: 'With Space' }, 'form_param_format_invalid slug'],
    [{ name: 'x', slug: 'harbour-tools' }, 'form_identifier_exists slug'],
    [{ name: 'x', max_allowed_memberships: -1 }, 'form_param_value_invalid max_allowed_memberships'],
  ] as const)('%j is refused', async ([form, code]) => {
    expect(codesOf(await create(form))).toEqual([422, code])
  })

  test('needs a founder who exists, if any', async () => {
    const answer = await create({ name: 'x', created_by: 'user_unknown' })
    expect(codesOf(answer)).toEqual([400, 'organization_creator_not_found'])
  })

  test('changes what is given, and is found under its new slug alone', async () => {
    const organization = await biggest()
    const patch = (form: object) => client.call<ErrorBody>('PATCH', `/organizations/${organization.id}`, form)
    client.advance(3)
    const { body } = await patch({ name: 'Renamed', slug: 'renamed' })
    expect(body).toEqual({ ...organization, name: 'Renamed', slug: 'renamed', updated_at: startedAt + 3 })
    expect((await client.get('/organizations/renamed')).body).toEqual(body)
    expect((await client.get(`/organizations/${organization.slug}`)).status).toBe(404)
    expect(codesOf(await patch({ public_metadata: {} }))).toEqual([422, 'form_param_unknown public_metadata'])
  })

  test('has metadata merged by PATCH and replaced by PUT', async () => {
    const { id } = (await create({ name: 'x', public_metadata: { a: { b: 1 }, c: 1 }, private_metadata: { d: 1 } }))
      .body
    const send = async (method: string, form: object) =>
      (await client.call<ClerkOrganization>(method, `/organizations/${id}/metadata`, form)).body
    const merged = await send('PATCH', { public_metadata: { a: { e: 2 }, c: null } })
    expect([merged.public_metadata, merged.private_metadata]).toEqual([{ a: { b: 1, e: 2 } }, { d: 1 }])
    const replaced = await send('PUT', { private_metadata: { f: 1 } })
    expect([replaced.public_metadata, replaced.private_metadata]).toEqual([{ a: { b: 1, e: 2 } }, { f: 1 }])
  })

  test('goes with its memberships and invitations', async () => {
    const { id, slug } = await biggest()
    const member = present(userIds(await membersOf(id))[0])
    const { body } = await client.call('DELETE', `/organizations/${id}`)
    expect(body).toEqual({ object: 'organization', id, slug, deleted: true })
    expect((await client.get(`/organizations/${id}`)).status).toBe(404)
    expect(await list('limit=500')).not.toContain(id)
    const { body: left } = await client.get<Members>(`/users/${member}/organization_memberships`)
    expect(left.data.map(({ organization }) => organization.id)).not.toContain(id)
    for (const user of await client.everybody()) {
      const path = `/users/${user.id}/organization_invitations`
      const { data } = (await client.get<PageBody<ClerkOrganizationInvitation>>(path)).body
      expect(data.map((invitation) => invitation.organization_id)).not.toContain(id)
    }
  })
})

describe('members', () => {
  test('are shown with role, permissions, organization and public data', async () => {
    const organization = await biggest()
    const { data } = await membersOf(organization.id)
    expect(new Set(data.map(({ role }) => role))).toEqual(new Set(['org:admin', 'org:member', 'org:billing_viewer']))
    for (const member of data) {
      const user = await client.user(member.public_user_data.user_id)
      expect(member.organization).toEqual(organization)
      expect(member.permissions.length).toBeGreaterThan(0)
      expect(member.public_user_data).toMatchObject({
        first_name: user.first_name,
        username: user.username,
        banned: user.banned,
        identifier: user.email_addresses[0]?.email_address ?? user.phone_numbers[0]?.phone_number ?? user.username,
      })
    }
  })

  test('are listed newest first, page by page, with the total of all', async () => {
    const { id } = await biggest()
    const all = await membersOf(id)
    expect(all.total_count).toBeGreaterThan(20)
    const times = all.data.map((member) => member.created_at)
    expect(times).toEqual(times.toSorted((left, right) => right - left))
    expect((await membersOf(id, '')).data).toEqual(all.data.slice(0, 10))
    expect(await membersOf(id, 'limit=7&offset=7')).toEqual({
      data: all.data.slice(7, 14),
      total_count: all.total_count,
    })
  })

  test('are filtered and ordered as users are, and by role', async () => {
    const { id } = await biggest()
    const { data } = await membersOf(id)
    const [one, two] = data.map((member) => member.public_user_data.user_id)
    const admins = data.filter(({ role }) => role === 'org:admin').map((member) => member.public_user_data.user_id)
    expect(userIds(await membersOf(id, `user_id=${two}&user_id=${one}&user_id=user_unknown`))).toEqual([one, two])
    expect(userIds(await membersOf(id, 'limit=500&role=org:admin&role=org:unknown'))).toEqual(admins)
    const email = (await client.user(present(two))).email_addresses[0]?.email_address ?? ''
    expect(userIds(await membersOf(id, `email_address=${encodeURIComponent(email)}`))).toEqual([two])
    expect(userIds(await membersOf(id, `query=${encodeURIComponent(email.slice(0, 9))}`))).toContain(two)
    const names = (await membersOf(id, 'limit=500&order_by=-first_name')).data.map(
      (member) => member.public_user_data.first_name,
    )
    const known = names.filter((name) => name !== null)
    expect(known).toEqual(known.toSorted((left, right) => (left < right ? 1 : -1)))
    expect(codesOf(await client.get<ErrorBody>(`/organizations/${id}/memberships?order_by=role`))).toEqual([
      422,
      'form_param_value_invalid order_by',
    ])
  })

  test('join once, up to the quota', async () => {
    const { body: organization } = await create({ name: 'Small', max_allowed_memberships: 2 })
    const users = [await newUser('one-'.concat('x')), await newUser('two-x'), await newUser('three-x')]
    const join = (user: ClerkUser | undefined, role = 'org:member') =>
      client.call<ClerkMembership & ErrorBody>('POST', `/organizations/${organization.id}/memberships`, {
        user_id: user?.id,
        role,
        public_metadata: { desk: 7 },
      })
    const { body } = await join(users[0])
    expect(body).toMatchObject({ role: 'org:member', role_name: 'Member', public_metadata: { desk: 7 } })
    expect(codesOf(await join(users[0]))).toEqual([400, 'already_a_member_in_organization'])
    expect(codesOf(await join(users[1], 'org:unknown'))).toEqual([404, 'resource_not_found'])
    expect((await join(users[1])).status).toBe(200)
    expect(codesOf(await join(users[2]))).toEqual([403, 'organization_membership_quota_exceeded'])
    await client.call('PATCH', `/organizations/${organization.id}`, { max_allowed_memberships: 0 })
    expect((await join(users[2])).status).toBe(200)
    expect((await membersOf(organization.id)).total_count).toBe(3)
  })

  test('change their role, and with it what they may do', async () => {
    const { id } = await biggest()
    const member = present((await membersOf(id, 'role=org:member')).data[0])
    const path = `/organizations/${id}/memberships/${member.public_user_data.user_id}`
    client.advance(9)
    const { body } = await client.call<ClerkMembership>('PATCH', path, { role: 'org:admin' })
    expect(body).toMatchObject({ id: member.id, role: 'org:admin', role_name: 'Admin', updated_at: startedAt + 9 })
    expect(body.permissions).toContain('org:sys_memberships:manage')
    expect((await membersOf(id)).data.find((candidate) => candidate.id === member.id)).toEqual(body)
  })

  test('leave, and the answer is the membership that was', async () => {
    const { id } = await biggest()
    const before = await membersOf(id)
    const member = present(before.data.find(({ role }) => role === 'org:member'))
    const path = `/organizations/${id}/memberships/${member.public_user_data.user_id}`
    expect((await client.call('DELETE', path)).body).toEqual(member)
    expect(codesOf(await client.call<ErrorBody>('DELETE', path))).toEqual([404, 'resource_not_found'])
    expect((await membersOf(id)).total_count).toBe(before.total_count - 1)
    const theirs = `/users/${member.public_user_data.user_id}/organization_memberships`
    expect((await client.get<Members>(theirs)).body.data.map(({ organization }) => organization.id)).not.toContain(id)
  })

  test('who are the last to run it neither leave nor step down', async () => {
    const { id: userId } = await newUser()
    const { body: organization } = await create({ name: 'One-man band', created_by: userId })
    const path = `/organizations/${organization.id}/memberships/${userId}`
    for (const [method, form] of [
      ['DELETE', undefined],
      ['PATCH', { role: 'org:member' }],
    ] as const) {
      const answer = await client.call<ErrorBody>(method, path, form)
      expect(codesOf(answer)).toEqual([400, 'organization_minimum_permissions_needed'])
    }
    expect((await client.call('PATCH', path, { role: 'org:admin' })).status).toBe(200)
  })
})

describe('invitations of a user', () => {
  test('are pending, accepted, revoked and expired, and filtered so', async () => {
    const seen = new Set<string>()
    for (const { id } of await client.everybody()) {
      const path = `/users/${id}/organization_invitations`
      const { data } = (await client.get<PageBody<ClerkOrganizationInvitation>>(path)).body
      for (const { status } of data) {
        seen.add(status)
        const { body } = await client.get<PageBody<ClerkOrganizationInvitation>>(`${path}?status=${status}`)
        const expected = data.filter((invitation) => invitation.status === status)
        expect(body).toEqual({ data: expected, total_count: expected.length })
      }
    }
    expect(seen).toEqual(new Set(['pending', 'accepted', 'revoked', 'expired']))
    const { id } = await client.somebody(() => true)
    expect((await client.get(`/users/${id}/organization_invitations?status=lost`)).status).toBe(422)
  })
})
