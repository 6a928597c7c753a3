import { afterEach, describe, expect, it } from 'vitest'
import type { UserHandle } from '../../../src/identity/provider.ts'
import { testCall } from '../../support/sandbox.ts'
import { type HandMadeUpstream, type SeenRequest, startUpstream } from './hand-made-upstream.ts'

const ada = 'user_35Ky9Pf34qY6Nb3wWD25RQ4F5ZA'
const bea = 'user_35Ky9Pf34qY6Nb3wWD25RQ4F5ZB'
const eve = 'user_35Ky9Pf34qY6Nb3wWD25RQ4F5ZE'

const user = (id: string, fields: object = {}) => ({ id, object: 'user', banned: false, locked: false, ...fields })
const number = (phone: string) => ({ phone_numbers: [{ id: 'idn_1', phone_number: phone }] })
const email = (address: string) => ({ id: 'idn_1', email_address: address, verification: { status: 'verified' } })

const session = (id: string, user_id: string) => ({ id, user_id, client_id: 'client_1', status: 'active' })

const organization = (id: string) => ({ object: 'organization', id, name: id, members_count: 1 })
const membership = (organizationId: string, userId: string) => ({
  object: 'organization_membership',
  id: `orgmem_${organizationId}`,
  role: 'org:member',
  organization: organization(organizationId),
  public_user_data: { user_id: userId, first_name: 'X', last_name: null },
  created_at: 1,
})

const account = (id: string, service: string) => ({ id, provider: service, provider_user_id: id })
const accounts = [account('eac_g', 'oauth_google'), account('eac_h', 'oauth_github')]
const token = (id: string) => ({ object: 'oauth_access_token', external_account_id: id, token: 'SECRET' })

const adaWithAccounts = async (provider: HandMadeUpstream['provider']): Promise<UserHandle> => {
  const [record] = await provider.users.getMany([ada], testCall())
  return { nativeId: ada, record: () => Promise.resolve(record ?? null) }
}

const key = (id: string, subject: string) => ({ object: 'api_key', id, subject, revoked: false, expired: false })

const handle = (id: string): UserHandle => ({
  nativeId: id,
  record: () => {
    throw new Error('not needed here')
  },
})

const page = { first: 10, after: null }
const newest = { field: 'createdAt', direction: 'desc' } as const

let upstream: HandMadeUpstream

const connect = async (answer: (request: SeenRequest) => unknown): Promise<HandMadeUpstream> => {
  upstream = await startUpstream((request) => ({ body: answer(request) }))
  return upstream
}

afterEach(() => upstream.close())

describe('users by id', () => {
  it('come from their own rows, whatever the order, and once each', async () => {
    const { provider } = await connect(() => [user(bea), user(ada), user(bea)])
    const users = await provider.users.getMany([ada, bea], testCall())
    expect(users.map((one) => one.nativeId).toSorted()).toEqual([ada, bea])
  })

  it('are never rows that nobody asked for', async () => {
    const { provider } = await connect(() => [user(eve), user(ada)])
    expect((await provider.users.getMany([ada, bea], testCall())).map((one) => one.nativeId)).toEqual([ada])
  })

  it('are a bad response when one is asked for and another comes', async () => {
    const { provider } = await connect(() => ({ ...user(eve), object: 'organization', name: 'x' }))
    const answered = { kind: 'badResponse', field: 'id' }
    await expect(provider.users.getMany([ada], testCall())).rejects.toMatchObject(answered)
    await expect(provider.groups?.getMany(['org_a'], testCall())).rejects.toMatchObject(answered)
  })

  it('are not asked for when the ids cannot exist', async () => {
    const { provider, requests } = await connect(() => [])
    const ids = [
      '',
      '.',
      '..',
      'user_',
      'user_a/../../x',
      'user_a?limit=500',
      '+user_a',
      '-user_a',
      'org_a',
      "user_'--",
    ]
    expect(await provider.users.getMany(ids, testCall())).toEqual([])
    expect(requests).toEqual([])
  })
})

describe('look-ups', () => {
  it('keep only those who carry an address that was asked for, compared without case', async () => {
    const { provider, requests } = await connect(() => [
      user(ada, { email_addresses: [email('Ada@Example.test')] }),
      user(eve, { email_addresses: [email('ada@example.test.evil.test')] }),
    ])
    const found = await provider.users.findByEmails?.(['ADA@example.test', 'no address'], testCall())
    expect(found?.map((one) => one.nativeId)).toEqual([ada])
    expect(requests[0]?.query.getAll('email_address')).toEqual(['ada@example.test'])
  })

  it('keep only those with the external id that was asked for', async () => {
    const { provider } = await connect(() => [user(ada, { external_id: '-crm' }), user(eve, { external_id: 'crm' })])
    const found = await provider.users.findByExternalIds?.(['-crm'], testCall())
    expect(found?.map((one) => one.nativeId)).toEqual([ada])
  })

  it('keep only those with the number that was asked for', async () => {
    const { provider } = await connect(() => [user(eve, number('+4420')), user(ada, number('+44207'))])
    const found = await provider.users.findByPhoneNumbers?.(['+44207'], testCall())
    expect(found?.map((one) => one.nativeId)).toEqual([ada])
  })

  it('for nothing ask nothing, because no filter would mean everybody', async () => {
    const { provider, requests } = await connect(() => [user(eve)])
    expect(await provider.users.findByEmails?.([], testCall())).toEqual([])
    expect(await provider.users.findByEmails?.(['not an address'], testCall())).toEqual([])
    expect(await provider.users.findByPhoneNumbers?.(['', 'x'], testCall())).toEqual([])
    expect(await provider.users.findByExternalIds?.([''], testCall())).toEqual([])
    expect(await provider.users.getMany([], testCall())).toEqual([])
    expect(await provider.groups?.getMany([], testCall())).toEqual([])
    expect(requests).toEqual([])
  })
})

describe('a list of users', () => {
  it('counts a doubled row once', async () => {
    const { provider } = await connect(() => [user(ada), user(ada), user(bea)])
    const users = await provider.users.list({ ...page, filter: {}, order: newest }, testCall())
    expect(users.edges.map(({ node }) => node.nativeId)).toEqual([ada, bea])
  })
})

describe('sessions', () => {
  it('of another user are never shown under this one', async () => {
    const { provider } = await connect(() => ({
      data: [session('sess_1', eve), session('sess_2', ada)],
      total_count: 2,
    }))
    const sessions = await provider.sessions?.listByUser(handle(ada), { ...page, clientId: null }, testCall())
    expect(sessions?.edges.map(({ node }) => node.nativeId)).toEqual(['sess_2'])
  })

  it('that are all of another user are an error, and not the end of the list', async () => {
    const { provider } = await connect(() => ({ data: [session('sess_1', eve)], total_count: 9 }))
    await expect(
      provider.sessions?.listByUser(handle(ada), { ...page, clientId: null }, testCall()),
    ).rejects.toMatchObject({ kind: 'badResponse', operation: 'sessions.listByUser' })
  })

  it('of another client are not shown for this one', async () => {
    const other = { ...session('sess_1', ada), client_id: 'client_2' }
    const { provider } = await connect(() => ({ data: [other, session('sess_2', ada)], total_count: 2 }))
    const sessions = await provider.sessions?.listByUser(handle(ada), { ...page, clientId: 'client_1' }, testCall())
    expect(sessions?.edges.map(({ node }) => node.nativeId)).toEqual(['sess_2'])
  })

  it('are found by id only as this user\u2019s own', async () => {
    const { provider } = await connect(() => session('sess_1', eve))
    const get = (userId: string) => provider.sessions?.get({ nativeId: 'sess_1', userId }, handle(userId), testCall())
    expect(await get(ada)).toBeNull()
    expect(await get(eve)).toMatchObject({ nativeId: 'sess_1', userId: eve })
  })

  it('answered under another id are a bad response', async () => {
    const { provider } = await connect(() => session('sess_2', ada))
    await expect(
      provider.sessions?.get({ nativeId: 'sess_1', userId: ada }, handle(ada), testCall()),
    ).rejects.toMatchObject({ kind: 'badResponse', field: 'id' })
  })
})

describe('groups', () => {
  it('by id come from their own rows, once each', async () => {
    const { provider } = await connect(() => ({
      data: [organization('org_b'), organization('org_evil'), organization('org_a'), organization('org_b')],
      total_count: 4,
    }))
    const groups = await provider.groups?.getMany(['org_a', 'org_b'], testCall())
    expect(groups?.map((group) => group.nativeId).toSorted()).toEqual(['org_a', 'org_b'])
  })

  it('of another user, and members of another group, are not shown', async () => {
    const data = [membership('org_a', eve), membership('org_b', ada)]
    const { provider } = await connect(() => ({ data, total_count: 2 }))
    const groups = await provider.groups?.listByUser(ada, { ...page, kind: 'organization' }, testCall())
    expect(groups?.edges.map(({ node }) => node.group.nativeId)).toEqual(['org_b'])
    const members = await provider.groups?.listMembers?.('org_a', page, testCall())
    expect(members?.edges.map(({ node }) => node.user.nativeId)).toEqual([eve])
  })
})

describe('grants', () => {
  it('are tokens of accounts that this user has, and of no other', async () => {
    const { provider } = await connect(({ line }) =>
      line === `GET /v1/users/${ada}`
        ? user(ada, { external_accounts: accounts })
        : { data: [token('eac_evil'), token('eac_g'), token('eac_g')], total_count: 3 },
    )
    const owner = await adaWithAccounts(provider)
    const query = { ...page, kind: 'oauthAccessToken', clientId: null, sessionId: null } as const
    const grants = await provider.grants?.listByUser(owner, query, testCall())
    expect(grants?.edges.map(({ node }) => node.nativeId)).toEqual(['eac_g'])
    expect(JSON.stringify(grants)).not.toContain('SECRET')
  })

  it('are keys of this user and of no other', async () => {
    const { provider } = await connect(({ line }) =>
      line === 'GET /v1/api_keys' ? { data: [key('ak_1', eve), key('ak_2', ada)], total_count: 2 } : key('ak_1', eve),
    )
    const query = { ...page, kind: 'apiKey', clientId: null, sessionId: null } as const
    const grants = await provider.grants?.listByUser(handle(ada), query, testCall())
    expect(grants?.edges.map(({ node }) => node.nativeId)).toEqual(['ak_2'])
    const identity = { kind: 'apiKey', clientId: null, audience: null } as const
    const get = (nativeId: string, userId: string) =>
      provider.grants?.get({ ...identity, nativeId, userId }, handle(userId), testCall())
    expect(await get('ak_1', ada)).toBeNull()
    expect(await get('ak_1', eve)).toMatchObject({ userId: eve })
    await expect(get('ak_2', ada)).rejects.toMatchObject({ kind: 'badResponse', field: 'id' })
  })
})
