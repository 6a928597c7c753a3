import { describe, expect, test } from 'vitest'
import {
  readAuth0Error as readAnyError,
  readTokenError as readAnyTokenError,
} from '../../../src/providers/auth0/errors.ts'
import type { Operation } from '../../../src/upstream/operation.ts'

const updateUser: Operation = { name: 'users.update', route: 'PATCH /users/{id}', safe: false }
const readAuth0Error = (status: number, answer: unknown, operation = updateUser) =>
  readAnyError(status, answer, operation)
const readTokenError = (status: number, answer: unknown) =>
  readAnyTokenError(status, answer, { name: 'token', route: 'POST /oauth/token', safe: true })

const body = (statusCode: number, errorCode: string | undefined, message: string) => ({
  statusCode,
  error: 'Some Reason',
  message,
  ...(errorCode && { errorCode }),
})

const ofDatabase = (message: string) => readAuth0Error(400, body(400, 'auth0_idp_error', message))

describe('error answers of the Management API', () => {
  test.each([
    [403, 'insufficient_entitlement', 'planRequired'],
    [403, 'operation_not_supported', 'planRequired'],
    [403, 'insufficient_scope', undefined],
    [400, 'operation_not_supported', 'unsupported'],
    [400, 'invalid_paging', 'unsupported'],
    [404, 'inexistent_user', undefined],
    [409, 'organization_conflict', undefined],
  ])('%i %s means %s (undefined: what the status means)', (status, code, kind) => {
    expect(readAuth0Error(status, body(status, code, 'said'))).toEqual({ code, ...(kind && { kind }) })
  })

  test('a refused member of a body is our argument of the same meaning', () => {
    const why = "Payload validation error: 'Expected type string but found type integer' on property"
    expect(readAuth0Error(400, body(400, 'invalid_body', `${why} phone_number (The phone number).`))).toEqual({
      code: 'invalid_body',
      argument: ['phoneNumber'],
    })
    expect(readAuth0Error(400, body(400, 'invalid_body', `${why} app_metadata.plan.`))).toMatchObject({
      argument: ['privateMetadata'],
    })
    expect(readAuth0Error(400, body(400, 'invalid_body', `${why} constructor.`))).not.toHaveProperty('argument')
    expect(readAuth0Error(400, body(400, 'invalid_body', `${why} <root>.`))).not.toHaveProperty('argument')
  })

  test('the same member is another argument where the operation calls it so', () => {
    const said = body(400, 'invalid_body', "Payload validation error: 'no' on property email.")
    const changeEmail: Operation = { name: 'users.changeEmail', route: 'PATCH /users/{id}', safe: false }
    expect(readAuth0Error(400, said, changeEmail)).toMatchObject({ argument: ['address'] })
    const ofName = body(400, 'invalid_body', "Payload validation error: 'no' on property name.")
    const create = (path: '/roles' | '/organizations'): Operation => ({
      name: 'groups.create',
      route: `POST ${path}`,
      safe: false,
    })
    expect(readAuth0Error(400, ofName, create('/organizations'))).toMatchObject({ argument: ['slug'] })
    expect(readAuth0Error(400, ofName, create('/roles'))).toMatchObject({ argument: ['name'] })
  })

  test('a required member that is missing is our argument, too', () => {
    const said = body(
      400,
      'invalid_body',
      "Payload validation error: 'Missing required property: email' on property <root>.",
    )
    expect(readAuth0Error(400, said)).toMatchObject({ argument: ['email'] })
  })

  test('what a database refuses is told apart by its words', () => {
    expect(ofDatabase('PasswordStrengthError: Password is too weak')).toMatchObject({ argument: ['password'] })
    expect(ofDatabase('The username provided is in use already.')).toMatchObject({ kind: 'conflict' })
  })

  test('something named in an input that does not exist is a fault of the input, not of the target', () => {
    expect(readAuth0Error(404, body(404, 'inexistent_resource_server', 'no'))).toMatchObject({
      kind: 'badInput',
      argument: ['permissions'],
    })
    expect(readAuth0Error(404, body(404, 'inexistent_connection', 'no'))).toMatchObject({ argument: ['connection'] })
  })

  test('an answer without a code, or that is no JSON at all, is read without harm', () => {
    expect(readAuth0Error(404, body(404, undefined, 'The role does not exist.'))).toEqual({ code: null })
    expect(readAuth0Error(502, '<html>')).toEqual({ code: null })
    expect(readAuth0Error(500, undefined)).toEqual({ code: null })
    expect(readAuth0Error(400, [1])).toEqual({ code: null })
  })
})

describe('error answers of the token endpoint', () => {
  test('every refusal is one of our credentials, with the OAuth code', () => {
    for (const status of [400, 401, 403]) {
      expect(readTokenError(status, { error: 'access_denied', error_description: 'Unauthorized' })).toEqual({
        code: 'access_denied',
        kind: 'credentials',
      })
    }
  })

  test('being too fast, or broken, is not', () => {
    expect(readTokenError(429, { error: 'too_many_requests' })).toEqual({ code: 'too_many_requests' })
    expect(readTokenError(503, '<html>')).toEqual({ code: null })
  })
})
