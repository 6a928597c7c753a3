import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allUsers, type ManagementApi, pathOf, startManagementApi, type User } from './management-api.ts'

interface Method {
  readonly id: string
  readonly type: string
}

let api: ManagementApi
beforeEach(async () => {
  api = await startManagementApi()
})
afterEach(() => api.close())

const methodsOf = (user: User): Promise<readonly Method[]> => api.get(pathOf(user, '/authentication-methods'))

/** Somebody with all of these types of methods. */
const userWithMethods = async (...types: readonly string[]): Promise<{ user: User; methods: readonly Method[] }> => {
  for (const user of await allUsers(api)) {
    const methods = await methodsOf(user)
    if (types.every((type) => methods.some((method) => method.type === type))) return { user, methods }
  }
  throw new Error(`nobody has ${types.join(' and ')}`)
}

describe('authentication methods', () => {
  it('are removed one by one', async () => {
    const { user, methods } = await userWithMethods('totp', 'recovery-code')
    const [method, ...rest] = methods
    const path = pathOf(user, `/authentication-methods/${encodeURIComponent(method?.id ?? '')}`)
    await api.expectStatus(204, 'DELETE', path)
    expect(await methodsOf(user)).toEqual(rest)
    await api.expectStatus(404, 'DELETE', path)
  })

  it('are removed all at once but for a password', async () => {
    const { user } = await userWithMethods('password', 'recovery-code')
    await api.expectStatus(204, 'DELETE', pathOf(user, '/authentication-methods'))
    expect((await methodsOf(user)).map(({ type }) => type)).toEqual(['password'])
    expect(await api.get(pathOf(user))).not.toHaveProperty('multifactor')
  })

  it('that are second factors are removed apart from passkeys', async () => {
    const { user } = await userWithMethods('passkey', 'recovery-code')
    await api.expectStatus(204, 'DELETE', pathOf(user, '/authenticators'))
    expect((await methodsOf(user)).every(({ type }) => type === 'passkey' || type === 'password')).toBe(true)
  })

  it('of the legacy provider are removed by its name, which is one of two', async () => {
    const { user, methods } = await userWithMethods('totp')
    await api.expectStatus(204, 'DELETE', pathOf(user, '/multifactor/google-authenticator'))
    expect(await methodsOf(user)).toEqual(methods.filter(({ type }) => type !== 'totp'))
    await api.expectStatus(400, 'DELETE', pathOf(user, '/multifactor/guardian'))
  })

  it('appear as an enrollment in the older view, and go with it', async () => {
    const { user, methods } = await userWithMethods('push')
    const [enrollment] = await api.get<readonly Method[]>(pathOf(user, '/enrollments'))
    expect(enrollment).toMatchObject({ id: expect.stringMatching(/^dev_/), status: 'confirmed' })
    await api.expectStatus(204, 'DELETE', `/guardian/enrollments/${enrollment?.id}`)
    expect(await methodsOf(user)).toEqual(methods.filter(({ id }) => !id.endsWith(`|${enrollment?.id}`)))
    expect(await api.expectStatus(404, 'DELETE', `/guardian/enrollments/${enrollment?.id}`)).toMatchObject({
      errorCode: 'enrollment_not_found',
    })
  })
})

describe('recovery codes', () => {
  it('are new each time, and only for those who are enrolled', async () => {
    const { user } = await userWithMethods('recovery-code')
    const path = pathOf(user, '/recovery-code-regeneration')
    const first = await api.expectStatus<{ recovery_code: string }>(200, 'POST', path, {})
    const second = await api.expectStatus<{ recovery_code: string }>(200, 'POST', path, {})
    expect(first.recovery_code).toMatch(/^[0-9A-Z]{24}$/)
    expect(second.recovery_code).not.toBe(first.recovery_code)
    const fresh = await api.expectStatus<User>(201, 'POST', '/users', { connection: 'email', email: 'f@example.test' })
    await api.expectStatus(404, 'POST', pathOf(fresh, '/recovery-code-regeneration'), {})
  })
})

describe('brute-force blocks', () => {
  it('are lifted by id and by identifier, without touching the administrator block', async () => {
    const users = await allUsers(api)
    const blocks = await Promise.all(
      users.map((user) =>
        api.get<{ blocked_for: readonly object[] }>(`/user-blocks/${encodeURIComponent(user.user_id)}`),
      ),
    )
    const locked = users.filter((user, index) => blocks[index]?.blocked_for.length && user.email !== undefined)
    const [one, two] = locked
    if (!one || !two) throw new Error('several users are locked')
    const byIdentifier = (user: User): string => `/user-blocks?identifier=${encodeURIComponent(user.email ?? '')}`
    expect(await api.get(byIdentifier(one))).toEqual(blocks[users.indexOf(one)])
    await api.expectStatus(204, 'DELETE', `/user-blocks/${encodeURIComponent(one.user_id)}`)
    await api.expectStatus(204, 'DELETE', byIdentifier(two))
    for (const user of [one, two]) {
      expect(await api.get(`/user-blocks/${encodeURIComponent(user.user_id)}`)).toEqual({ blocked_for: [] })
      expect(await api.get(pathOf(user))).toEqual(user)
    }
  })

  it('stay when `blocked` is set to false', async () => {
    const users = await allUsers(api)
    for (const user of users) {
      const path = `/user-blocks/${encodeURIComponent(user.user_id)}`
      const before = await api.get<{ blocked_for: readonly object[] }>(path)
      if (before.blocked_for.length === 0) continue
      await api.expectStatus(200, 'PATCH', pathOf(user), { blocked: false })
      expect(await api.get(path)).toEqual(before)
      return
    }
    throw new Error('nobody is locked')
  })
})
