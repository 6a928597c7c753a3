import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandboxEnvironment } from '../src/sandbox/sandbox.ts'
import { UserWithRelationsDocument, type UserWithRelationsQuery } from './generated/operations.ts'
import { runToEnd, type RunningGateway, startGateway } from './support/process.ts'

const names = ['monocloud', 'auth0', 'clerk', 'app-services'] as const

let gateway: RunningGateway
/** Every body that the gateway answered. */
const answers: string[] = []

beforeAll(async () => {
  gateway = await startGateway()
}, 30_000)
afterAll(() => gateway.stop())

async function ask(
  document: string,
  variables: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = { 'x-api-key': 'sandbox' },
): Promise<{
  readonly status: number
  readonly data: Record<string, never>
  readonly errors?: readonly { extensions: Record<string, unknown> }[]
}> {
  const response = await fetch(`${gateway.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: document, variables }),
  })
  const text = await response.text()
  answers.push(text, JSON.stringify([...response.headers]))
  return { status: response.status, ...(JSON.parse(text) as { data: Record<string, never> }) }
}

describe('npm start with nothing configured', () => {
  it('says where it is, that its data is made up, and which providers are up', () => {
    const output = gateway.output()
    expect(output).toContain('SANDBOX DATA')
    expect(output).toMatch(/GraphiQL +http:\/\/127\.0\.0\.1:\d+\/graphiql/)
    expect(output).toContain('x-api-key: sandbox')
    for (const name of names) expect(output).toContain(`${name}: up`)
  })

  it('is healthy', async () => {
    const response = await fetch(`${gateway.origin}/health`)
    expect(response.status).toBe(200)
  })

  it('answers one query over all four providers with users, groups, sessions and grants', async () => {
    const fields = `users(first: 20) { nodes {
      nativeId
      groups(first: 5) { nodes { name } }
      sessions(first: 5) { nodes { id status } }
      grants(first: 5) { nodes { id kind } }
    } }`
    const { data, errors } = await ask(
      `{ ${names.map((name, index) => `p${index}: provider(name: "${name}") { name ${fields} }`).join('\n')} }`,
    )
    expect(errors).toBeUndefined()
    for (const [index, name] of names.entries()) {
      const provider = data[`p${index}`] as unknown as {
        readonly name: string
        readonly users: { readonly nodes: readonly UserWithRelationsQuery['userByNativeId'][] }
      }
      const { nodes } = provider.users
      expect(provider.name).toBe(name)
      expect(nodes).toHaveLength(20)
      const some = (pick: (user: NonNullable<(typeof nodes)[number]>) => readonly unknown[] | undefined): boolean =>
        nodes.some((user) => user && (pick(user)?.length ?? 0) > 0)
      expect(
        some((user) => user.sessions?.nodes),
        `${name} sessions`,
      ).toBe(true)
      expect(
        some((user) => user.grants?.nodes),
        `${name} grants`,
      ).toBe(true)
      const groups = nodes.map((user) => user?.groups)
      if (name === 'app-services') expect(new Set(groups)).toEqual(new Set([null]))
      else
        expect(
          some((user) => user.groups?.nodes),
          `${name} groups`,
        ).toBe(true)
    }
  })

  it.each(names)('answers everything about a user of %s', async (provider) => {
    const page = await ask(
      'query ($provider: [String!]) { users(providers: $provider, first: 1) { nodes { nativeId } } }',
      {
        provider: [provider],
      },
    )
    const nativeId = (page.data['users'] as unknown as { nodes: readonly { nativeId: string }[] }).nodes[0]?.nativeId
    const { data, errors } = await ask(String(UserWithRelationsDocument), { provider, nativeId })
    expect(errors).toBeUndefined()
    expect((data as unknown as UserWithRelationsQuery).userByNativeId).toMatchObject({
      nativeId,
      status: expect.any(String) as string,
    })
  })

  it('names a provider that fails, and answers with the others', async () => {
    const fault = { provider: 'clerk', kind: 'status', status: 500 }
    const control = `${gateway.sandboxOrigin}/__sandbox/faults`
    expect((await fetch(control, { method: 'POST', body: JSON.stringify(fault) })).status).toBe(204)
    try {
      const { data, errors } = await ask('{ providers { name users(first: 1) { nodes { id } } } }')
      const providers = data['providers'] as unknown as readonly { name: string; users: unknown }[]
      expect(providers.filter(({ users }) => users === null).map(({ name }) => name)).toEqual(['clerk'])
      expect(errors?.map(({ extensions }) => extensions)).toMatchObject([
        { code: 'PROVIDER_UNAVAILABLE', provider: 'clerk' },
      ])
    } finally {
      await fetch(control, { method: 'DELETE' })
    }
  })

  it('does not take a provider’s refusal of our key for a caller without credentials', async () => {
    const fault = { provider: 'monocloud', kind: 'status', status: 401 }
    const control = `${gateway.sandboxOrigin}/__sandbox/faults`
    await fetch(control, { method: 'POST', body: JSON.stringify(fault) })
    try {
      const { status, errors } = await ask('{ users(providers: ["monocloud"]) { nodes { id } } }')
      expect(status).toBe(200)
      expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['PROVIDER_CREDENTIALS'])
      const health = await ask('{ provider(name: "monocloud") { health { status lastError } } }')
      expect(health.data).toMatchObject({ provider: { health: { status: 'DOWN' } } })
    } finally {
      await fetch(control, { method: 'DELETE' })
    }
  })

  it('verifies a token, and says of one that is none why it is not valid', async () => {
    const { data } = await ask(
      'mutation { verifyToken(input: { provider: "clerk", token: "no.such.token" }) { valid reason user { id } errors { code } } }',
    )
    expect(data).toMatchObject({
      verifyToken: { valid: false, reason: expect.any(String) as string, user: null, errors: [] },
    })
  })

  it.each([
    ['no key', {}],
    ['an empty key', { 'x-api-key': '' }],
    ['a wrong key', { 'x-api-key': 'Sandbox' }],
    ['the beginning of the key', { 'x-api-key': 'sandbo' }],
    ['a key that is far too long', { 'x-api-key': 'sandbox'.repeat(200) }],
  ])('serves nobody with %s', async (_, headers) => {
    const { status, errors, data } = await ask('{ viewer { subject } }', {}, headers)
    expect([status, data, errors?.[0]?.extensions['code']]).toEqual([401, undefined, 'UNAUTHENTICATED'])
  })

  it('never shows a secret: in nothing that it printed or answered is a key, a token or private data', async () => {
    // Everything a client may see but private metadata, of many users, errors included.
    await ask(`{ providers { users(first: 50) { nodes {
      name email publicMetadata
      identities { id service externalUserId }
      authenticators { id kind name }
      sessions { nodes { id userAgent } }
      grants { nodes { id kind scopes } }
      events { nodes { type description } }
    } } } }`)
    await ask('{ users(providers: ["nope"]) { nodes { id } } }')
    const secrets = Object.entries(sandboxEnvironment('http://127.0.0.1'))
      .filter(([name]) => /KEY|SECRET/.test(name))
      .map(([, value]) => value)
    const seen = [gateway.output(), ...answers].join('\n')
    expect(seen.length).toBeGreaterThan(10_000)
    expect(secrets.length).toBeGreaterThan(3)
    // `private-` marks every piece of private data in the sandbox, `secret-` and `secret.` its tokens.
    for (const secret of [...secrets, 'private-', 'secret-', 'secret.']) expect(seen).not.toContain(secret)
    // The scheme's name stands in answers, and then only how it was used wrongly.
    expect(seen).not.toMatch(/Bearer (?!error=)/)
  })
})

describe('npm start with a wrong setting', () => {
  it('stops with one line per fault, and prints no value', async () => {
    const { code, output } = await runToEnd({
      environment: {
        PORT: 'eighty',
        AUTH0_DOMAIN: 'acme.auth0.com',
        AUTH0_CLIENT_ID: 'id',
        CLERK_SECRET_KEY: ' ',
        API_KEYS: 'me:hunter2:*',
      },
    })
    expect(code).toBe(1)
    const lines = output.trim().split('\n')
    for (const name of ['PORT', 'AUTH0_CLIENT_SECRET', 'CLERK_SECRET_KEY', 'API_KEYS']) {
      expect(
        lines.filter((line) => line.trim().startsWith(name)),
        name,
      ).toHaveLength(1)
    }
    expect(output).not.toContain('hunter2')
    expect(output).not.toContain('eighty')
  })

  it('says so when a config file is not there, is not JSON, or names no kind of provider', async () => {
    const start = (path: string) => runToEnd({ arguments: ['serve', '--config', path] })
    expect((await start('/nowhere/config.json')).output).toContain('cannot be read')
    expect((await start('README.md')).output).toContain('is not JSON')
    expect((await start('package.json')).output).toContain('config')
  })
})

describe('npm start with a provider configured', () => {
  it('serves it, keeps the sandbox out, and is closed without an API key', async () => {
    const configured = await startGateway({
      environment: {
        MONOCLOUD_MANAGEMENT_DOMAIN: 'acme.example.test',
        MONOCLOUD_MANAGEMENT_API_KEY: 'wrong-key-of-monocloud',
        MONOCLOUD_BASE_URL: `${gateway.sandboxOrigin}/monocloud/api`,
      },
      readyWhen: /Provider +monocloud: .*\n/,
    })
    try {
      const output = configured.output()
      expect(output).not.toContain('SANDBOX')
      expect(output).toContain('monocloud: down')
      expect(output).toContain('API_KEYS')
      expect(output).not.toContain('wrong-key-of-monocloud')
      const answer = await fetch(`${configured.origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': 'sandbox' },
        body: '{"query":"{ viewer { subject } }"}',
      })
      expect(answer.status).toBe(401)
      expect((await fetch(`${configured.origin}/graphiql`)).status).toBe(401)
    } finally {
      await configured.stop()
    }
  })
})
