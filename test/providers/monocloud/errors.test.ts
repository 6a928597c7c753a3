import { describe, expect, it } from 'vitest'
import { createVendorErrorReader } from '../../../src/providers/monocloud/errors.ts'

const readError = createVendorErrorReader({
  username: ['username'],
  email: ['email'],
  phone_number: ['phoneNumber'],
  password: ['password'],
  old_password: ['oldPassword'],
})
const read = (status: number, body: unknown) =>
  readError(status, body, { name: 'users.list', route: 'GET /users', safe: true })

function problem(status: number, members: object): object {
  return { type: `https://httpstatuses.io/${status}`, title: 'Some title', status, ...members }
}

describe('an error of the vendor', () => {
  it.each([
    [{ detail: 'This feature needs the plan Pro or higher.' }, 'planRequired'],
    [{ detail: 'Upgrade to Secure+.' }, 'planRequired'],
    [{ error_code: 'plan_limit_reached' }, 'planRequired'],
    [{ detail: 'The key lacks the permission users:read.' }, undefined],
    [{}, undefined],
  ])('403 with %j is %s', (members, kind) => {
    expect(read(403, problem(403, members)).kind).toBe(kind)
  })

  it('goes by the HTTP status, whatever the body calls its status', () => {
    expect(read(404, problem(409, {})).kind).toBeUndefined()
  })

  it('keeps the machine code of newer revisions', () => {
    expect(read(409, problem(409, { error_code: 'user_exists' }))).toEqual({ code: 'user_exists' })
  })

  it('names our argument for the first member that it knows', () => {
    const body = problem(422, { errors: { mystery: ['?'], phone_number: ['Not a valid E.164 number.'] } })
    expect(read(422, body)).toEqual({ code: null, argument: ['phoneNumber'] })
  })

  it.each([
    ['PasswordTooShort', undefined, ['password'], 'The password is too short'],
    ['PasswordMismatch', undefined, ['oldPassword'], 'The old password is not right'],
    ['DuplicateUserName', 'conflict', ['username'], 'Another user has this user name'],
    ['DuplicateEmail', 'conflict', ['email'], 'Another user has this email address'],
    ['DuplicatePhoneNumber', 'conflict', ['phoneNumber'], undefined],
    ['SomethingNew', undefined, undefined, undefined],
  ])('of the identity system, %s, is read', (code, kind, argument, message) => {
    const vendorError = read(422, problem(422, { errors: [{ code, description: 'secret-4711 is in use.' }] }))
    expect(vendorError).toEqual({
      code,
      ...(kind ? { kind } : {}),
      ...(argument ? { argument } : {}),
      ...(message ? { message } : {}),
    })
  })

  it.each([
    undefined,
    null,
    '<html>502</html>',
    [],
    { errors: 'text' },
    { errors: [] },
    { errors: [{ nothing: 1 }] },
    { title: 7 },
  ])('in the shape %j is no reason to throw', (body) => {
    expect(read(422, body)).toEqual({ code: null })
  })
})
