import { afterEach, describe, expect, it } from 'vitest'
import { ProviderError } from '../../../src/identity/errors.ts'
import { readClerkError } from '../../../src/providers/clerk/errors.ts'
import { testCall } from '../../support/sandbox.ts'
import { clerkFailure, type HandMadeAnswer, type HandMadeUpstream, startUpstream } from './hand-made-upstream.ts'

const ada = 'user_35Ky9Pf34qY6Nb3wWD25RQ4F5ZA'
const newest = { field: 'createdAt', direction: 'desc' } as const

let upstream: HandMadeUpstream | undefined

afterEach(async () => {
  await upstream?.close()
  upstream = undefined
})

const failureOf = async (
  answer: HandMadeAnswer,
  work: (provider: HandMadeUpstream['provider']) => Promise<unknown>,
): Promise<ProviderError> => {
  upstream = await startUpstream(() => answer)
  const error: unknown = await work(upstream.provider).catch((thrown: unknown) => thrown)
  if (!(error instanceof ProviderError)) throw new Error(`no ProviderError: ${String(error)}`)
  return error
}

const list = (provider: HandMadeUpstream['provider']): Promise<unknown> =>
  provider.users.list({ first: 2, after: null, filter: { email: 'a@example.test' }, order: newest }, testCall())

describe('what Clerk refuses', () => {
  it.each([
    [401, 'clerk_key_invalid', 'credentials'],
    [403, 'authorization_invalid', 'forbidden'],
    [403, 'feature_not_enabled', 'planRequired'],
    [402, 'unsupported_subscription_plan_features', 'planRequired'],
    [403, 'organization_not_enabled_in_instance', 'planRequired'],
    [403, 'quota_exceeded', 'quotaExhausted'],
    [429, 'too_many_requests', 'rateLimited'],
    [404, 'resource_not_found', 'notFound'],
    [409, 'user_managed_by_scim', 'conflict'],
    [409, 'resource_locked', 'unavailable'],
    [410, 'operation_deprecated', 'unsupported'],
    [422, 'form_identifier_exists', 'conflict'],
    [422, 'form_param_format_invalid', 'badInput'],
    [500, 'internal_clerk_error', 'unavailable'],
    [400, 'a_code_of_next_year', 'badInput'],
  ])('with %i %s is %s', async (status, code, kind) => {
    const error = await failureOf(clerkFailure(status, code), list)
    expect(error).toMatchObject({ kind, providerCode: code, status, operation: 'users.list' })
  })

  it('names the argument as we call it', async () => {
    const error = await failureOf(clerkFailure(422, 'form_param_format_invalid', 'email_address'), list)
    expect(error.argument).toEqual(['filter', 'email'])
  })

  it('is read through the package as well', async () => {
    const error = await failureOf(clerkFailure(403, 'organization_not_enabled_in_instance'), (provider) =>
      Promise.resolve(provider.groups?.listByUser(ada, { first: 1, after: null, kind: 'organization' }, testCall())),
    )
    expect(error).toMatchObject({
      kind: 'planRequired',
      providerCode: 'organization_not_enabled_in_instance',
      operation: 'groups.listByUser',
    })
  })

  it('keeps the time to wait', async () => {
    const error = await failureOf({ ...clerkFailure(429, 'too_many_requests'), headers: { 'retry-after': '4' } }, list)
    expect(error.retryAfterSeconds).toBe(4)
  })

  it.each([
    ['', list],
    [
      ', through the package as well',
      (provider: HandMadeUpstream['provider']) =>
        Promise.resolve(provider.groups?.listByUser(ada, { first: 1, after: null, kind: 'organization' }, testCall())),
    ],
  ] as const)('tells when calls go on where a 429 does not%s', async (_, read) => {
    const { retryAfterSeconds } = await failureOf(clerkFailure(429, 'too_many_requests'), read)
    expect(retryAfterSeconds).toBeGreaterThan(0)
    expect(retryAfterSeconds).toBeLessThanOrEqual(1)
  })

  it('says nothing of the answer or of our key', async () => {
    const error = await failureOf(clerkFailure(422, 'form_param_format_invalid', 'email_address'), list)
    expect(JSON.stringify(error) + error.message).not.toMatch(/SECRET-BODY-TEXT|sk_test/)
  })
})

describe('what nobody can read', () => {
  it.each([
    ['HTML under a 200', { body: '<html>', headers: { 'content-type': 'text/html' } }],
    ['half an answer', { body: '[{"id":"user_1"' }],
    ['an object for an array', { body: { data: [] } }],
    ['nothing', { body: '' }],
    ['null', { body: 'null' }],
  ])('is a bad response: %s', async (_name, answer) => {
    expect(await failureOf(answer, list)).toMatchObject({ kind: 'badResponse', operation: 'users.list' })
  })

  it.each([
    ['HTML under a 200', { body: '<html>', headers: { 'content-type': 'text/html' } }],
    ['an array for an object', { body: [] }],
    ['null', { body: 'null' }],
    ['no length', { body: { data: [] } }],
  ])('is a bad response through the package: %s', async (_name, answer) => {
    const error = await failureOf(answer, (provider) =>
      Promise.resolve(provider.groups?.list({ first: 1, after: null, kind: 'organization', search: null }, testCall())),
    )
    expect(error).toMatchObject({ kind: 'badResponse', operation: 'groups.list' })
  })

  it('is named by its field', async () => {
    const body = [{ id: ada, email_addresses: [{ id: 'idn_1', email_address: 7 }] }]
    expect(await failureOf({ body }, list)).toMatchObject({ field: '0.email_addresses.0.email_address' })
  })

  it('is named by its field through the package', async () => {
    const body = { data: [{ object: 'organization', id: 'org_1' }], total_count: 1 }
    const error = await failureOf({ body }, (provider) =>
      Promise.resolve(provider.groups?.list({ first: 1, after: null, kind: 'organization', search: null }, testCall())),
    )
    expect(error).toMatchObject({ kind: 'badResponse', field: 'data.0.name' })
  })

  it('is an error of its status when it is an error page of something in between', async () => {
    const answer = { status: 502, body: '<html>', headers: { 'content-type': 'text/html' } }
    expect(await failureOf(answer, list)).toMatchObject({ kind: 'unavailable', status: 502, providerCode: null })
  })
})

describe('reading an error', () => {
  const readError = readClerkError({ email_address: ['email'] })
  const read = (status: number, body: unknown) =>
    readError(status, body, { name: 'users.list', route: 'GET /users', safe: true })

  it.each([
    undefined,
    null,
    'text',
    [],
    {},
    { errors: [] },
    { errors: [null] },
    { errors: [{ message: 'x' }] },
    { errors: 'x' },
  ])('never throws: %j', (body) => {
    expect(read(400, body)).toEqual({ code: null })
  })

  it('passes over a meta that is not as described', () => {
    for (const meta of [null, 7, [], { param_name: 7 }, { param_name: 'constructor' }, { plan: 'x' }]) {
      expect(read(422, { errors: [{ code: 'c', meta }] })).toEqual({ code: 'c' })
    }
    expect(read(422, { errors: [{ code: 'constructor' }] })).toEqual({ code: 'constructor' })
  })

  it('knows a parameter of a list by its name', () => {
    expect(read(422, { errors: [{ code: 'c', meta: { param_name: 'email_address[0]' } }] }).argument).toEqual(['email'])
  })
})
