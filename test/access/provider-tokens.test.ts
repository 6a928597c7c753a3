import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Authenticator, createAuthenticator, isRefusal } from '../../src/access/authenticate.ts'
import type { Caller } from '../../src/access/caller.ts'
import type { Refusal, RefusalReason } from '../../src/access/refusal.ts'
import { mintUserAccessToken } from '../../src/sandbox/app-services/user-token.ts'
import type { ConnectedProvider } from '../../src/upstream/definition.ts'
import { type EndUser, signInAnonymously } from '../providers/app-services/end-user.ts'
import { type ManualClock, manualClock } from '../support/clock.ts'
import { present } from '../support/present.ts'
import { connectToSandbox, startSandbox, testCall, type TestSandbox } from '../support/sandbox.ts'

const verifyRoute = 'app-services POST /groups/{groupId}/apps/{appId}/users/verify_token'

let sandbox: TestSandbox
let connected: ConnectedProvider
let user: EndUser
let clock: ManualClock
let authenticator: Authenticator
let reasons: RefusalReason[]

beforeAll(async () => {
  sandbox = await startSandbox({ users: 20 })
  connected = await connectToSandbox('app-services', sandbox.environment, { maxRetries: 0 })
})
afterAll(async () => {
  await connected.close()
  await sandbox.close()
})
beforeEach(async () => {
  user = await signInAnonymously(sandbox.origin)
  clock = manualClock(Date.now())
  reasons = []
  authenticator = authenticatorFor(null)
  sandbox.clearCalls()
})
afterEach(async () => {
  await authenticator.close()
  await sandbox.clearFaults()
})

function authenticatorFor(domainId: string | null): Authenticator {
  return createAuthenticator({
    apiKeys: [],
    issuers: [{ provider: 'app-services', domainId }],
    tokensOf: () => connected.provider.tokens,
    onRefused: ({ reason }) => reasons.push(reason),
    clock,
  })
}

async function ask(token: string): Promise<Caller | Refusal> {
  return authenticator.authenticate({ header: (name) => (name === 'authorization' ? `Bearer ${token}` : null) })
}

async function refusalOf(token: string): Promise<Refusal> {
  const answer = await ask(token)
  if (!isRefusal(answer)) throw new Error('it was accepted')
  return answer
}

const checks = (): number => sandbox.calls('app-services')[verifyRoute] ?? 0

/** A token that looks right and that nobody signed. */
function invented(claims: Readonly<Record<string, unknown>> = {}): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const expiry = Math.floor(clock.now() / 1000) + 1_800
  const whole = {
    iss: '0'.repeat(24),
    sub: user.userId,
    typ: 'access',
    baas_domain_id: '1'.repeat(24),
    exp: expiry,
    ...claims,
  }
  return `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(whole)}.c2lnbmF0dXJl`
}

describe('an end user’s token of App Services', () => {
  it('makes its user known, without scopes', async () => {
    expect(await ask(user.accessToken)).toEqual({
      subject: user.userId,
      issuer: 'app-services',
      scopes: new Set(),
      providers: new Set(['app-services']),
      account: { provider: 'app-services', nativeId: user.userId },
    })
  })

  it('is checked once by everybody who shows it at once, and again after five seconds', async () => {
    await Promise.all(Array.from({ length: 30 }, () => ask(user.accessToken)))
    await clock.advance(4_999)
    await ask(user.accessToken)
    expect(checks()).toBe(1)
    await clock.advance(1)
    await ask(user.accessToken)
    expect(checks()).toBe(2)
  })

  it('is refused within five seconds after its user was disabled, though it has not expired', async () => {
    await ask(user.accessToken)
    await present(connected.provider.users.disable)(user.userId, 'no', testCall())
    await clock.advance(5_000)
    expect((await refusalOf(user.accessToken)).status).toBe(401)
    expect(reasons).toEqual(['refused by the provider'])
  })

  it('is never known beyond its end', async () => {
    const [issuedAt, expiresAt] = [new Date(clock.now()), new Date(clock.now() + 3_000)]
    const token = mintUserAccessToken({ userId: user.userId, issuedAt, expiresAt })
    expect(isRefusal(await ask(token))).toBe(false)
    await clock.advance(3_000)
    expect((await refusalOf(token)).status).toBe(401)
    expect(reasons).toEqual(['expired'])
    expect(checks()).toBe(1)
  })

  it('that somebody invented is refused, and asked about once', async () => {
    const token = invented()
    expect((await refusalOf(token)).status).toBe(401)
    await refusalOf(token)
    expect(checks()).toBe(1)
  })

  it('that is for refreshing is refused without a call', async () => {
    expect((await refusalOf(user.refreshToken)).status).toBe(401)
    expect((await refusalOf(invented({ typ: 'refresh' }))).status).toBe(401)
    expect(checks()).toBe(0)
  })

  it('that has expired, or never does, is refused without a call', async () => {
    for (const exp of [Math.floor(clock.now() / 1000), null, 'never']) await refusalOf(invented({ exp }))
    expect(reasons).toEqual(['expired', 'expired', 'expired'])
    expect(checks()).toBe(0)
  })

  it('is asked about no more than fifty times a second, however many are invented', async () => {
    const answers = await Promise.all(Array.from({ length: 500 }, (_, guess) => refusalOf(invented({ guess }))))
    expect(checks()).toBe(50)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(50)
    const limited = answers.filter(({ status }) => status === 429)
    expect(limited).toHaveLength(450)
    expect(limited[0]).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 1, provider: 'app-services' })
  })

  it('is asked about also by a clock that goes on while it is looked at', async () => {
    let time = Date.now()
    clock = { ...clock, now: () => (time += 1) }
    authenticator = authenticatorFor(null)
    expect(isRefusal(await ask(user.accessToken))).toBe(false)
  })

  it('that was good before is checked again while others are too many', async () => {
    await ask(user.accessToken)
    await clock.advance(5_000)
    await Promise.all(Array.from({ length: 60 }, (_, guess) => ask(invented({ guess }))))
    expect(isRefusal(await ask(user.accessToken))).toBe(false)
    expect(reasons).toContain('too many tokens to check')
  })

  it('that was wrong before is one of the many', async () => {
    const wrong = invented()
    await refusalOf(wrong)
    await clock.advance(5_000)
    await Promise.all(Array.from({ length: 60 }, (_, guess) => ask(invented({ guess }))))
    expect((await refusalOf(wrong)).status).toBe(429)
  })

  it('is not wrong when App Services cannot be asked, and is asked about anew', async () => {
    await sandbox.fault({ provider: 'app-services', kind: 'status', status: 503, route: '*' })
    expect(await refusalOf(user.accessToken)).toMatchObject({
      status: 503,
      code: 'PROVIDER_UNAVAILABLE',
      provider: 'app-services',
    })
    await sandbox.clearFaults()
    expect(isRefusal(await ask(user.accessToken))).toBe(false)
  })

  it('is of the app whose domain is configured, and of no other', async () => {
    const claims = JSON.parse(Buffer.from(user.accessToken.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      string
    >
    authenticator = authenticatorFor(claims['baas_domain_id'] ?? '')
    expect(isRefusal(await ask(user.accessToken))).toBe(false)
    authenticator = authenticatorFor('0'.repeat(24))
    expect((await refusalOf(user.accessToken)).status).toBe(401)
    expect(reasons).toEqual(['unknown issuer'])
  })

  it('is nobody’s where App Services is not configured for it', async () => {
    authenticator = createAuthenticator({ apiKeys: [], onRefused: ({ reason }) => reasons.push(reason), clock })
    await refusalOf(user.accessToken)
    expect(reasons).toEqual(['unknown issuer'])
  })
})
