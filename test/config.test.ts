import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../src/config.ts'
import { providerDefinitions } from '../src/providers/index.ts'

type Environment = Readonly<Record<string, string | undefined>>

const read = (environment: Environment, file?: unknown) =>
  readConfig({ environment, file, definitions: providerDefinitions })

function faultsOf(environment: Environment, file?: unknown): readonly string[] {
  try {
    read(environment, file)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  throw new Error('it was accepted')
}

const complete = {
  MONOCLOUD_MANAGEMENT_DOMAIN: 'acme.us.monocloud.com',
  MONOCLOUD_MANAGEMENT_API_KEY: 'monocloud-key',
  AUTH0_DOMAIN: 'acme.eu.auth0.com',
  AUTH0_CLIENT_ID: 'client',
  AUTH0_CLIENT_SECRET: 'auth0-secret',
  CLERK_SECRET_KEY: 'sk_test_secret',
  APP_SERVICES_PUBLIC_KEY: 'public',
  APP_SERVICES_PRIVATE_KEY: '00000000-0000-4000-8000-000000000000',
  APP_SERVICES_PROJECT_ID: '6543a2005b1e9a0c4d100009',
  APP_SERVICES_APP_ID: '6543a2005b1e9a0c4d100010',
}

const digest = 'a'.repeat(64)

describe('the environment', () => {
  it('limits what a router may send at once, and must say a number', () => {
    expect(read({}).maxRepresentations).toBeUndefined()
    expect(read({ MAX_REPRESENTATIONS: '50' }).maxRepresentations).toBe(50)
    expect(read({ CLERK_SECRET_KEY: complete.CLERK_SECRET_KEY }, { maxRepresentations: 20 }).maxRepresentations).toBe(
      20,
    )
    expect(faultsOf({ MAX_REPRESENTATIONS: 'many' })).toEqual([expect.stringMatching(/^MAX_REPRESENTATIONS: /)])
  })

  it('says what operators see: a quieter log on the sandbox, and nothing that listens or is sent elsewhere unless asked for', () => {
    const { CLERK_SECRET_KEY } = complete
    expect(read({}).telemetry).toEqual({ logLevel: 'warn', metrics: null, traces: null })
    expect(read({ CLERK_SECRET_KEY }).telemetry).toEqual({ logLevel: 'info', metrics: null, traces: null })
    expect(read({ LOG_LEVEL: 'debug', METRICS_PORT: '9464' }).telemetry).toMatchObject({
      logLevel: 'debug',
      metrics: { host: '127.0.0.1', port: 9464 },
    })
    expect(read({ METRICS_HOST: '0.0.0.0' }).telemetry.metrics).toBeNull()
  })

  it('turns traces on with where they go, and off again', () => {
    const there = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }
    expect(read(there).telemetry.traces).toEqual({ sampler: undefined, ratio: undefined, tellsProviders: false })
    expect(read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/v1/traces' }).telemetry.traces).not.toBeNull()
    expect(read({ ...there, OTEL_SDK_DISABLED: 'true' }).telemetry.traces).toBeNull()
    const sampled = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25', TRACE_PROVIDERS: 'on' }
    expect(read({ ...there, ...sampled }).telemetry.traces).toEqual({
      sampler: 'traceidratio',
      ratio: 0.25,
      tellsProviders: true,
    })
  })

  it.each([
    ['LOG_LEVEL', 'loud'],
    ['METRICS_PORT', '-1'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
    ['TRACE_PROVIDERS', 'yes'],
  ])('is refused by name where %s is %s', (variable, word) => {
    expect(faultsOf({ [variable]: word })).toEqual([expect.stringMatching(new RegExp(`^${variable}: `))])
  })

  it('keeps no records unless told for how long', () => {
    expect(read({ ENTITY_CACHE_STALE_SECONDS: '5' }).entityCache).toBeNull()
    expect(read({ ENTITY_CACHE_SECONDS: '30', ENTITY_CACHE_STALE_IF_ERROR_SECONDS: '600' }).entityCache).toEqual({
      freshMs: 30_000,
      staleMs: 0,
      staleIfErrorMs: 600_000,
      maxRecords: 10_000,
    })
    expect(faultsOf({ ENTITY_CACHE_SECONDS: 'long' })).toEqual([expect.stringMatching(/^ENTITY_CACHE_SECONDS: /)])
  })

  it('has the key that records are sealed with in two notations, shows it to nobody, and takes no other', () => {
    const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - index))
    expect(read({}).entityCacheKey).toBeNull()
    for (const word of [bytes.toString('hex'), bytes.toString('hex').toUpperCase(), bytes.toString('base64url')]) {
      const config = read({ ENTITY_CACHE_KEY: word })
      expect(config.entityCacheKey?.export()).toEqual(bytes)
      expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain(word.slice(0, 8))
    }
    for (const wrong of ['hunter2', bytes.toString('hex').slice(2), `${bytes.toString('base64url')}hunter2`]) {
      const faults = faultsOf({ ENTITY_CACHE_KEY: wrong })
      expect(faults).toEqual([expect.stringMatching(/^ENTITY_CACHE_KEY: /)])
      expect(faults.join()).not.toContain(wrong)
    }
    expect(faultsOf({}, { providers: [], entityCacheKey: 'hunter2' }).join()).not.toContain('hunter2')
  })

  it('names a Redis by URL, whose password no fault repeats and no file holds', () => {
    expect(read({}).redis).toBeNull()
    expect(read({ REDIS_URL: 'rediss://cache.example:6380' }).redis).toEqual({
      url: 'rediss://cache.example:6380',
      keyPrefix: 'identity-gateway:',
    })
    for (const wrong of ['http://:hunter2@cache.example', 'cache.example:6379?hunter2']) {
      const faults = faultsOf({ REDIS_URL: wrong })
      expect(faults).toEqual([expect.stringMatching(/^REDIS_URL: /)])
      expect(faults.join()).not.toContain('hunter2')
    }
    expect(faultsOf({}, { providers: [], redisUrl: 'redis://:hunter2@cache.example' }).join()).not.toContain('hunter2')
  })

  it('without any provider means the sandbox', () => {
    expect(read({})).toMatchObject({
      providers: [],
      port: 4000,
      host: '127.0.0.1',
      apiKeys: [],
      isGraphiqlEnabled: false,
    })
  })

  it('says how the sandbox is to be', () => {
    expect(read({ SANDBOX_PORT: '0', SANDBOX_USERS: '30', SANDBOX_SEARCH_LAG_MS: '2000' }).sandbox).toEqual({
      port: 0,
      users: 30,
      searchLagMs: 2000,
    })
    expect(faultsOf({ SANDBOX_SEARCH_LAG_MS: '-1' })).toEqual([expect.stringMatching(/^SANDBOX_SEARCH_LAG_MS: /)])
  })

  it('makes one provider of each vendor whose variables are set', () => {
    expect(read(complete).providers.map(({ name }) => name)).toEqual(['monocloud', 'auth0', 'clerk', 'app-services'])
    const { CLERK_SECRET_KEY } = complete
    expect(read({ CLERK_SECRET_KEY }).providers.map(({ name }) => name)).toEqual(['clerk'])
  })

  it('gives slow providers less time than the request has', () => {
    expect(read({}).softDeadlineMs).toBe(2_000)
    expect(read({ REQUEST_TIMEOUT_MS: '1000' }).softDeadlineMs).toBe(500)
    expect(
      read({ CLERK_SECRET_KEY: complete.CLERK_SECRET_KEY, SOFT_DEADLINE_MS: '150' }, { softDeadlineMs: 300 })
        .softDeadlineMs,
    ).toBe(150)
    const [fault] = faultsOf({ SOFT_DEADLINE_MS: '9000', REQUEST_TIMEOUT_MS: '9000' })
    expect(fault).toMatch(/^SOFT_DEADLINE_MS: /)
  })

  it('takes an empty variable for one that is not set', () => {
    expect(read({ CLERK_SECRET_KEY: '', PORT: '' })).toMatchObject({ providers: [], port: 4000 })
  })

  it.each(Object.keys(complete).filter((name) => !['CLERK_SECRET_KEY'].includes(name)))(
    'without %s names it, and says what it is',
    (missing) => {
      const faults = faultsOf({ ...complete, [missing]: undefined })
      expect(faults).toHaveLength(1)
      expect(faults[0]).toMatch(new RegExp(`^${missing} \\(.{10,}\\): `))
    },
  )

  it('names every fault at once, and never a value', () => {
    const faults = faultsOf({
      PORT: '99999999',
      REQUEST_TIMEOUT_MS: 'soon',
      API_KEYS: 'tests:not-a-digest',
      GRAPHIQL: 'perhaps',
      AUTH0_CLIENT_SECRET: 'auth0-secret',
    })
    const names = ['PORT', 'REQUEST_TIMEOUT_MS', 'API_KEYS', 'GRAPHIQL', 'AUTH0_DOMAIN', 'AUTH0_CLIENT_ID']
    for (const name of names)
      expect(
        faults.some((fault) => fault.startsWith(name)),
        name,
      ).toBe(true)
    for (const value of ['99999999', 'soon', 'not-a-digest', 'perhaps', 'auth0-secret']) {
      expect(faults.join('\n')).not.toContain(value)
    }
  })
})

describe('settings that are for real', () => {
  it.each([
    ['API keys', { API_KEYS: `web:${digest}:*` }, undefined],
    ['a host', { HOST: '0.0.0.0' }, undefined],
    ['a config file', {}, { providers: [] }],
    ['API keys and a mistyped variable', { API_KEYS: `web:${digest}:*`, CLERK_SECRET: 'x' }, undefined],
  ])('never end on made-up data: with %s and no provider the start is refused', (_, environment, file) => {
    expect(faultsOf(environment, file)).toEqual([expect.stringMatching(/^providers: none is configured/)])
  })

  it.each([
    ['http://api.example.test', 'https://'],
    ['ftp://api.example.test', 'https://'],
    ['https://user:word@api.example.test', 'without user'],
    ['https://api.example.test/?key=1', 'without user'],
    ['https://api.example.test/#here', 'without user'],
    ['api.example.test', 'https://'],
  ])('take no key to %s', (address, expected) => {
    const faults = faultsOf({ CLERK_SECRET_KEY: complete.CLERK_SECRET_KEY, CLERK_BASE_URL: address })
    expect(faults).toEqual([expect.stringMatching(/^CLERK_BASE_URL/)])
    expect(faults[0]).toContain(expected)
    expect(faults[0]).not.toContain('word@')
  })

  it.each([
    'http://127.0.0.1:4010/clerk',
    'http://localhost:4010/clerk',
    'http://[::1]:4010/clerk',
    'https://proxy.example.test/clerk',
  ])('may be pointed at %s', (address) => {
    expect(read({ CLERK_SECRET_KEY: complete.CLERK_SECRET_KEY, CLERK_BASE_URL: address }).providers).toHaveLength(1)
  })
})

describe('a config file', () => {
  const clerk = (name: string, members: object = {}) => ({
    kind: 'clerk',
    name,
    secretKey: { env: 'SHOP_CLERK_KEY' },
    ...members,
  })
  const environment = { SHOP_CLERK_KEY: 'sk_test_secret' }

  it('names any number of tenants of one vendor', () => {
    const { providers } = read(environment, { providers: [clerk('shop'), clerk('staff', { maxParallelCalls: 3 })] })
    expect(providers.map(({ name }) => name)).toEqual(['shop', 'staff'])
    expect(providers[1]?.settings).toMatchObject({ name: 'staff', secretKey: 'sk_test_secret', maxParallelCalls: 3 })
  })

  it('takes secrets by reference only', () => {
    const faults = faultsOf(environment, { providers: [clerk('shop', { secretKey: 'sk_test_secret' })] })
    expect(faults).toEqual([expect.stringMatching(/^providers\[0\]\.secretKey: .*\{ "env": /)])
    expect(faults.join()).not.toContain('sk_test_secret')
  })

  it('names the variable that a secret refers to and that is not set', () => {
    expect(faultsOf({}, { providers: [clerk('shop')] })).toEqual([expect.stringContaining('SHOP_CLERK_KEY')])
  })

  it.each([
    ['a member that does not exist', { providers: [clerk('shop', { secertKey: 'x' })] }, 'secertKey'],
    ['a setting that does not exist', { prot: 4000 }, 'prot'],
    ['a kind that does not exist', { providers: [{ kind: 'okta', name: 'o' }] }, 'providers[0].kind'],
    ['a name twice', { providers: [clerk('shop'), clerk('shop')] }, 'the name shop'],
    ['a name that cannot be one', { providers: [clerk('Shop 1')] }, 'providers[0].name'],
    ['no object', [], 'config'],
  ])('with %s is refused and the fault named', (_, file, named) => {
    expect(faultsOf(environment, file).join('\n')).toContain(named)
  })

  it('yields to the environment where both say something', () => {
    const file = {
      port: 1,
      requestTimeoutMs: 5_000,
      graphiql: true,
      apiKeys: [{ name: 'file', sha256: digest, scopes: '*' }],
      providers: [clerk('shop')],
    }
    expect(read({ ...environment, PORT: '2' }, file)).toMatchObject({
      port: 2,
      requestTimeoutMs: 5_000,
      isGraphiqlEnabled: true,
      apiKeys: [{ name: 'file' }],
    })
  })
})

describe('what may be asked', () => {
  const key = { CLERK_SECRET_KEY: complete.CLERK_SECRET_KEY }

  it('is bounded as the settings say', () => {
    expect(read(key)).toMatchObject({
      maxNodes: undefined,
      hasNodeFields: true,
      redirectOrigins: undefined,
      guessLimit: { attempts: 5, windowSeconds: 900 },
    })
    const environment = { MAX_NODES: '20', NODE_FIELDS: 'off', MAX_GUESSES: '3', GUESS_WINDOW_SECONDS: '60' }
    expect(read({ ...key, ...environment })).toMatchObject({
      maxNodes: 20,
      hasNodeFields: false,
      guessLimit: { attempts: 3, windowSeconds: 60 },
    })
    expect(read(key, { maxNodes: 20, nodeFields: false, maxGuesses: 3, guessWindowSeconds: 60 })).toMatchObject({
      maxNodes: 20,
      hasNodeFields: false,
      guessLimit: { attempts: 3, windowSeconds: 60 },
    })
    expect(faultsOf({ MAX_NODES: '0', NODE_FIELDS: 'no', MAX_GUESSES: '0', GUESS_WINDOW_SECONDS: '0' })).toHaveLength(4)
  })

  it('is executed by our own executor, or by the reference', () => {
    expect(read(key).executor).toBe('planned')
    expect(read({ ...key, EXECUTOR: 'reference' }).executor).toBe('reference')
    expect(read(key, { executor: 'reference' }).executor).toBe('reference')
    expect(faultsOf({ EXECUTOR: 'graphql-js' })).toEqual([expect.stringContaining('EXECUTOR')])
  })

  it('may have links lead to origins, and to nothing that is more or less than one', () => {
    const { redirectOrigins } = read({ ...key, REDIRECT_ORIGINS: 'https://app.test, http://localhost:*' })
    expect(redirectOrigins).toEqual(['https://app.test', 'http://localhost:*'])
    expect(faultsOf({ REDIRECT_ORIGINS: 'https://app.test,https://app.test/done' })).toEqual([
      'REDIRECT_ORIGINS.1: an origin such as https://app.example.com; on this machine also http://localhost:*',
    ])
    expect(faultsOf(key, { redirectOrigins: ['http://app.test'] })).toEqual([
      expect.stringMatching(/^redirectOrigins\.0: /),
    ])
  })
})

describe('what may be changed', () => {
  const clerk = { kind: 'clerk', name: 'staff', secretKey: { env: 'KEY' } }
  const guests = { ...clerk, name: 'guests' }
  const environment = { KEY: 'sk_test_secret' }
  const readOnly = (more: Environment, file?: unknown) =>
    read({ ...environment, ...more }, file)
      .providers.filter(({ isReadOnly }) => isReadOnly)
      .map(({ name }) => name)

  it('is everything, unless it is turned off for all or for some', () => {
    const providers = [{ ...clerk, readOnly: true }, guests]
    expect(readOnly({ CLERK_SECRET_KEY: 'sk_test_secret' })).toEqual([])
    expect(readOnly({ CLERK_SECRET_KEY: 'sk_test_secret', READ_ONLY: 'on' })).toEqual(['clerk'])
    expect(readOnly({}, { providers })).toEqual(['staff'])
    expect(readOnly({}, { readOnly: true, providers: [clerk, guests] })).toEqual(['staff', 'guests'])
    expect(readOnly({ READ_ONLY: 'on' }, { providers })).toEqual(['staff', 'guests'])
  })

  it('stays turned off for a provider, whatever is said for all', () => {
    expect(
      readOnly({ READ_ONLY: 'off' }, { readOnly: true, providers: [{ ...clerk, readOnly: true }, guests] }),
    ).toEqual(['staff'])
  })

  it('is ten at once, and is written down where the settings say', () => {
    expect(read({})).toMatchObject({ maxMutations: 10, auditLog: undefined })
    expect(read({ MAX_MUTATIONS: '3', AUDIT_LOG: '/var/log/audit' })).toMatchObject({
      maxMutations: 3,
      auditLog: '/var/log/audit',
    })
    expect(
      read({ CLERK_SECRET_KEY: complete.CLERK_SECRET_KEY, AUDIT_LOG: 'off' }, { maxMutations: 4, auditLog: 'stdout' }),
    ).toMatchObject({
      maxMutations: 4,
      auditLog: 'off',
    })
    expect(faultsOf({ READ_ONLY: 'perhaps', MAX_MUTATIONS: '0' })).toHaveLength(2)
  })
})
