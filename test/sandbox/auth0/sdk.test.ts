import { createManagementAuth } from 'auth0/management'
import { GroupsClient } from 'auth0/groups'
import { OrganizationsClient } from 'auth0/organizations'
import { RolesClient } from 'auth0/roles'
import { SessionsClient } from 'auth0/sessions'
import { UserGrantsClient } from 'auth0/userGrants'
import { UsersClient } from 'auth0/users'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSandbox, type TestSandbox } from '../../support/sandbox.ts'

type ClientOptions = ConstructorParameters<typeof UsersClient>[0]

let sandbox: TestSandbox
let options: ClientOptions

beforeAll(async () => {
  sandbox = await startSandbox()
  const { environment, origin } = sandbox
  const domain = environment['AUTH0_DOMAIN'] ?? ''
  const toSandbox: typeof fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    return fetch(url.replace(`https://${domain}`, `${origin}/auth0`), init)
  }
  const auth = createManagementAuth({
    domain,
    clientId: environment['AUTH0_CLIENT_ID'] ?? '',
    clientSecret: environment['AUTH0_CLIENT_SECRET'] ?? '',
    fetch: toSandbox,
  })
  options = { ...auth.clientOptions, fetch: toSandbox, maxRetries: 0 }
})
afterAll(() => sandbox.close())

describe("the vendor's own package", () => {
  it('gets a token and walks all pages of users', async () => {
    const users = new UsersClient(options)
    const ids: (string | undefined)[] = []
    for await (const user of await users.list({ per_page: 20, search_engine: 'v3' })) ids.push(user.user_id)
    expect(ids.length).toBeGreaterThan(40)
    expect(new Set(ids).size).toBe(ids.length)
    expect(sandbox.calls('auth0')['auth0 POST /oauth/token']).toBe(1)
  })

  it('encodes ids with pipes, slashes, spaces and other scripts', async () => {
    const users = new UsersClient(options)
    const page = await users.list({ per_page: 100, q: 'user_id:samlp*', search_engine: 'v3' })
    expect(page.data.length).toBeGreaterThan(0)
    for (const { user_id: id = '' } of page.data) expect(await users.get(id)).toHaveProperty('user_id', id)
  })

  it('reads lists of both kinds of paging with the parameters that it adds', async () => {
    const users = new UsersClient(options)
    const [first] = (await users.list({ per_page: 1 })).data
    const id = first?.user_id ?? ''
    const pages = await Promise.all([
      users.roles.list(id),
      users.organizations.list(id),
      users.groups.get(id),
      users.permissions.list(id),
      users.authenticationMethods.list(id),
      users.sessions.list(id),
      users.refreshToken.list(id),
      users.logs.list(id),
      new UserGrantsClient(options).list({ user_id: id }),
      new RolesClient(options).list(),
      new OrganizationsClient(options).list(),
      new GroupsClient(options).list(),
    ])
    for (const page of pages) expect(Array.isArray(page.data)).toBe(true)
    const groups = new GroupsClient(options)
    const [group] = (await groups.list()).data
    expect((await groups.members.get(group?.id ?? '')).data.length).toBeGreaterThan(0)
  })

  it('writes, with bodies in deletions and empty ones in posts', async () => {
    const users = new UsersClient(options)
    const roles = new RolesClient(options)
    const user = await users.create({ connection: 'email', email: 'sdk@example.test' })
    const id = user.user_id ?? ''
    const role = await roles.create({ name: 'made by the package' })
    await users.roles.assign(id, { roles: [role.id ?? ''] })
    await users.roles.delete(id, { roles: [role.id ?? ''] })
    expect((await users.roles.list(id)).data).toEqual([])
    await users.sessions.delete(id)
    await users.revokeAccess(id)
    await roles.delete(role.id ?? '')
    await users.delete(id)
    await expect(users.get(id)).rejects.toMatchObject({ statusCode: 404, body: { errorCode: 'inexistent_user' } })
    await expect(new SessionsClient(options).get('none')).rejects.toMatchObject({ statusCode: 404 })
  })
})
