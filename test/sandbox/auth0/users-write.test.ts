import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allUsers, type ManagementApi, pathOf, startManagementApi, type User, userWith } from './management-api.ts'

const database = 'Username-Password-Authentication'
const start = Date.UTC(2026, 6, 1, 12)

let now = start
let api: ManagementApi

beforeEach(async () => {
  now = start
  api = await startManagementApi({ now: () => now })
})
afterEach(() => api.close())

const create = (members: object = {}): Promise<User> =>
  api.expectStatus(201, 'POST', '/users', {
    connection: database,
    email: 'Nova@Example.test',
    password: 'correct horse',
    ...members,
  })

const isDatabaseUser = (user: User): boolean => user.identities[0]?.connection === database && user.email !== undefined

describe('creating a user', () => {
  it('answers the user with what the vendor makes up, and the next reads show it', async () => {
    const before = await allUsers(api)
    const user = await create({ app_metadata: { plan: 'team' } })
    expect(user).toMatchObject({
      user_id: expect.stringMatching(/^auth0\|[0-9a-f]{24}$/),
      email: 'nova@example.test',
      email_verified: false,
      name: 'nova@example.test',
      nickname: 'nova',
      app_metadata: { plan: 'team' },
      created_at: '2026-07-01T12:00:00.000Z',
      updated_at: '2026-07-01T12:00:00.000Z',
    })
    expect(user.picture).toMatch(/^https:\/\/s\.gravatar\.com\//)
    for (const absent of [
      'user_metadata',
      'blocked',
      'last_login',
      'logins_count',
      'last_password_reset',
      'password',
    ]) {
      expect(user).not.toHaveProperty(absent)
    }
    expect(await api.get(pathOf(user))).toEqual(user)
    expect(await allUsers(api)).toHaveLength(before.length + 1)
    expect((await allUsers(api)).at(-1)).toEqual(user)
    expect(await api.get(pathOf(user, '/sessions'))).toEqual({ sessions: [] })
  })

  it('takes a chosen local id, and signs up to the other connections that have sign-up', async () => {
    expect((await create({ user_id: 'crm.42' })).user_id).toBe('auth0|crm.42')
    expect(await api.expectStatus(201, 'POST', '/users', { connection: 'sms', phone_number: '+441234' })).toMatchObject(
      {
        user_id: expect.stringMatching(/^sms\|/),
        phone_number: '+441234',
      },
    )
  })

  it('is a conflict when the connection has the address already, but not in another connection', async () => {
    await create()
    const again = { connection: database, email: 'nova@example.test', password: 'correct horse' }
    expect(await api.expectStatus(409, 'POST', '/users', again)).toEqual({
      statusCode: 409,
      error: 'Conflict',
      message: 'The user already exists.',
      errorCode: 'auth0_idp_error',
    })
    await api.expectStatus(201, 'POST', '/users', { connection: 'email', email: 'nova@example.test' })
    expect(await api.get('/users-by-email?email=nova@example.test')).toHaveLength(2)
  })

  it.each([
    [
      { nick: 'x' },
      'invalid_body',
      "Payload validation error: 'Additional properties not allowed: nick' on property <root>.",
    ],
    [{ email: 'nobody' }, 'invalid_body', "'Object didn't pass validation for format email: nobody' on property email"],
    [{ email: undefined }, 'invalid_body', "'Missing required property: email' on property <root>"],
    [{ password: undefined }, 'invalid_body', "'Missing required property: password' on property <root>"],
    [{ connection: undefined }, 'invalid_body', "'Missing required property: connection' on property <root>"],
    [
      { given_name: 'x'.repeat(151) },
      'invalid_body',
      "'String is too long (151 chars), maximum 150' on property given_name",
    ],
    [{ user_id: 'a b' }, 'invalid_body', 'on property user_id'],
    [
      { phone_number: '0123' },
      'invalid_body',
      "'String does not match pattern ^\\+[0-9]{1,15}$: 0123' on property phone_number",
    ],
    [{ blocked: 'yes' }, 'invalid_body', "'Expected type boolean but found type string' on property blocked"],
    [{ password: 'short' }, 'auth0_idp_error', 'PasswordStrengthError: Password is too weak'],
    [{ connection: 'nowhere' }, 'inexistent_connection', 'The connection does not exist.'],
    [{ connection: 'google-oauth2' }, 'operation_not_supported', 'neither a database nor passwordless'],
  ])('refuses %j', async (members, errorCode, message) => {
    const body = { connection: database, email: 'nova@example.test', password: 'correct horse', ...members }
    const answer = await api.expectStatus(400, 'POST', '/users', body)
    expect(answer).toMatchObject({ statusCode: 400, error: 'Bad Request', errorCode })
    expect(answer).toMatchObject({ message: expect.stringContaining(message) })
  })

  it('refuses a body that is not JSON', async () => {
    const response = await fetch(`${api.sandbox.environment['AUTH0_BASE_URL']}/api/v2/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
      body: '{"connection":',
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ statusCode: 400, errorCode: 'invalid_body' })
  })
})

describe('changing a user', () => {
  it('merges metadata at the first level, deletes what is null and empties what is {}', async () => {
    const user = await create({ user_metadata: { a: { x: 1 }, b: 2 }, app_metadata: { c: 3 } })
    now += 1000
    const merged = await api.expectStatus<User>(200, 'PATCH', pathOf(user), {
      user_metadata: { a: { y: 2 }, b: null, d: [] },
    })
    expect(merged.user_metadata).toEqual({ a: { y: 2 }, d: [] })
    expect(merged.app_metadata).toEqual({ c: 3 })
    expect(merged.updated_at).toBe('2026-07-01T12:00:01.000Z')
    const emptied = await api.expectStatus<User>(200, 'PATCH', pathOf(user), { app_metadata: {} })
    expect(emptied.app_metadata).toEqual({})
    expect(await api.get(pathOf(user))).toEqual(emptied)
  })

  it('unsets what is null', async () => {
    const user = await create({ given_name: 'No', family_name: 'Va', picture: 'https://img.example.test/n.png' })
    const changed = await api.expectStatus<User>(200, 'PATCH', pathOf(user), { given_name: null, picture: null })
    expect(changed).not.toHaveProperty('given_name')
    expect(changed).not.toHaveProperty('picture')
    expect(changed).toHaveProperty('family_name', 'Va')
  })

  it('makes a new address an unverified one, found by the new and no longer by the old', async () => {
    const user = await userWith(api, (candidate) => isDatabaseUser(candidate) && candidate.email_verified)
    const changed = await api.expectStatus<User>(200, 'PATCH', pathOf(user), { email: 'Moved@Example.test' })
    expect(changed).toMatchObject({ email: 'moved@example.test', email_verified: false })
    expect(await api.get('/users-by-email?email=moved@example.test')).toEqual([changed])
    const old = await api.get<User[]>(`/users-by-email?email=${encodeURIComponent(user.email ?? '')}`)
    expect(old.map(({ user_id: id }) => id)).not.toContain(user.user_id)
    expect(
      await api.expectStatus(200, 'PATCH', pathOf(user), { email: 'sure@example.test', email_verified: true }),
    ).toMatchObject({ email_verified: true })
  })

  it('blocks and unblocks', async () => {
    const user = await create()
    expect(await api.expectStatus(200, 'PATCH', pathOf(user), { blocked: true })).toMatchObject({ blocked: true })
    expect(await api.get(`/users?q=blocked:true AND user_id:"${user.user_id}"`)).toHaveLength(1)
    expect(await api.expectStatus(200, 'PATCH', pathOf(user), { blocked: false })).toMatchObject({ blocked: false })
  })

  it('dates a new password', async () => {
    const user = await create()
    const changed = await api.expectStatus<User>(200, 'PATCH', pathOf(user), { password: 'battery staple' })
    expect(changed.last_password_reset).toBe('2026-07-01T12:00:00.000Z')
    expect(JSON.stringify(changed)).not.toContain('battery')
  })

  it.each([
    [{ password: 'long enough', email: 'a@b.test' }],
    [{ password: 'long enough', email_verified: true }],
    [{ username: 'u', email: 'a@b.test' }],
    [{ username: 'u', email_verified: true }],
    [{ username: 'u', password: 'long enough' }],
  ])('refuses the combination %j', async (changes) => {
    const user = await create()
    const answer = await api.expectStatus(400, 'PATCH', pathOf(user), changes)
    expect(answer).toMatchObject({ message: expect.stringContaining('simultaneously') })
    expect(await api.get(pathOf(user))).toEqual(user)
  })

  it('refuses what the connection does not allow', async () => {
    const google = await userWith(api, (user) => user.identities[0]?.provider === 'google-oauth2')
    await api.expectStatus(400, 'PATCH', pathOf(google), { email: 'other@example.test' })
    await api.expectStatus(400, 'PATCH', pathOf(google), { password: 'long enough' })
    const saml = await userWith(api, (user) => user.identities[0]?.provider === 'samlp')
    await api.expectStatus(400, 'PATCH', pathOf(saml), { email_verified: true })
    const user = await create()
    await api.expectStatus(400, 'PATCH', pathOf(user), { username: 'nova' })
    const other = await create({ email: 'other@example.test' })
    expect(await api.expectStatus(400, 'PATCH', pathOf(other), { email: 'nova@example.test' })).toMatchObject({
      errorCode: 'auth0_idp_error',
    })
  })

  it('is a 404 for nobody', async () => {
    expect(await api.expectStatus(404, 'PATCH', '/users/auth0%7Cnobody', { name: 'x' })).toMatchObject({
      errorCode: 'inexistent_user',
    })
  })
})

describe('deleting a user', () => {
  it('takes everything with it, and is a 204 for nobody too', async () => {
    const organizations = await api.get<readonly { readonly id: string }[]>('/organizations')
    const members = `/organizations/${organizations[0]?.id}/members?per_page=100`
    const [member] = await api.get<readonly User[]>(members)
    if (!member) throw new Error('the first organization has members')
    await api.expectStatus(204, 'DELETE', pathOf(member))
    await api.expectStatus(404, 'GET', pathOf(member))
    await api.expectStatus(404, 'GET', pathOf(member, '/sessions'))
    const left = await api.get<readonly User[]>(members)
    expect(left.map((user) => user.user_id)).not.toContain(member.user_id)
    expect(await api.get(`/grants?user_id=${encodeURIComponent(member.user_id)}`)).toEqual([])
    await api.expectStatus(204, 'DELETE', pathOf(member))
  })

  it('leaves lists correct', async () => {
    const before = await allUsers(api)
    const created = await create()
    await api.expectStatus(204, 'DELETE', pathOf(before[5] ?? created))
    const after = await allUsers(api)
    expect(after.map((user) => user.user_id)).toEqual(
      [...before.slice(0, 5), ...before.slice(6), created].map((user) => user.user_id),
    )
    const totals = await api.get<{ total: number }>('/users?per_page=1&include_totals=true')
    expect(totals.total).toBe(after.length)
  })

  it('is undone by a reset', async () => {
    const before = await allUsers(api)
    await api.expectStatus(204, 'DELETE', pathOf(before[0] ?? { user_id: '' }))
    api.sandbox.sandbox.reset()
    expect(await allUsers(api)).toEqual(before)
  })
})

describe('identities', () => {
  it('of another account join the primary one, which ends the other', async () => {
    const [primary, secondary] = (await allUsers(api)).filter(isDatabaseUser)
    if (!primary || !secondary) throw new Error('there are several database users')
    const identities = await api.expectStatus<User['identities']>(201, 'POST', pathOf(primary, '/identities'), {
      provider: 'auth0',
      user_id: secondary.identities[0]?.user_id,
    })
    expect(identities).toHaveLength(primary.identities.length + secondary.identities.length)
    expect(identities[primary.identities.length]).toMatchObject({
      ...secondary.identities[0],
      profileData: { email: secondary.email },
    })
    expect((await api.get<User>(pathOf(primary))).identities).toEqual(identities)
    await api.expectStatus(404, 'GET', pathOf(secondary))
    await api.expectStatus(409, 'POST', pathOf(primary, '/identities'), {
      provider: 'auth0',
      user_id: secondary.identities[0]?.user_id,
    })
  })

  it('that are unlinked become accounts of their own', async () => {
    const user = await userWith(api, ({ identities }) => identities.length === 2)
    const [first, second] = user.identities
    const rest = await api.expectStatus<User['identities']>(
      200,
      'DELETE',
      pathOf(user, `/identities/${second?.provider}/${second?.user_id}`),
    )
    expect(rest).toEqual([first])
    expect(await api.get(`/users/${second?.provider}%7C${second?.user_id}`)).toMatchObject({
      email: second?.profileData?.['email'],
      identities: [{ provider: second?.provider, user_id: second?.user_id }],
    })
  })

  it('cannot be linked from nobody or unlinked when primary', async () => {
    const user = await create()
    await api.expectStatus(404, 'POST', pathOf(user, '/identities'), { provider: 'auth0', user_id: 'nobody' })
    await api.expectStatus(400, 'POST', pathOf(user, '/identities'), { provider: 'auth0' })
    await api.expectStatus(400, 'DELETE', pathOf(user, `/identities/auth0/${user.identities[0]?.user_id}`))
  })

  it('that are linked are changed by naming their connection', async () => {
    const [primary, secondary] = (await allUsers(api)).filter(isDatabaseUser)
    const google = await userWith(
      api,
      ({ identities }) => identities.length === 1 && identities[0]?.provider === 'google-oauth2',
    )
    if (!primary || !secondary) throw new Error('there are several database users')
    const linking = { provider: 'auth0', user_id: secondary.identities[0]?.user_id }
    await api.expectStatus(201, 'POST', pathOf(google, '/identities'), linking)
    const changed = await api.expectStatus<User>(200, 'PATCH', pathOf(google), {
      connection: database,
      email: 'linked@example.test',
    })
    expect(changed.email).toBe(google.email)
    expect(changed.identities[1]?.profileData).toMatchObject({ email: 'linked@example.test', email_verified: false })
  })
})
