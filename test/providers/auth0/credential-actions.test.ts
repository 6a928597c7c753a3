import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { User } from '../../../src/identity/records.ts'
import { testCall } from '../../support/sandbox.ts'
import { auth0UserId, handleOf, type SeededTenant, startHandMadeUpstream, startTenant } from './support.ts'

let tenant: SeededTenant
beforeAll(async () => {
  tenant = await startTenant(160)
})
afterAll(() => tenant.close())
beforeEach(() => tenant.sandbox.sandbox.reset())

const nobody = auth0UserId(1)
const page = { first: 50, after: null }
const isOfDatabase = ({ nativeId, identities }: User): boolean =>
  nativeId.startsWith('auth0|') && identities.length === 1

describe('passwords', () => {
  const password = 'correct-Horse-7-battery'
  const options = { revokeSessions: 'no', skipChecks: false } as const

  test('are set in one call', async () => {
    const { nativeId } = tenant.someone(isOfDatabase)
    await tenant.users.setPassword(nativeId, { ...options, password }, testCall())
    expect(tenant.calls()).toEqual({ 'PATCH /users/{id}': 1 })
  })

  test('that are too weak, hashed elsewhere or exempt from the policy are refused', async () => {
    const { nativeId } = tenant.someone(isOfDatabase)
    const passwordHash = { algorithm: 'bcrypt', digest: 'x' }
    const set = (input: object) => tenant.users.setPassword(nativeId, { ...options, ...input }, testCall())
    const weak: unknown = await set({ password: 'pass' }).catch((error: unknown) => error)
    expect(weak).toMatchObject({ kind: 'badInput', argument: ['password'], outcome: 'notApplied' })
    await expect(set({ passwordHash })).rejects.toMatchObject({ kind: 'unsupported', argument: ['passwordHash'] })
    await expect(set({ password, skipChecks: true })).rejects.toMatchObject({
      kind: 'unsupported',
      argument: ['skipChecks'],
    })
  })

  test('end the sessions, too, where that is wanted', async () => {
    const { nativeId } = tenant.someone(isOfDatabase)
    await tenant.users.setPassword(nativeId, { ...options, password, revokeSessions: 'ifSupported' }, testCall())
    expect(tenant.calls()).toEqual({ 'PATCH /users/{id}': 1, 'DELETE /users/{user_id}/sessions': 1 })
  })

  test('are unset by null', async () => {
    const upstream = await startHandMadeUpstream(() => ({ json: { user_id: nobody } }))
    await upstream.provider.users.removePassword?.(nobody, testCall())
    expect(upstream.requests).toMatchObject([{ method: 'PATCH', body: { password: null } }])
    await upstream.close()
  })

  test('are reset through a link that lives as long as asked for, else five days', async () => {
    const { nativeId } = tenant.someone(isOfDatabase)
    const before = Date.now()
    const link = await tenant.users.createPasswordResetLink(nativeId, { sendEmail: false }, testCall())
    expect(link).toMatchObject({ url: expect.stringContaining('reset-password?ticket=') as string, sent: false })
    expect(Math.round(((link.expiresAt?.getTime() ?? 0) - before) / 86_400_000)).toBe(5)
    const short = { sendEmail: false, expiresInSeconds: 60, redirectUrl: 'https://app.example.test/done' }
    const shortLived = await tenant.users.createPasswordResetLink(nativeId, short, testCall())
    expect((shortLived.expiresAt?.getTime() ?? 0) - before).toBeLessThan(120_000)
    expect(tenant.calls()).toEqual({ 'POST /tickets/password-change': 2 })
  })

  test('have no link for nobody, for a bad redirect, or by mail', async () => {
    const { nativeId } = tenant.someone(isOfDatabase)
    const link = (id: string, input: object) =>
      tenant.users.createPasswordResetLink(id, { sendEmail: false, ...input }, testCall())
    await expect(link(nobody, {})).rejects.toMatchObject({ kind: 'notFound' })
    await expect(link(nativeId, { redirectUrl: 'x' })).rejects.toMatchObject({ argument: ['redirectUrl'] })
    await expect(link(nativeId, { sendEmail: true })).rejects.toMatchObject({
      kind: 'unsupported',
      argument: ['sendEmail'],
    })
  })
})

describe('verifying an address', () => {
  test('is mailed by Auth0, or a link that is shown', async () => {
    const { nativeId, email } = tenant.someone((user) => isOfDatabase(user) && user.email !== null)
    const mailed = await tenant.users.sendEmailVerification(nativeId, null, { sendEmail: true }, testCall())
    expect(mailed).toEqual({ url: null, sent: true, expiresAt: null })
    const link = await tenant.users.sendEmailVerification(nativeId, email, { sendEmail: false }, testCall())
    expect(link).toMatchObject({ url: expect.stringContaining('email-verification?ticket=') as string, sent: false })
    expect(tenant.calls()).toEqual({
      'POST /jobs/verification-email': 1,
      'GET /users/{id}': 1,
      'POST /tickets/email-verification': 1,
    })
  })

  test('names the identity where the account is at another service', async () => {
    const upstream = await startHandMadeUpstream(() => ({ status: 201, body: { status: 'pending' } }))
    for (const id of ['samlp|acme|a@x.test', nobody]) {
      await upstream.provider.users.sendEmailVerification?.(id, null, { sendEmail: true }, testCall())
    }
    expect(upstream.requests.map(({ body }) => body)).toEqual([
      { user_id: 'samlp|acme|a@x.test', identity: { provider: 'samlp', user_id: 'acme|a@x.test' } },
      { user_id: nobody },
    ])
    await upstream.close()
  })

  test('of an address that the user does not carry, or mailed with a redirect of ours, is refused', async () => {
    const { nativeId } = tenant.someone(isOfDatabase)
    const other = tenant.users.sendEmailVerification(nativeId, 'other@example.test', { sendEmail: true }, testCall())
    await expect(other).rejects.toMatchObject({ kind: 'badInput', argument: ['emailId'] })
    const redirect = { sendEmail: true, redirectUrl: 'https://app.example.test' }
    await expect(tenant.users.sendEmailVerification(nativeId, null, redirect, testCall())).rejects.toMatchObject({
      kind: 'unsupported',
      argument: ['redirectUrl'],
    })
  })
})

describe('linked accounts', () => {
  test('are folded into one and taken apart again', async () => {
    const one = tenant.someone(isOfDatabase)
    const other = tenant.someone(({ nativeId, identities }) => nativeId.startsWith('google') && identities.length === 1)
    expect(await tenant.users.linkIdentity(one.nativeId, other.nativeId, testCall())).toBeNull()
    const linked = await tenant.read(one.nativeId)
    expect(linked?.identities.map(({ nativeId }) => nativeId)).toEqual([one.nativeId, other.nativeId])
    expect(await tenant.read(other.nativeId)).toBeUndefined()
    await tenant.users.unlinkIdentity(one.nativeId, other.nativeId, testCall())
    expect((await tenant.read(one.nativeId))?.identities).toHaveLength(1)
  })

  test('keep ids with several bars and slashes whole', async () => {
    const upstream = await startHandMadeUpstream(() => ({ status: 201, body: [] }))
    await upstream.provider.users.linkIdentity?.(nobody, 'samlp|acme|a/b', testCall())
    await upstream.provider.users.unlinkIdentity?.(nobody, 'samlp|acme|a/b', testCall())
    expect(upstream.requests[0]?.body).toEqual({ provider: 'samlp', user_id: 'acme|a/b' })
    expect(upstream.requests[1]?.path).toBe(`/users/${encodeURIComponent(nobody)}/identities/samlp/acme%7Ca%2Fb`)
    await upstream.close()
  })

  test('may have an id as long as a directory makes it', async () => {
    const upstream = await startHandMadeUpstream(() => ({ status: 200, body: [] }))
    const longest = `cn=${'x'.repeat(252)}`
    await upstream.provider.users.unlinkIdentity?.(nobody, `ad|${longest}`, testCall())
    expect(upstream.requests[0]?.path).toBe(
      `/users/${encodeURIComponent(nobody)}/identities/ad/${encodeURIComponent(longest)}`,
    )
    await upstream.close()
  })

  test('cannot be the account itself, nobody, or an impossible one', async () => {
    const { nativeId } = tenant.someone(isOfDatabase)
    for (const secondary of [nativeId, 'no id']) {
      await expect(tenant.users.linkIdentity(nativeId, secondary, testCall())).rejects.toMatchObject({
        kind: 'badInput',
        argument: ['secondaryUserId'],
      })
    }
    await expect(tenant.users.linkIdentity(nativeId, nobody, testCall())).rejects.toMatchObject({ kind: 'notFound' })
    for (const identity of ['x|..', 'google-oauth2|1', 'none']) {
      await expect(tenant.users.unlinkIdentity(nativeId, identity, testCall())).rejects.toMatchObject({
        kind: 'notFound',
      })
    }
  })
})

describe('authenticators', () => {
  const methodsOf = (id: string) => tenant.users.listAuthenticators(handleOf(id), testCall())
  const withMethods = async () => {
    for (const { nativeId } of tenant.everybody) {
      const methods = await methodsOf(nativeId)
      if (methods.filter(({ kind }) => kind !== 'password').length > 1) return { nativeId, methods }
    }
    throw new Error('nobody has two')
  }

  test('are removed one by one', async () => {
    const { nativeId, methods } = await withMethods()
    const gone = methods.find(({ kind }) => kind !== 'password')?.nativeId ?? ''
    await tenant.users.removeAuthenticator(nativeId, gone, testCall())
    expect((await methodsOf(nativeId)).map((method) => method.nativeId)).toEqual(
      methods.map((method) => method.nativeId).filter((id) => id !== gone),
    )
    const again = tenant.users.removeAuthenticator(nativeId, gone, testCall())
    await expect(again).rejects.toMatchObject({ kind: 'notFound' })
  })

  test('are removed all at once', async () => {
    const { nativeId } = await withMethods()
    tenant.sandbox.clearCalls()
    await tenant.users.resetMfa(nativeId, testCall())
    expect(tenant.calls()).toEqual({ 'DELETE /users/{id}/authentication-methods': 1 })
    expect((await methodsOf(nativeId)).filter(({ kind }) => kind !== 'password')).toEqual([])
  })

  test('a new recovery code is shown once, and browsers are forgotten', async () => {
    const { nativeId } = await withMethods()
    tenant.sandbox.clearCalls()
    expect((await tenant.users.regenerateRecoveryCode(nativeId, testCall())).length).toBeGreaterThan(8)
    expect(await tenant.users.forgetRememberedBrowsers(nativeId, testCall())).toBeNull()
    expect(tenant.calls()).toEqual({
      'POST /users/{id}/recovery-code-regeneration': 1,
      'POST /users/{id}/multifactor/actions/invalidate-remember-browser': 1,
    })
  })

  test('of nobody are not found', async () => {
    for (const id of [nobody, '..']) {
      await expect(tenant.users.resetMfa(id, testCall())).rejects.toMatchObject({ kind: 'notFound' })
      await expect(tenant.users.regenerateRecoveryCode(id, testCall())).rejects.toMatchObject({ kind: 'notFound' })
      await expect(tenant.users.forgetRememberedBrowsers(id, testCall())).rejects.toMatchObject({ kind: 'notFound' })
    }
  })
})

describe('permissions of a user', () => {
  const permission = { name: 'read:reports', api: 'urn:reports' }
  const held = async (id: string) =>
    (await tenant.users.listPermissions(id, page, testCall())).edges.map(({ node: { name, api } }) => ({ name, api }))

  test('are granted and revoked', async () => {
    const someone = tenant.everybody.find(({ nativeId }) => nativeId.startsWith('sms|'))?.nativeId ?? ''
    const before = await held(someone)
    expect(before).not.toContainEqual(permission)
    await tenant.users.grantPermissions(someone, [permission], testCall())
    expect(await held(someone)).toContainEqual(permission)
    await tenant.users.revokePermissions(someone, [permission], testCall())
    expect(await held(someone)).toEqual(before)
  })

  test('that no API defines are refused as our input', async () => {
    const { nativeId } = tenant.someone(isOfDatabase)
    for (const odd of [
      { name: 'read:nothing', api: 'urn:reports' },
      { name: 'read:reports', api: 'urn:none' },
    ]) {
      const granted = tenant.users.grantPermissions(nativeId, [odd], testCall())
      await expect(granted).rejects.toMatchObject({ kind: 'badInput', argument: ['permissions'] })
    }
    await expect(tenant.users.grantPermissions(nobody, [permission], testCall())).rejects.toMatchObject({
      kind: 'notFound',
    })
  })
})
