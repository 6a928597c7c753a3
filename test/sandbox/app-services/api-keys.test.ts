import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ordersApp } from '../../../src/sandbox/app-services/tenant.ts'
import {
  type AdminClient,
  allUsers,
  type Answer,
  idOf,
  listIn,
  listOf,
  type Members,
  membersOf,
  startAdminClient,
  textOf,
  unknownId,
} from './admin-client.ts'

let client: AdminClient
beforeEach(async () => {
  client = await startAdminClient(8)
})
afterEach(() => client.close())

const keys = async (): Promise<readonly Members[]> => listOf(await client.app('GET', '/api_keys'))
const create = (name: unknown): Promise<Answer> => client.app('POST', '/api_keys', { body: { name } })
const signIn = (key: string): Promise<Answer> =>
  client.client('POST', `/app/${ordersApp.clientAppId}/auth/providers/api-key/login`, { body: { key } })

/** The user that a key signs in as. */
const userOf = async (keyId: string): Promise<Members | undefined> =>
  (await allUsers(client, 'provider_types=api-key')).find((user) =>
    listIn(user, 'identities').some(({ id }) => id === keyId && user['type'] === 'server'),
  )

describe('server API keys', () => {
  test('are listed without secrets, each with a user of its own', async () => {
    const listed = await keys()
    expect(listed.length).toBeGreaterThan(2)
    expect(new Set(listed.map(({ disabled }) => disabled))).toEqual(new Set([true, false]))
    for (const key of listed) {
      expect(Object.keys(key)).toEqual(['_id', 'name', 'disabled'])
      expect(await userOf(idOf(key))).toMatchObject({ type: 'server', data: { name: key['name'] } })
      expect((await client.app('GET', `/api_keys/${idOf(key)}`)).body).toEqual(key)
    }
  })

  test('a new one shows its secret once, signs in, and has a user', async () => {
    const answer = await create('nightly_import-2')
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      key: expect.stringMatching(/^[0-9A-Za-z]{64}$/),
      name: 'nightly_import-2',
      disabled: false,
    })
    const id = textOf(answer, '_id')
    expect((await client.app('GET', '/api_keys')).text).not.toContain(textOf(answer, 'key'))
    const session = await signIn(textOf(answer, 'key'))
    expect(session.status).toBe(200)
    expect(textOf(session, 'user_id')).toBe(idOf((await userOf(id)) ?? {}))
  })

  test('a disabled one signs nobody in until it is enabled', async () => {
    const answer = await create('on-off')
    const path = `/api_keys/${textOf(answer, '_id')}`
    for (const _ of ['once', 'twice']) expect((await client.app('PUT', `${path}/disable`)).status).toBe(204)
    expect(membersOf(await client.app('GET', path))['disabled']).toBe(true)
    expect((await signIn(textOf(answer, 'key'))).status).toBe(401)
    for (const _ of ['once', 'twice']) expect((await client.app('PUT', `${path}/enable`)).status).toBe(204)
    expect((await signIn(textOf(answer, 'key'))).status).toBe(200)
  })

  test('deleting a key deletes its user, and the other way round', async () => {
    const first = await create('first')
    const second = await create('second')
    const user = await userOf(textOf(first, '_id'))
    const answer = await client.app('DELETE', `/api_keys/${textOf(first, '_id')}`)
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect((await client.app('GET', `/users/${idOf(user ?? {})}`)).status).toBe(404)
    expect((await signIn(textOf(first, 'key'))).status).toBe(401)
    await client.app('DELETE', `/users/${idOf((await userOf(textOf(second, '_id'))) ?? {})}`)
    expect((await client.app('GET', `/api_keys/${textOf(second, '_id')}`)).status).toBe(404)
    expect((await create('first')).status).toBe(201)
  })

  test.each([
    ['a name', 400, 'InvalidParameter'],
    ['schlüssel', 400, 'InvalidParameter'],
    ['nightly-import', 409, 'APIKeyAlreadyExists'],
    ['', 400, undefined],
    [undefined, 400, undefined],
    [7, 400, undefined],
  ])('the name %j is refused with %i', async (name, status, code) => {
    const answer = await create(name)
    expect(answer.status).toBe(status)
    expect(membersOf(answer)['error_code']).toBe(code)
  })

  test('there can be no more than a hundred', async () => {
    for (let place = (await keys()).length; place < 100; place += 1) {
      expect((await create(`key-${place}`)).status).toBe(201)
    }
    expect((await create('one-too-many')).status).toBe(400)
  })

  test('an unknown one is not found', async () => {
    const calls = [
      ['GET', ''],
      ['DELETE', ''],
      ['PUT', '/enable'],
      ['PUT', '/disable'],
    ] as const
    for (const [method, action] of calls) {
      const answer = await client.app(method, `/api_keys/${unknownId}${action}`)
      expect(answer.status).toBe(404)
      expect(membersOf(answer)['error_code']).toBe('APIKeyNotFound')
    }
  })
})
