import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { totpCode } from '../../../src/sandbox/clerk/credentials.ts'
import { seededPassword, seededTotpSecret } from '../../../src/sandbox/clerk/seed/account.ts'
import type { ClerkApiKey, ClerkMembership, ClerkUser } from '../../../src/sandbox/clerk/wire.ts'
import {
  hasVendorDocuments,
  loadCoverage,
  loadOpenApi,
  needsVendorDocuments,
  type OpenApi,
} from '../../support/openapi.ts'
import { present } from '../../support/present.ts'
import { type ClerkTest, type PageBody, startClerk, startedAt } from './client.ts'

/** A successful call: the path after `/v1` and the body. Made for a sandbox of its own. */
type Drive = (client: ClerkTest) => Promise<{ readonly path: string; readonly body?: unknown }>

const onUser =
  (suffix: string, body?: unknown, holds: (user: ClerkUser) => boolean = () => true): Drive =>
  async (client) => ({ path: `/users/${(await client.somebody(holds)).id}${suffix}`, body })

const onPart =
  (part: 'passkeys' | 'web3_wallets' | 'external_accounts', idOf: (user: ClerkUser) => string | undefined): Drive =>
  async (client) => {
    const user = await client.somebody((candidate) => candidate[part].length > 0)
    return { path: `/users/${user.id}/${part}/${present(idOf(user))}` }
  }

const onEmail =
  (body?: unknown): Drive =>
  async (client) => {
    const { email_addresses: emails } = await client.somebody((user) => user.email_addresses.length > 1)
    return { path: `/email_addresses/${present(emails[1]).id}`, body }
  }

const onPhone =
  (body?: unknown): Drive =>
  async (client) => {
    const { phone_numbers: phones } = await client.somebody((user) => user.phone_numbers.length > 0)
    return { path: `/phone_numbers/${present(phones[0]).id}`, body }
  }

const onOrganization =
  (suffix = '', body?: unknown): Drive =>
  async (client) => ({ path: `/organizations/${present((await client.organizations()).at(-1)).id}${suffix}`, body })

/** Of somebody who does not run the organization. */
const onMembership =
  (body?: unknown): Drive =>
  async (client) => {
    const { path } = await onOrganization('/memberships')(client)
    const { data } = (await client.get<PageBody<ClerkMembership>>(`${path}?role=org:member`)).body
    return { path: `${path}/${present(data[0]).public_user_data.user_id}`, body }
  }

const onSession =
  (suffix = ''): Drive =>
  async (client) => {
    const user = await client.somebody((candidate) => candidate.last_sign_in_at !== null && !candidate.banned)
    return { path: `/sessions/${present((await client.sessionsOf(user.id))[0]).id}${suffix}` }
  }

const ownerOfKeys = async (client: ClerkTest): Promise<{ readonly userId: string; readonly key: ClerkApiKey }> => {
  for (const { id: userId } of await client.everybody()) {
    const { data } = (await client.get<PageBody<ClerkApiKey>>(`/api_keys?subject=${userId}`)).body
    if (data[0]) return { userId, key: data[0] }
  }
  throw new Error('nobody has a key')
}

const invited = async (client: ClerkTest): Promise<string> => {
  for (const { id } of await client.everybody()) {
    const { body } = await client.get<PageBody<object>>(`/users/${id}/organization_invitations`)
    if (body.data.length > 0) return id
  }
  throw new Error('nobody is invited')
}

const image = (): FormData => {
  const form = new FormData()
  form.set('file', new Blob(['png'], { type: 'image/png' }), 'me.png')
  return form
}

const drives: Readonly<Record<string, Drive>> = {
  'GET /users': async () => ({ path: '/users?limit=500' }),
  'GET /users/count': async () => ({ path: '/users/count?banned=true' }),
  'GET /users/{user_id}': onUser(''),
  'POST /users': async () => ({
    path: '/users',
    body: {
      email_address: ['new@example.test'],
      phone_number: ['+351910000001'],
      web3_wallet: ['0xabc'],
      username: 'newcomer',
      password: 'a passphrase',
      totp_secret: seededTotpSecret,
      backup_codes: ['one'],
      public_metadata: { a: 1 },
      created_at: '2024-01-01T00:00:00Z',
      locked: true,
    },
  }),
  'PATCH /users/{user_id}': onUser('', { first_name: 'Ada', username: null, password: 'a passphrase' }),
  'POST /users/{user_id}/profile_image': onUser('/profile_image', image()),
  'DELETE /users/{user_id}/profile_image': onUser('/profile_image'),
  'PATCH /users/{user_id}/metadata': onUser('/metadata', { public_metadata: { plan: null, deep: { er: 1 } } }),
  'PUT /users/{user_id}/metadata': onUser('/metadata', { private_metadata: {} }),
  'DELETE /users/{user_id}': onUser('', undefined, (user) => user.external_id !== null),
  'GET /users/{user_id}/oauth_access_tokens/{provider}': onUser(
    '/oauth_access_tokens/oauth_google',
    undefined,
    (user) => user.external_accounts.some(({ provider }) => provider === 'oauth_google'),
  ),
  'DELETE /users/{user_id}/mfa': onUser('/mfa', undefined, (user) => user.two_factor_enabled),
  'GET /users/{user_id}/organization_memberships': async (client) => {
    const path = (await onMembership()(client)).path
    return { path: `/users/${path.slice(path.lastIndexOf('/') + 1)}/organization_memberships` }
  },
  'GET /users/{user_id}/organization_invitations': async (client) => ({
    path: `/users/${await invited(client)}/organization_invitations`,
  }),
  'POST /users/{user_id}/verify_password': onUser(
    '/verify_password',
    { password: seededPassword },
    (user) => user.password_enabled,
  ),
  'POST /users/{user_id}/verify_totp': onUser(
    '/verify_totp',
    { code: totpCode(seededTotpSecret, startedAt) },
    (user) => user.totp_enabled,
  ),
  'POST /users/{user_id}/ban': onUser('/ban'),
  'POST /users/{user_id}/unban': onUser('/unban'),
  'POST /users/{user_id}/lock': onUser('/lock'),
  'POST /users/{user_id}/unlock': onUser('/unlock', undefined, (user) => user.locked),
  'DELETE /users/{user_id}/passkeys/{passkey_identification_id}': onPart('passkeys', (user) => user.passkeys[0]?.id),
  'DELETE /users/{user_id}/web3_wallets/{web3_wallet_identification_id}': onPart(
    'web3_wallets',
    (user) => user.web3_wallets[0]?.id,
  ),
  'DELETE /users/{user_id}/external_accounts/{external_account_id}': onPart('external_accounts', (user) => {
    const account = user.external_accounts[0]
    return account?.external_account_id ?? account?.id
  }),
  'DELETE /users/{user_id}/backup_code': onUser('/backup_code'),
  'DELETE /users/{user_id}/totp': onUser('/totp'),
  'POST /users/{user_id}/remove_password': onUser('/remove_password', undefined, (user) => user.password_enabled),
  'POST /users/{user_id}/password/set_compromised': onUser(
    '/password/set_compromised',
    { revoke_all_sessions: true },
    (user) => user.password_enabled,
  ),
  'POST /users/{user_id}/password/unset_compromised': onUser('/password/unset_compromised'),
  'PUT /users/{user_id}/email_address': onUser(
    '/email_address',
    { email_address: 'new@example.test', identification_status: 'reserved' },
    (user) => user.external_accounts.length === 0,
  ),
  'POST /email_addresses': async (client) => ({
    path: '/email_addresses',
    body: {
      user_id: (await client.somebody(() => true)).id,
      email_address: 'new@example.test',
      verified: true,
      primary: true,
    },
  }),
  'PATCH /email_addresses/{email_address_id}': onEmail({ verified: true, primary: true }),
  'DELETE /email_addresses/{email_address_id}': onEmail(),
  'POST /phone_numbers': async (client) => ({
    path: '/phone_numbers',
    body: { user_id: (await client.somebody(() => true)).id, phone_number: '+351910000001' },
  }),
  'PATCH /phone_numbers/{phone_number_id}': onPhone({ verified: true, reserved_for_second_factor: true }),
  'DELETE /phone_numbers/{phone_number_id}': onPhone(),
  'GET /sessions': async (client) => {
    const user = await client.somebody((candidate) => candidate.last_sign_in_at !== null && !candidate.banned)
    return { path: `/sessions?user_id=${user.id}&limit=500` }
  },
  'GET /sessions/{session_id}': onSession(),
  'POST /sessions/{session_id}/revoke': onSession('/revoke'),
  'GET /organizations': async () => ({
    path: '/organizations?include_members_count=true&include_missing_member_with_elevated_permissions=true',
  }),
  'GET /organizations/{organization_id}': onOrganization('?include_members_count=true'),
  'POST /organizations': async (client) => ({
    path: '/organizations',
    body: { name: 'Neue Küche', created_by: (await client.somebody(() => true)).id, private_metadata: { a: 1 } },
  }),
  'PATCH /organizations/{organization_id}': onOrganization('', { name: 'Renamed', max_allowed_memberships: 3 }),
  'DELETE /organizations/{organization_id}': onOrganization(),
  'PATCH /organizations/{organization_id}/metadata': onOrganization('/metadata', { public_metadata: { a: { b: 1 } } }),
  'PUT /organizations/{organization_id}/metadata': onOrganization('/metadata', { private_metadata: { a: 1 } }),
  'GET /organizations/{organization_id}/memberships': onOrganization('/memberships?limit=500'),
  'POST /organizations/{organization_id}/memberships': async (client) => {
    const { body } = await client.call<ClerkUser>('POST', '/users', { username: 'newcomer' })
    return onOrganization('/memberships', { user_id: body.id, role: 'org:member' })(client)
  },
  'PATCH /organizations/{organization_id}/memberships/{user_id}': onMembership({ role: 'org:admin' }),
  'DELETE /organizations/{organization_id}/memberships/{user_id}': onMembership(),
  'GET /api_keys': async (client) => ({ path: `/api_keys?subject=${(await ownerOfKeys(client)).userId}` }),
  'POST /api_keys/{apiKeyID}/revoke': async (client) => ({
    path: `/api_keys/${(await ownerOfKeys(client)).key.id}/revoke`,
    body: { revocation_reason: 'lost' },
  }),
}

/** Beyond the coverage: what tokens, adapters and the package also need. */
const others: Readonly<Record<string, Drive>> = {
  'GET /jwks': async () => ({ path: '/jwks' }),
  'POST /sessions': async (client) => ({
    path: '/sessions',
    body: { user_id: (await client.somebody(() => true)).id },
  }),
  'POST /sessions/{session_id}/tokens': onSession('/tokens'),
  'GET /email_addresses/{email_address_id}': onEmail(),
  'GET /phone_numbers/{phone_number_id}': onPhone(),
  'GET /api_keys/{apiKeyID}': async (client) => ({ path: `/api_keys/${(await ownerOfKeys(client)).key.id}` }),
}

describe.skipIf(!hasVendorDocuments)(`answers fit Clerk's API description (${needsVendorDocuments})`, () => {
  let description: OpenApi
  let client: ClerkTest
  beforeAll(async () => {
    description = loadOpenApi('clerk')
    client = await startClerk()
  })
  afterAll(() => client.close())

  test('every route of the coverage is driven', () => {
    const { must, may } = loadCoverage('clerk')
    const covered = [...must, ...may].map((route) => route.join(' '))
    expect(Object.keys(drives).toSorted()).toEqual(covered.toSorted())
  })

  test.for(Object.entries({ ...drives, ...others }))('%s', async ([route, drive]) => {
    const [method = '', template = ''] = route.split(' ')
    const own = await startClerk()
    const { path, body } = await drive(own)
    own.clearCalls()
    const answer = await own.call(method, path, body)
    const calls = own.calls()
    await own.close()
    // Counted, and matched by faults, under the description's own template.
    expect(calls).toEqual({ [`clerk ${route}`]: 1 })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(description.hasResponseSchema(method, template)).toBe(true)
    expect(description.validateResponse(method, template, answer.status, answer.body)).toEqual([])
    // An empty list would fit whatever its items look like.
    expect(answer.body).not.toEqual([])
    expect(answer.body).not.toMatchObject({ data: [] })
  })

  test('everybody', async () => {
    const everybody = await client.everybody()
    expect(everybody.length).toBeGreaterThan(50)
    expect(description.validateResponse('GET', '/users', 200, everybody)).toEqual([])
  })

  test("everybody's sessions, keys, invitations and memberships", async () => {
    for (const { id } of await client.everybody()) {
      for (const [template, path] of [
        ['/sessions', `/sessions?user_id=${id}&limit=500`],
        ['/api_keys', `/api_keys?subject=${id}&include_invalid=true&limit=100`],
        ['/users/{user_id}/organization_invitations', `/users/${id}/organization_invitations`],
        ['/users/{user_id}/organization_memberships', `/users/${id}/organization_memberships`],
      ] as const) {
        const { body } = await client.get(path)
        expect(description.validateResponse('GET', template, 200, body)).toEqual([])
      }
    }
  })

  test.for([
    ['GET', '/users', '/users?order_by=shoe_size', undefined, 422],
    ['GET', '/users', '/users?user_id=', undefined, 401],
    ['GET', '/users/{user_id}', '/users/nobody', undefined, 404],
    ['POST', '/users', '/users', { shoe_size: 44 }, 422],
    ['POST', '/users', '/users', '{', 400],
    ['GET', '/sessions', '/sessions', undefined, 400],
    ['GET', '/organizations/{organization_id}', '/organizations/nobody', undefined, 404],
    ['GET', '/api_keys', '/api_keys?subject=nobody', undefined, 400],
    ['POST', '/api_keys/{apiKeyID}/revoke', '/api_keys/nobody/revoke', {}, 404],
  ] as const)('the error of %s %s: %s', async ([method, template, path, body, status]) => {
    const answer = await client.call(method, path, body, status === 401 ? { authorization: 'Bearer other' } : {})
    expect(answer.status).toBe(status)
    expect(description.validateResponse(method, template, status, answer.body)).toEqual([])
  })
})
