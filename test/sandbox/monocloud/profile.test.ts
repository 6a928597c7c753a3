import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MonocloudUser } from '../../../src/sandbox/monocloud/wire.ts'
import { type MonocloudClient, type ProblemBody, startMonocloud, userPath } from './client.ts'

let client: MonocloudClient
let path: string
beforeEach(async () => {
  client = await startMonocloud()
  const given = { username: 'someone', name: 'Ada', given_name: 'Ada', nickname: 'A' }
  path = userPath((await client.call<MonocloudUser>('POST', '/users', given)).body)
})
afterEach(() => client.close())

describe('claims', () => {
  test('absent keeps, null removes, a value replaces', async () => {
    const changes = { name: 'Ada Lovelace', nickname: null, locale: 'en-GB' }
    const { body } = await client.call<MonocloudUser>('PATCH', `${path}/claims`, changes)
    expect(body.claims).toEqual({ name: 'Ada Lovelace', given_name: 'Ada', locale: 'en-GB' })
    expect((await client.get(path)).body).toEqual(body)
  })

  test('an address replaces the address before it', async () => {
    await client.call('PATCH', `${path}/claims`, { address: { locality: 'Porto', country: 'Portugal', region: null } })
    const { body } = await client.call<MonocloudUser>('PATCH', `${path}/claims`, { address: { locality: 'Lisboa' } })
    expect(body.claims['address']).toEqual({ locality: 'Lisboa' })
  })

  test('custom claims, emails and options are not written by it', async () => {
    const changes = { loyalty_tier: 'gold', email: 'x@example.test', skip_conformance_checks: true }
    const { status, body } = await client.call<MonocloudUser>('PATCH', `${path}/claims`, changes)
    expect(status).toBe(200)
    expect(body.claims).toEqual({ name: 'Ada', given_name: 'Ada', nickname: 'A' })
  })

  test.for([{ birthdate: '1.2.1990' }, { birthdate: '1990-02-30' }, { name: 7 }, { address: 'Porto' }])(
    'refuses %j by member',
    async (changes) => {
      const { status, body } = await client.call<ProblemBody>('PATCH', `${path}/claims`, changes)
      expect(status).toBe(422)
      expect(Object.keys(body.errors)).toEqual(Object.keys(changes))
    },
  )
})

describe.for(['private_data', 'public_data'] as const)('%s', (member) => {
  const patch = (changes: unknown) =>
    client.call<Partial<MonocloudUser>>('PATCH', `${path}/${member}`, { [member]: changes })

  test('is merged at the top and replaced whole below', async () => {
    await patch({ keep: 1, drop: 1, nested: { a: 1, b: null } })
    const { body } = await patch({ drop: null, nested: { c: [1, null] } })
    expect(body).toEqual({ [member]: { keep: 1, nested: { c: [1, null] } } })
    expect((await client.get(`${path}/${member}`)).body).toEqual(body)
    expect((await client.get<MonocloudUser>(path)).body[member]).toEqual(body[member])
  })

  test('keeps keys that objects have by nature', async () => {
    const { body } = await patch({ constructor: 1, toString: 'x' })
    expect(body[member]).toEqual({ constructor: 1, toString: 'x' })
  })

  test('does not touch the other bag', async () => {
    const other = member === 'private_data' ? 'public_data' : 'private_data'
    await patch({ a: 1 })
    expect((await client.get<MonocloudUser>(path)).body[other]).toEqual({})
  })

  test.for([[], 'text', null, undefined])('refuses %j', async (changes) => {
    expect((await patch(changes)).status).toBe(422)
  })
})
