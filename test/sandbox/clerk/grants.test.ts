import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ClerkApiKey, ClerkOauthToken } from '../../../src/sandbox/clerk/wire.ts'
import { present } from '../../support/present.ts'
import { type ClerkTest, codesOf, type ErrorBody, type PageBody, startClerk, startedAt } from './client.ts'

const hour = 3_600_000

let client: ClerkTest
beforeEach(async () => {
  client = await startClerk()
})
afterEach(() => client.close())

const keysOf = async (subject: string, query = ''): Promise<PageBody<ClerkApiKey>> =>
  (await client.get<PageBody<ClerkApiKey>>(`/api_keys?subject=${subject}${query}`)).body

const everyKey = async (): Promise<readonly ClerkApiKey[]> => {
  const users = await client.everybody()
  const pages = await Promise.all(users.map(({ id }) => keysOf(id, '&include_invalid=true&limit=100')))
  return pages.flatMap(({ data }) => data)
}

describe('the tokens of an account at another service', () => {
  const tokensOf = async (
    provider: string,
  ): Promise<{ readonly path: string; readonly tokens: readonly ClerkOauthToken[] }> => {
    const user = await client.somebody(({ external_accounts: accounts }) =>
      accounts.some((account) => account.provider === provider),
    )
    const path = `/users/${user.id}/oauth_access_tokens/${provider}`
    return { path, tokens: (await client.get<readonly ClerkOauthToken[]>(path)).body }
  }

  test.for(['oauth_google', 'oauth_github', 'oauth_facebook', 'oauth_custom_acme'])(
    'at %s name the account by its own id',
    async (provider) => {
      const { tokens } = await tokensOf(provider)
      expect(tokens.length).toBeGreaterThan(0)
      for (const token of tokens) {
        expect(token).toMatchObject({ object: 'oauth_access_token', provider })
        expect(token.external_account_id).toMatch(/^eac_\w{27}$/)
        expect(token.scopes.length).toBeGreaterThan(0)
      }
    },
  )

  test('are two for who has two accounts, each page with the total', async () => {
    const user = await client.somebody(
      ({ external_accounts: accounts }) => accounts.filter(({ provider }) => provider === 'oauth_google').length > 1,
    )
    const path = `/users/${user.id}/oauth_access_tokens/oauth_google?paginated=true`
    const { body } = await client.get<PageBody<ClerkOauthToken>>(path)
    expect(body.total_count).toBe(2)
    expect((await client.get(`${path}&limit=1&offset=1`)).body).toEqual({ data: body.data.slice(1), total_count: 2 })
  })

  test('are renewed as they run out, never expire, or stay expired', async () => {
    const google = await tokensOf('oauth_google')
    const github = await tokensOf('oauth_github')
    const facebook = await tokensOf('oauth_facebook')
    expect(google.tokens[0]?.expires_at).toBe(startedAt + hour)
    expect(github.tokens[0]?.expires_at).toBeNull()
    expect(facebook.tokens[0]?.expires_at).toBe(startedAt - hour)
    client.advance(hour)
    const renewed = present((await client.get<readonly ClerkOauthToken[]>(google.path)).body[0])
    expect(renewed.expires_at).toBe(startedAt + 2 * hour)
    expect(renewed.token).not.toBe(google.tokens[0]?.token)
    expect((await client.get(github.path)).body).toEqual(github.tokens)
  })

  test('are none without such an account, and refused for services that are off or none', async () => {
    const { id } = await client.somebody((user) => user.external_accounts.length === 0)
    const read = (provider: string) => client.get<ErrorBody>(`/users/${id}/oauth_access_tokens/${provider}`)
    expect((await read('oauth_google?paginated=true')).body).toEqual({ data: [], total_count: 0 })
    expect(codesOf(await read('oauth_myspace'))).toEqual([404, 'oauth_token_provider_not_enabled'])
    expect(codesOf(await read('google'))).toEqual([400, 'oauth_unsupported_provider'])
  })
})

describe('API keys', () => {
  test('are live, revoked and expired, and only the live are listed unasked', async () => {
    const keys = await everyKey()
    expect(keys.some((key) => key.revoked)).toBe(true)
    expect(keys.some((key) => key.expired && !key.revoked)).toBe(true)
    for (const subject of new Set(keys.map((key) => key.subject))) {
      const live = keys.filter((key) => key.subject === subject && !key.revoked && !key.expired)
      expect(await keysOf(subject, '&limit=100')).toEqual({ data: live, total_count: live.length })
    }
    expect(JSON.stringify(keys)).not.toContain('secret')
  })

  test('are cut into pages of ten', async () => {
    const keys = await everyKey()
    const subject = present(
      keys.find((key) => keys.filter((other) => other.subject === key.subject).length > 10),
    ).subject
    const all = keys.filter((key) => key.subject === subject)
    expect(await keysOf(subject, '&include_invalid=true')).toEqual({ data: all.slice(0, 10), total_count: all.length })
    expect((await keysOf(subject, '&include_invalid=true&limit=3&offset=9')).data).toEqual(all.slice(9, 12))
  })

  test('are searched by name and id', async () => {
    const key = present((await everyKey()).find(({ name }) => name.includes('№')))
    const search = async (text: string) =>
      (await keysOf(key.subject, `&include_invalid=true&query=${encodeURIComponent(text)}`)).data
    expect(await search(key.id)).toEqual([key])
    expect(await search(key.name.toLowerCase())).toContainEqual(key)
    expect(await search('nothing')).toEqual([])
  })

  test('expire by themselves', async () => {
    const key = present(
      (await everyKey()).find(({ expiration, revoked, expired }) => expiration !== null && !revoked && !expired),
    )
    client.advance((key.expiration ?? 0) - startedAt)
    expect((await client.get(`/api_keys/${key.id}`)).body).toEqual({ ...key, expired: true })
  })

  test.for([
    ['', 'subject'],
    ['?subject=user_short', 'subject'],
    ['?subject=user_000000000000000000000000000&limit=101', 'limit'],
    ['?subject=user_000000000000000000000000000&offset=-1', 'offset'],
    ['?subject=user_000000000000000000000000000&include_invalid=yes', 'include_invalid'],
  ])('are not listed for %j', async ([query = '', name = '']) => {
    const answer = await client.get<ErrorBody>(`/api_keys${query}`)
    expect(codesOf(answer)).toEqual([400, 'bad_request'])
    expect(answer.body.errors[0]?.long_message).toContain(`url_parameter.${name}`)
  })

  test('are none for nobody, and for organizations', async () => {
    expect(await keysOf('user_000000000000000000000000000')).toEqual({ data: [], total_count: 0 })
    expect(await keysOf(present((await client.organizations())[0]).id)).toEqual({ data: [], total_count: 0 })
  })

  test('are revoked, once, with a reason', async () => {
    const key = present((await everyKey()).find(({ revoked, expired }) => !revoked && !expired))
    const revoke = async (form?: object) => client.call<ErrorBody>('POST', `/api_keys/${key.id}/revoke`, form)
    expect(codesOf(await revoke())).toEqual([400, 'bad_request'])
    client.advance(4)
    const { body } = await revoke({ revocation_reason: 'lost' })
    expect(body).toEqual({ ...key, revoked: true, revocation_reason: 'lost', updated_at: startedAt + 4 })
    expect((await keysOf(key.subject, '&limit=100')).data.map(({ id }) => id)).not.toContain(key.id)
    expect((await revoke({ revocation_reason: 'again' })).body).toEqual(body)
    expect(codesOf(await client.call<ErrorBody>('POST', '/api_keys/ak_unknown/revoke', {}))).toEqual([
      404,
      'resource_not_found',
    ])
  })
})
