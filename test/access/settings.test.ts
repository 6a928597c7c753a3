import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'
import { providerDefinitions } from '../../src/providers/index.ts'

type Environment = Readonly<Record<string, string>>

const clerk: Environment = { CLERK_SECRET_KEY: 'sk_test_secret' }
const appServices: Environment = {
  APP_SERVICES_PUBLIC_KEY: 'public',
  APP_SERVICES_PRIVATE_KEY: 'private',
  APP_SERVICES_PROJECT_ID: '6543a2005b1e9a0c4d100009',
  APP_SERVICES_APP_ID: '6543a2005b1e9a0c4d100010',
}
const digest = 'a'.repeat(64)
const otherDigest = 'b'.repeat(64)

const read = (environment: Environment, file?: unknown) =>
  readConfig({ environment: { ...clerk, ...environment }, file, definitions: providerDefinitions })

function faultsOf(environment: Environment, file?: unknown): readonly string[] {
  try {
    read(environment, file)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  throw new Error('it was accepted')
}

describe('API keys in the environment', () => {
  const keysOf = (text: string) => read({ ...appServices, API_KEYS: text }).apiKeys

  it('name their scopes behind the digest', () => {
    expect(keysOf(`web:${digest}:users:read+groups:read`)).toEqual([
      { name: 'web', sha256: digest, scopes: ['users:read', 'groups:read'], providers: '*' },
    ])
  })

  it('open everything with a star, which is written out', () => {
    expect(keysOf(`web:${digest}:*`)).toEqual([{ name: 'web', sha256: digest, scopes: '*', providers: '*' }])
  })

  it('name their providers behind an at sign', () => {
    expect(keysOf(`web:${digest}:*@clerk+app-services`)).toMatchObject([{ providers: ['clerk', 'app-services'] }])
    expect(keysOf(`web:${digest}:users:read@*`)).toMatchObject([{ scopes: ['users:read'], providers: '*' }])
  })

  it('are separated by commas, with or without spaces', () => {
    expect(keysOf(`web:${digest}:*, support:${otherDigest}:*`).map(({ name }) => name)).toEqual(['web', 'support'])
  })

  it('that say nothing of scopes are refused, and told what to write', () => {
    const faults = faultsOf({ API_KEYS: `web:${digest}` })
    expect(faults).toEqual([expect.stringMatching(/^API_KEYS.*scopes: .*name:digest:\* or name:digest:users:read/)])
  })

  it.each([
    ['an unknown scope', `a:${digest}:users:reed`],
    ['no scope', `a:${digest}:`],
    ['a star among scopes', `a:${digest}:*+users:read`],
    ['no provider', `a:${digest}:*@`],
    ['an unknown provider', `a:${digest}:*@auth0`],
    ['a name twice', `a:${digest}:*,a:${otherDigest}:*`],
    ['a digest twice', `a:${digest}:users:read,b:${digest}:*`],
    ['a digest alone', digest],
    ['no name', `:${digest}:*`],
    ['a digest in capitals', `a:${digest.toUpperCase()}:*`],
    ['the key itself', 'a:secret-key:*'],
  ])('are refused with %s, and no value is repeated', (_, text) => {
    const faults = faultsOf({ API_KEYS: text })
    expect(faults.length).toBeGreaterThan(0)
    for (const fault of faults) expect(fault).toMatch(/^API_KEYS|API key a/)
    for (const value of [digest, digest.toUpperCase(), 'secret-key', 'reed']) expect(faults.join()).not.toContain(value)
  })
})

describe('API keys in a config file', () => {
  it('name scopes and providers as lists, or all with a star', () => {
    const apiKeys = [
      { name: 'web', sha256: digest, scopes: ['users:read'], providers: ['clerk'] },
      { name: 'support', sha256: otherDigest, scopes: '*' },
    ]
    expect(read({}, { apiKeys }).apiKeys).toEqual([apiKeys[0], { ...apiKeys[1], providers: '*' }])
  })

  it('that say nothing of scopes are refused', () => {
    expect(faultsOf({}, { apiKeys: [{ name: 'web', sha256: digest }] })).toEqual([
      expect.stringMatching(/^apiKeys.0.scopes: /),
    ])
  })
})

const issuer = {
  issuer: 'https://issuer.example.test',
  jwksUrl: 'https://issuer.example.test/jwks.json',
  audience: ['https://gateway.example.test'],
}

describe('an issuer in a config file', () => {
  const issuersOf = (...issuers: readonly object[]) => read(appServices, { issuers }).issuers

  it('grants any scope that its tokens name, and takes asymmetric signatures only', () => {
    expect(issuersOf(issuer)).toEqual([
      {
        ...issuer,
        jwksTimeoutMs: 3_000,
        authorizedParties: [],
        algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
        clockToleranceSeconds: 5,
        holder: { scopesClaim: null, scopes: '*', providersClaim: null, providers: '*' },
      },
    ])
  })

  it('grants as much as stands there', () => {
    const limits = { scopesClaim: 'roles', scopes: ['users:read'], providersClaim: 'tenants', providers: ['clerk'] }
    expect(issuersOf({ ...issuer, ...limits })).toMatchObject([{ holder: limits }])
  })

  it('is one of end users when it names their provider', () => {
    expect(issuersOf({ ...issuer, provider: 'clerk' })).toMatchObject([{ holder: { provider: 'clerk' } }])
  })

  it('publishes no keys when it is App Services', () => {
    expect(issuersOf({ provider: 'app-services' })).toEqual([{ provider: 'app-services', domainId: null }])
  })

  it('may publish its keys on this machine without TLS', () => {
    const jwksUrl = 'http://127.0.0.1:4010/jwks.json'
    expect(issuersOf({ ...issuer, jwksUrl })).toMatchObject([{ jwksUrl }])
  })

  it.each([
    ['no issuer', { issuer: undefined }, 'issuers[0].issuer'],
    ['no place of its keys', { jwksUrl: undefined }, 'issuers[0].jwksUrl'],
    ['keys sent in the clear', { jwksUrl: 'http://issuer.example.test/jwks' }, 'issuers[0].jwksUrl'],
    ['keys behind a password', { jwksUrl: 'https://a:secret-word@issuer.example.test/' }, 'issuers[0].jwksUrl'],
    ['neither audience nor authorized party', { audience: undefined }, 'issuers[0].audience'],
    ['an empty audience', { audience: [] }, 'issuers[0].audience'],
    ['a shared secret as signature', { algorithms: ['HS256'] }, 'issuers[0].algorithms'],
    ['no signature', { algorithms: ['none'] }, 'issuers[0].algorithms'],
    ['a tolerance of an hour', { clockToleranceSeconds: 3_600 }, 'issuers[0].clockToleranceSeconds'],
    ['an unknown scope', { scopes: ['users:reed'] }, 'issuers[0].scopes'],
    ['an unknown provider', { providers: ['auth0'] }, 'issuers[0].providers'],
    ['end users of an unknown provider', { provider: 'auth0' }, 'issuers[0].provider'],
    ['scopes for end users', { provider: 'clerk', scopes: ['users:read'] }, 'scopes'],
    ['a claim of scopes for end users', { provider: 'clerk', scopesClaim: 'scope' }, 'scopesClaim'],
    ['a member that does not exist', { audiance: 'x' }, 'audiance'],
  ])('is refused with %s', (_, changes, named) => {
    const faults = faultsOf(appServices, { issuers: [{ ...issuer, ...changes }] })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain(named)
    expect(faults[0]).not.toContain('secret-word')
  })

  it('has one entry', () => {
    expect(faultsOf({}, { issuers: [issuer, { ...issuer, provider: 'clerk' }] })).toEqual([
      expect.stringMatching(/^issuers\[1\]\.issuer: /),
    ])
  })

  it('must publish keys when it is not App Services', () => {
    expect(faultsOf({}, { issuers: [{ provider: 'clerk' }] })).toEqual([
      expect.stringMatching(/^issuers\[0\]\.issuer: /),
    ])
    expect(faultsOf({}, { issuers: [{ provider: 'nobody' }] })).toEqual([
      expect.stringMatching(/^issuers\[0\]\.provider: /),
    ])
  })

  it('says which app it is when there are several that publish no keys', () => {
    const apps = ['shop', 'staff'].map((name) => ({
      kind: 'app-services',
      name,
      publicKey: 'public',
      privateKey: { env: 'PRIVATE' },
      projectId: '6543a2005b1e9a0c4d100009',
      appId: '6543a2005b1e9a0c4d100010',
    }))
    const file = (...issuers: readonly object[]) => ({ providers: apps, issuers })
    const domainId = '6543a2005b1e9a0c4d100011'
    expect(
      read({ PRIVATE: 'p' }, file({ provider: 'shop', domainId }, { provider: 'staff', domainId: '7'.repeat(24) }))
        .issuers,
    ).toHaveLength(2)
    expect(faultsOf({ PRIVATE: 'p' }, file({ provider: 'shop', domainId }, { provider: 'staff' }))).toEqual([
      expect.stringMatching(/^issuers\[1\]\.domainId: /),
    ])
  })
})

describe('an issuer in the environment', () => {
  const variables = {
    JWT_ISSUER: issuer.issuer,
    JWT_JWKS_URL: issuer.jwksUrl,
    JWT_AUDIENCE: 'https://gateway.example.test',
  }

  it('is one', () => {
    expect(read(variables).issuers).toMatchObject([issuer])
  })

  it('may have several audiences, or authorized parties, and a claim of scopes', () => {
    const more = { JWT_AUDIENCE: 'a, b', JWT_AUTHORIZED_PARTIES: 'c,d', JWT_SCOPES_CLAIM: 'roles' }
    expect(read({ ...variables, ...more }).issuers).toMatchObject([
      { audience: ['a', 'b'], authorizedParties: ['c', 'd'], holder: { scopesClaim: 'roles' } },
    ])
  })

  it('may be one of end users, also of App Services', () => {
    expect(read({ ...variables, JWT_PROVIDER: 'clerk' }).issuers).toMatchObject([{ holder: { provider: 'clerk' } }])
    expect(read({ ...appServices, JWT_PROVIDER: 'app-services' }).issuers).toMatchObject([{ provider: 'app-services' }])
  })

  it('stands in place of those in a config file', () => {
    const other = { ...issuer, issuer: 'https://other.example.test' }
    expect(read(variables, { issuers: [other] }).issuers.map((entry) => 'issuer' in entry && entry.issuer)).toEqual([
      issuer.issuer,
    ])
  })

  it.each(['JWT_ISSUER', 'JWT_JWKS_URL', 'JWT_AUDIENCE'])('is refused without %s, by that name', (missing) => {
    expect(faultsOf({ ...variables, [missing]: '' })).toEqual([
      expect.stringMatching(new RegExp(`^${missing}: missing`)),
    ])
  })

  it('must name a provider that there is, by that variable', () => {
    expect(faultsOf({ ...variables, JWT_PROVIDER: 'auth0' })).toEqual([expect.stringMatching(/^JWT_PROVIDER: /)])
    expect(faultsOf({ JWT_PROVIDER: 'clerk' })).toEqual([expect.stringMatching(/^JWT_ISSUER: /)])
  })

  it('is for real: without a provider the start is refused', () => {
    expect(() => readConfig({ environment: variables, definitions: providerDefinitions })).toThrow(
      /providers: none is configured/,
    )
  })
})
