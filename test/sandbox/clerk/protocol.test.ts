import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type ClerkTest, codesOf, type ErrorBody, startClerk } from './client.ts'

let client: ClerkTest
beforeAll(async () => {
  client = await startClerk()
})
afterAll(() => client.close())

describe('credentials', () => {
  test.for([
    ['', 'authorization_header_format_invalid'],
    ['Basic abc', 'authorization_header_format_invalid'],
    ['Bearer ', 'authorization_header_format_invalid'],
    ['Bearer sk_test_other', 'clerk_key_invalid'],
  ] as const)('%j is refused with %s', async ([authorization, code]) => {
    const answer = await client.call<ErrorBody>('GET', '/users', undefined, { authorization })
    expect(codesOf(answer)).toEqual([401, code])
  })

  test('are asked for before anything else is looked at', async () => {
    const answer = await client.call<ErrorBody>('POST', '/users', '{', { authorization: 'Bearer other' })
    expect(codesOf(answer)).toEqual([401, 'clerk_key_invalid'])
  })
})

describe('the dated version', () => {
  test.for([
    ['/users/count', { 'clerk-api-version': '2026-05-12' }, 200],
    ['/users/count?__clerk_api_version=2025-03-12', {}, 200],
    ['/users/count', { 'clerk-api-version': '2020-01-01' }, 400],
    ['/users/count?__clerk_api_version=2026-05-12', { 'clerk-api-version': '2026-05-12' }, 400],
  ] as const)('%s with %j is answered with %i', async ([path, headers, status]) => {
    const answer = await client.call<ErrorBody>('GET', path, undefined, { ...headers })
    expect(answer.status).toBe(status)
    if (status === 400) expect(codesOf(answer)).toEqual([400, 'api_version_invalid'])
  })
})

describe('an error', () => {
  test('has the bare media type, a trace and all members', async () => {
    const { status, headers, body } = await client.get<ErrorBody>('/users/user_unknown')
    expect(status).toBe(404)
    expect(headers.get('content-type')).toBe('application/json')
    expect(body).toEqual({
      errors: [
        {
          code: 'resource_not_found',
          message: 'not found',
          long_message: 'No user was found with id user_unknown',
        },
      ],
      clerk_trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
  })

  test('has a trace of its own', async () => {
    const traces = await Promise.all(
      [1, 2, 3].map(async () => (await client.get<ErrorBody>('/users/user_unknown')).body.clerk_trace_id),
    )
    expect(new Set(traces).size).toBe(3)
  })

  test('is what a path that does not exist is answered with', async () => {
    expect(codesOf(await client.get<ErrorBody>('/shoes'))).toEqual([404, 'resource_not_found'])
  })
})

describe('a body', () => {
  test('that is not JSON is refused', async () => {
    const answer = await client.call<ErrorBody>('POST', '/users', '{"first_name":')
    expect(codesOf(answer)).toEqual([400, 'request_body_invalid'])
  })

  test.for(['[]', '"text"', '7'])('that is JSON but no object is refused: %s', async (body) => {
    const answer = await client.call<ErrorBody>('POST', '/users', body)
    expect(codesOf(answer)).toEqual([400, 'request_body_invalid'])
  })

  test('of another media type is refused', async () => {
    const answer = await client.call<ErrorBody>('POST', '/users', 'username=ada', {
      'content-type': 'application/x-www-form-urlencoded',
    })
    expect(codesOf(answer)).toEqual([415, 'unsupported_content_type'])
  })

  test('that calls itself a form and is none is refused', async () => {
    const { id } = await client.somebody(() => true)
    const answer = await client.call<ErrorBody>('POST', `/users/${id}/profile_image`, 'no form', {
      'content-type': 'multipart/form-data; boundary=x',
    })
    expect(codesOf(answer)).toEqual([400, 'request_body_invalid'])
  })

  test('of unknown and wrong members is refused with an error for each', async () => {
    const answer = await client.call<ErrorBody>('POST', '/users', {
      username: 7,
      email_address: ['no address'],
      phone_number: ['020 1'],
      created_at: 'yesterday',
      public_metadata: null,
      shoe_size: 44,
    })
    expect(new Set(codesOf(answer))).toEqual(
      new Set([
        422,
        'form_param_format_invalid email_address',
        'form_param_format_invalid phone_number',
        'form_param_invalid_time created_at',
        'form_param_nil public_metadata',
        'form_param_type_invalid username',
        'form_param_unknown shoe_size',
      ]),
    )
  })
})

describe('what the package calls without the version', () => {
  const unversioned = async (path: string): Promise<Answer<ErrorBody>> => {
    const response = await fetch(client.baseUrl + path, { headers: { authorization: `Bearer ${client.secretKey}` } })
    return { status: response.status, headers: response.headers, body: (await response.json()) as ErrorBody } // an error, or its members are not looked at
  }

  test('is answered either way, and counted as one route', async () => {
    const { id } = await client.somebody(() => true)
    client.clearCalls()
    expect((await unversioned(`/api_keys?subject=${id}`)).status).toBe(200)
    expect((await client.get(`/api_keys?subject=${id}`)).status).toBe(200)
    expect(client.calls()).toEqual({ 'clerk GET /api_keys': 2 })
  })

  test('is nothing else', async () => {
    expect((await unversioned('/users')).status).toBe(404)
  })
})

describe('a fault', () => {
  test('takes the place of the answer of its route alone', async () => {
    await client.fault({ provider: 'clerk', route: '/users/{user_id}', kind: 'status', status: 503, times: 1 })
    const { id } = await client.somebody(() => true)
    expect((await client.get(`/users/${id}`)).status).toBe(503)
    expect((await client.get(`/users/${id}`)).status).toBe(200)
  })
})

describe('too many writes to one user', () => {
  test('are refused until the oldest is ten seconds ago, and nobody else is', async () => {
    const own = await startClerk()
    const [one, other] = await own.everybody()
    const write = (id: string | undefined) => own.call<ErrorBody>('PATCH', `/users/${id}`, { first_name: 'Ada' })
    for (let count = 0; count < 10; count += 1) {
      own.advance(500)
      expect((await write(one?.id)).status).toBe(200)
    }
    const refused = await write(one?.id)
    expect(codesOf(refused)).toEqual([429, 'too_many_requests'])
    expect(refused.headers.get('retry-after')).toBe('6')
    expect((await write(other?.id)).status).toBe(200)
    own.advance(5500)
    expect((await write(one?.id)).status).toBe(200)
    await own.close()
  })
})
