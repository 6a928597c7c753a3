import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOfApiKey } from '../../src/access/api-keys.ts'
import { readConfig } from '../../src/config.ts'
import { providerDefinitions } from '../../src/providers/index.ts'
import { sandboxApplication, sandboxEnvironment } from '../../src/sandbox/sandbox.ts'
import { signInAnonymously } from '../providers/app-services/end-user.ts'
import { runToEnd, type RunningGateway, startGateway } from '../support/process.ts'

const somebodyAtClerk = 'user_25cPhR0002XbZ8rDsJAC62Do1Fc'

describe('identity-gateway key', () => {
  it('makes a key and the setting that makes it known', async () => {
    const { code, output } = await runToEnd({ arguments: ['key'] })
    expect(code).toBe(0)
    const {
      key = '',
      digest,
      setting = '',
    } = Object.fromEntries(
      output
        .trim()
        .split('\n')
        .map((line) => line.split(/ +/) as [string, string]),
    )
    expect(digest).toBe(digestOfApiKey(key))
    const { apiKeys } = readConfig({
      environment: { CLERK_SECRET_KEY: 'sk_test_secret', API_KEYS: setting.replace('API_KEYS=', '') },
      definitions: providerDefinitions,
    })
    expect(apiKeys).toEqual([{ name: 'web', sha256: digest, scopes: ['users:read', 'groups:read'], providers: '*' }])
  })
})

describe('npm start with nothing configured', () => {
  let gateway: RunningGateway
  const shown: string[] = []

  beforeAll(async () => {
    gateway = await startGateway()
  }, 30_000)
  afterAll(() => gateway.stop())

  async function viewerOf(token: string): Promise<unknown> {
    shown.push(token)
    const response = await fetch(`${gateway.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: '{"query":"{ viewer { subject scopes user { providerName nativeId } } }"}',
    })
    const text = await response.text()
    expect(text).not.toContain(token)
    const { data } = JSON.parse(text) as { readonly data?: { readonly viewer: unknown } }
    return data?.viewer ?? response.status
  }

  /** As the application of this origin gets it. */
  async function clerkToken(origin: string | null): Promise<string> {
    const clerk = async (path: string, body: object): Promise<Readonly<Record<string, string>>> => {
      const response = await fetch(`${gateway.sandboxOrigin}/clerk/v1${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${sandboxEnvironment('')['CLERK_SECRET_KEY']}`,
          'content-type': 'application/json',
          ...(origin === null ? {} : { origin }),
        },
        body: JSON.stringify(body),
      })
      return (await response.json()) as Readonly<Record<string, string>> // as documented
    }
    const { id } = await clerk('/sessions', { user_id: somebodyAtClerk })
    return (await clerk(`/sessions/${id}/tokens`, {}))['jwt'] ?? ''
  }

  it('knows a signed-in user of Clerk', async () => {
    const token = await clerkToken(sandboxApplication)
    expect(await viewerOf(token)).toEqual({
      subject: somebodyAtClerk,
      scopes: [],
      user: { providerName: 'clerk', nativeId: somebodyAtClerk },
    })
  })

  it.each([null, 'http://localhost:3001'])('knows no user of the application %j', async (origin) => {
    expect(await viewerOf(await clerkToken(origin))).toBe(401)
  })

  it('knows a signed-in user of App Services', async () => {
    const { userId, accessToken } = await signInAnonymously(gateway.sandboxOrigin ?? '')
    expect(await viewerOf(accessToken)).toEqual({
      subject: userId,
      scopes: [],
      user: { providerName: 'app-services', nativeId: userId },
    })
  })

  it('knows nobody by a token that was changed', async () => {
    const { accessToken } = await signInAnonymously(gateway.sandboxOrigin ?? '')
    expect(await viewerOf(`${accessToken.slice(0, -10)}AAAAAAAAAA`)).toBe(401)
  })

  it('prints nothing of what was shown', () => {
    expect(shown.length).toBeGreaterThan(4)
    for (const token of shown) {
      for (const part of token.split('.')) expect(gateway.output()).not.toContain(part)
    }
  })
})
