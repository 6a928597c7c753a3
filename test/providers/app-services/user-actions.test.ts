import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CreateUserInput } from '../../../src/identity/actions.ts'
import type { IdentityProvider } from '../../../src/identity/provider.ts'
import type { User } from '../../../src/identity/records.ts'
import { testCall, type TestSandbox } from '../../support/sandbox.ts'
import { present } from '../../support/present.ts'
import { canRefresh, signInAnonymously, signInByEmail } from './end-user.ts'
import { startTenant, type Tenant } from './tenant.ts'

const app = '/groups/{groupId}/apps/{appId}'
const nobody = 'f'.repeat(24)

let tenant: Tenant
let sandbox: TestSandbox
let provider: IdentityProvider

beforeAll(async () => {
  tenant = await startTenant()
  ;({ sandbox, provider } = tenant)
})

beforeEach(() => tenant.reset())

afterAll(() => tenant.close())

const byEmail = ({ identities }: User) => identities.some(({ service }) => service === 'local-userpass')

describe('creating a user', () => {
  const input: CreateUserInput = { email: 'New+one@example.test', password: 'correct-horse-9', skipChecks: false }
  const create = (changes: Partial<CreateUserInput> = {}) =>
    present(provider.users.create)({ ...input, ...changes }, testCall())

  it('takes one call, answers the user as far as the upstream does, and can be signed in with', async () => {
    const created = await create({ emailVerified: true })
    expect(sandbox.calls('app-services')).toEqual({ [`app-services POST ${app}/users`]: 1 })
    expect(created).toMatchObject({
      email: 'New+one@example.test',
      status: 'active',
      lastSignInAt: null,
      hasPassword: true,
      missing: ['publicMetadata', 'native'],
    })
    expect(await tenant.read(created.nativeId)).toMatchObject({ email: 'New+one@example.test', missing: [] })
    expect(await signInByEmail(sandbox.origin, 'New+one@example.test', 'correct-horse-9')).toBe(200)
  })

  it('with an address that somebody has is a conflict about the email', async () => {
    await create()
    await expect(create()).rejects.toMatchObject({
      kind: 'conflict',
      argument: ['email'],
      providerCode: 'AccountNameInUse',
      outcome: 'notApplied',
    })
  })

  it('with an address that is none is refused by the upstream', async () => {
    await expect(create({ email: 'not an address' })).rejects.toMatchObject({ kind: 'badInput', outcome: 'notApplied' })
  })

  it('names what cannot be used before any call', async () => {
    const { email: _email, ...withoutEmail } = input
    const { password: _password, ...withoutPassword } = input
    const attempts: readonly [Promise<unknown>, string, string][] = [
      [present(provider.users.create)(withoutEmail, testCall()), 'badInput', 'email'],
      [present(provider.users.create)(withoutPassword, testCall()), 'badInput', 'password'],
      [create({ email: '' }), 'badInput', 'email'],
      [create({ email: `${'x'.repeat(120)}@x.test.example` }), 'badInput', 'email'],
      [create({ password: 'short' }), 'badInput', 'password'],
      [create({ password: 'x'.repeat(129) }), 'badInput', 'password'],
      [create({ emailVerified: false }), 'unsupported', 'emailVerified'],
      [create({ name: 'Ines' }), 'unsupported', 'name'],
      [create({ phoneNumber: '+4420' }), 'unsupported', 'phoneNumber'],
      [create({ passwordHash: { algorithm: 'bcrypt', digest: 'x' } }), 'unsupported', 'passwordHash'],
      [create({ publicMetadata: {} }), 'unsupported', 'publicMetadata'],
    ]
    for (const [attempt, kind, argument] of attempts) {
      await expect(attempt).rejects.toMatchObject({ kind, argument: [argument] })
    }
    expect(sandbox.calls('app-services')).toEqual({})
  })

  it('is never repeated, and unknown when the upstream failed', async () => {
    const route = `${app}/users`
    await sandbox.fault({ provider: 'app-services', method: 'POST', route, kind: 'status', status: 503 })
    await expect(create()).rejects.toMatchObject({ kind: 'unavailable', outcome: 'unknown' })
    expect(sandbox.calls('app-services')).toEqual({ [`app-services POST ${route}`]: 1 })
  })

  it('is unknown when the answer got lost', async () => {
    const slow = { provider: 'app-services', method: 'POST', route: `${app}/users`, kind: 'latency', ms: 300 } as const
    await sandbox.fault(slow)
    const attempt = present(provider.users.create)(input, testCall(60))
    await expect(attempt).rejects.toMatchObject({ kind: 'timeout', outcome: 'unknown' })
  })

  it('has happened when the answer cannot be read', async () => {
    const fault = { provider: 'app-services', method: 'POST', route: `${app}/users`, kind: 'status' } as const
    await sandbox.fault({ ...fault, status: 201, body: { id: 'x' } })
    await expect(create()).rejects.toMatchObject({ kind: 'badResponse', field: '_id', outcome: 'applied' })
  })
})

describe('deleting a user', () => {
  const remove = (id: string) => present(provider.users.delete)(id, testCall())

  it('takes one call, and the user is gone', async () => {
    const { nativeId } = await tenant.someone(() => true)
    await remove(nativeId)
    expect(sandbox.calls('app-services')).toEqual({ [`app-services DELETE ${app}/users/{userId}`]: 1 })
    expect(await tenant.read(nativeId)).toBeNull()
    await expect(remove(nativeId)).rejects.toMatchObject({ kind: 'notFound', providerCode: 'UserNotFound' })
  })

  it('of nobody makes no call when the id cannot be one', async () => {
    for (const id of ['', '..', 'me', `${nobody}/logout`]) {
      await expect(remove(id)).rejects.toMatchObject({ kind: 'notFound' })
    }
    expect(sandbox.calls('app-services')).toEqual({})
  })
})

describe('disabling a user', () => {
  const disable = (id: string, revoke: 'no' | 'ifSupported' | 'required' = 'no') =>
    present(provider.users.disable)(id, revoke, testCall())
  const enable = (id: string) => present(provider.users.enable)(id, testCall())

  it('takes one call, refuses sign-in, and ends with enabling', async () => {
    const user = await tenant.someone((candidate) => byEmail(candidate) && candidate.status === 'active')
    const signIn = () => signInByEmail(sandbox.origin, user.email ?? '', 'correct-horse-9')
    expect(await disable(user.nativeId)).toBeNull()
    expect(sandbox.calls('app-services')).toEqual({ [`app-services PUT ${app}/users/{userId}/disable`]: 1 })
    expect(await tenant.read(user.nativeId)).toMatchObject({ status: 'disabled', rawStatus: 'disabled=true' })
    expect(await signIn()).toBe(401)
    expect(await enable(user.nativeId)).toBeNull()
    expect(await tenant.read(user.nativeId)).toMatchObject({ status: 'active' })
    expect(await signIn()).toBe(200)
  })

  it('makes tokens that the upstream still calls valid invalid', async () => {
    const { userId, accessToken } = await signInAnonymously(sandbox.origin)
    const verify = () => present(provider.tokens).verify(accessToken, testCall())
    expect(await verify()).toMatchObject({ valid: true, userId })
    await disable(userId)
    expect(await verify()).toMatchObject({ valid: false, reason: 'the user is disabled' })
  })

  it.each(['ifSupported', 'required'] as const)('ends the sessions too when that is %s', async (revoke) => {
    const endUser = await signInAnonymously(sandbox.origin)
    sandbox.clearCalls()
    await disable(endUser.userId, revoke)
    expect(sandbox.calls('app-services')).toEqual({
      [`app-services PUT ${app}/users/{userId}/disable`]: 1,
      [`app-services PUT ${app}/users/{userId}/logout`]: 1,
    })
    await enable(endUser.userId)
    expect(await canRefresh(sandbox.origin, endUser)).toBe(false)
  })

  it('is done in part when only the sessions could not be ended', async () => {
    const { nativeId } = await tenant.someone(({ status }) => status === 'active')
    const route = `${app}/users/{userId}/logout`
    await sandbox.fault({ provider: 'app-services', route, kind: 'status', status: 500 })
    await expect(disable(nativeId, 'required')).rejects.toMatchObject({
      kind: 'unavailable',
      operation: 'users.disable',
      outcome: 'partiallyApplied',
      applied: [],
    })
    expect(await tenant.read(nativeId)).toMatchObject({ status: 'disabled' })
  })

  it('that fails ends no session', async () => {
    const { nativeId } = await tenant.someone(({ status }) => status === 'active')
    const route = `${app}/users/{userId}/disable`
    await sandbox.fault({ provider: 'app-services', route, kind: 'status', status: 403 })
    await expect(disable(nativeId, 'required')).rejects.toMatchObject({ kind: 'forbidden', outcome: 'notApplied' })
    expect(sandbox.calls('app-services')).toEqual({ [`app-services PUT ${route}`]: 1 })
  })

  it('is repeated after the upstream was busy, for it does no harm', async () => {
    const { nativeId } = await tenant.someone(({ status }) => status === 'active')
    const route = `${app}/users/{userId}/disable`
    await sandbox.fault({ provider: 'app-services', route, kind: 'status', status: 503, times: 1 })
    await disable(nativeId)
    expect(await tenant.read(nativeId)).toMatchObject({ status: 'disabled' })
  })

  it('of nobody is not found', async () => {
    await expect(disable(nobody)).rejects.toMatchObject({ kind: 'notFound' })
    await expect(enable(nobody)).rejects.toMatchObject({ kind: 'notFound' })
  })
})

describe('changing an email', () => {
  const change = (id: string, address: string, verified = false) =>
    present(provider.users.changeEmail)(id, { address, verified }, testCall())

  it('takes one call', async () => {
    const { nativeId } = await tenant.someone(byEmail)
    expect(await change(nativeId, 'moved+x@example.test')).toBeNull()
    expect(sandbox.calls('app-services')).toEqual({ [`app-services PATCH ${app}/users/{userId}/reset_email`]: 1 })
    expect(await tenant.read(nativeId)).toMatchObject({ email: 'moved+x@example.test' })
  })

  it('to an address that somebody has is a conflict about the address', async () => {
    const user = await tenant.someone(byEmail)
    const other = await tenant.someone((candidate) => byEmail(candidate) && candidate.nativeId !== user.nativeId)
    await expect(change(user.nativeId, present(other.email ?? undefined))).rejects.toMatchObject({
      kind: 'conflict',
      argument: ['address'],
    })
  })

  it('to an address that is none is refused, and says which argument', async () => {
    const { nativeId } = await tenant.someone(byEmail)
    await expect(change(nativeId, 'nowhere')).rejects.toMatchObject({ kind: 'badInput', argument: ['address'] })
  })

  it('of somebody who signs in otherwise is unsupported', async () => {
    const { nativeId } = await tenant.someone(({ identities }) =>
      identities.every(({ service }) => service === 'custom-token'),
    )
    await expect(change(nativeId, 'moved@example.test')).rejects.toMatchObject({ kind: 'unsupported' })
  })

  it('names what cannot be used before any call', async () => {
    await expect(change(nobody, '')).rejects.toMatchObject({ kind: 'badInput', argument: ['address'] })
    await expect(change(nobody, 'x'.repeat(129))).rejects.toMatchObject({ kind: 'badInput', argument: ['address'] })
    await expect(change(nobody, 'a@x.test', true)).rejects.toMatchObject({
      kind: 'unsupported',
      argument: ['verified'],
    })
    expect(sandbox.calls('app-services')).toEqual({})
  })

  it('of nobody is not found', async () => {
    await expect(change(nobody, 'moved@example.test')).rejects.toMatchObject({ kind: 'notFound' })
  })
})
