import { fc, test } from '@fast-check/vitest'
import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest'
import { encodeGlobalId } from '../../src/identity/global-id.ts'
import { listen, type ListeningSandbox } from '../../src/sandbox/listen.ts'
import { createSandbox, sandboxEnvironment } from '../../src/sandbox/sandbox.ts'
import type { ConnectedProvider } from '../../src/upstream/definition.ts'
import { createTestGateway, type TestGateway } from '../support/gateway.ts'
import { connectToSandbox, testCall } from '../support/sandbox.ts'

/**
 * Text from a client that reaches a vendor stays text: it leads to no other route, ends no phrase of a query and adds no parameter. What
 * the vendor is asked with odd text has the shape of what it is asked with plain text, with the odd text whole in it.
 */
const kinds = ['monocloud', 'auth0', 'clerk', 'app-services'] as const

let sandbox: ReturnType<typeof createSandbox>
let server: ListeningSandbox
let connected: ConnectedProvider[]
let gateway: TestGateway
const seen: { readonly url: URL; readonly body: string }[] = []

beforeAll(async () => {
  sandbox = createSandbox({ users: 30 })
  const fetch = async (request: Request): Promise<Response> => {
    seen.push({ url: new URL(request.url), body: await request.clone().text() })
    return sandbox.fetch(request)
  }
  server = await listen({ ...sandbox, fetch }, 0)
  const environment = sandboxEnvironment(server.origin)
  connected = await Promise.all(kinds.map((kind) => connectToSandbox(kind, environment)))
  gateway = createTestGateway(connected.map(({ provider }) => provider))
  await Promise.all(connected.map(({ provider }) => provider.check(testCall())))
})
beforeEach(() => sandbox.reset())
afterAll(async () => {
  await Promise.all(connected.map((connection) => connection.close()))
  await server.close()
})

/** Text that means something to somebody on the way. */
const meaningful = [
  '/',
  '..',
  '../users',
  '%2e%2e%2f',
  '%00',
  '?a=b',
  '&status=1',
  '#',
  '|',
  ';',
  '\\',
  '"',
  "'",
  '*',
  ' OR ',
  ' AND ',
  'NOT ',
  ':',
  '(',
  ')',
  '[a TO b]',
  '{',
  '}',
  '~1',
  '^2',
  '+',
  '-',
  '!',
  '\r\nx-injected: 1',
  '\n',
  '\t',
  '\0',
  '\u202e',
  '😀',
  '\ud800',
  'é',
  '$where',
  '{{a}}',
  '@',
  ',',
  ' ',
  'auth0|',
  'user_',
  'null',
  'undefined',
  '__proto__',
]
const text = fc
  .array(
    fc.oneof(fc.constantFrom(...meaningful), fc.string({ unit: 'binary', maxLength: 6 }), fc.string({ maxLength: 4 })),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''))

/** The routes called, and the requests as they came. */
async function ask(document: string, variables: Readonly<Record<string, unknown>>) {
  sandbox.clearCalls()
  seen.length = 0
  const { errors, data } = await gateway.query(document, variables)
  expect(gateway.internalErrors).toEqual([])
  const routes = sandbox.calls().map(({ provider, method, route, count }) => `${provider} ${method} ${route} ${count}`)
  return { errors, data, routes, requests: [...seen] }
}

/** A query with everything that is text in it made alike: what is left is what the vendor's language makes of it. */
function shapeOf(query: string): string {
  return query.replaceAll(/"(?:[^"\\]|\\[^])*"|(?:\\[^]|[^\s+\-&|!(){}[\]^"~*?:\\/<>=])+/g, 'text')
}

/** What of a request may not differ: where it goes, and which parameters it has; of those in a query language, their shape. */
function frameOf({ url }: { readonly url: URL }, value: string): string {
  const parameters = [...url.searchParams].map(([name, given]) => {
    if (name === 'q' || name === 'filter') return `${name}=${shapeOf(given)}`
    // How much is left to ask for depends on what was found before.
    if (name === 'take') return name
    // Clerk reads a sign in front of a value.
    return `${name}=${given === value || given === `+${value}` ? 'text' : given}`
  })
  const segments = url.pathname.split('/').map((segment) => (decodeURIComponent(segment) === value ? 'text' : segment))
  return `${segments.join('/')}?${parameters.join('&')}`
}

/** Whether the value stands whole in a request, however it is escaped there. */
function holds({ url, body }: { readonly url: URL; readonly body: string }, value: string): boolean {
  const unescaped = (escaped: string): string => escaped.replaceAll(/\\([^])/g, '$1')
  return (
    url.pathname.split('/').some((segment) => decodeURIComponent(segment) === value) ||
    [...url.searchParams.values()].some(
      (given) => given === value || given === `+${value}` || unescaped(given).includes(value),
    ) ||
    body.includes(JSON.stringify(value).slice(1, -1))
  )
}

/** Asks with plain text and with odd text, and compares what the vendor saw. */
async function expectSameFrame(
  document: string,
  variablesOf: (value: string) => Readonly<Record<string, unknown>>,
  odd: string,
  whole = (part: string): string => part,
) {
  const value = whole(odd.toWellFormed())
  const answer = await ask(document, variablesOf(whole(odd)))
  if (answer.requests.length === 0) {
    // Refused, or known not to exist, without asking.
    expect(answer.routes).toEqual([])
    return
  }
  // A wildcard in front needs some letters behind it.
  const benign = 'abc'.slice(0, Math.min(3, Array.from(odd).length))
  const plain = await ask(document, variablesOf(whole(benign)))
  expect(answer.routes).toEqual(plain.routes)
  expect(answer.requests.map((request) => frameOf(request, value))).toEqual(
    plain.requests.map((request) => frameOf(request, whole(benign))),
  )
  for (const request of answer.requests) expect(holds(request, value), String(request.url)).toBe(true)
}

const options = { seed: 20_261_122, numRuns: 60 }

describe.each(kinds)('text for %s', (kind) => {
  const filters = ['search', 'username', 'externalId'] as const
  for (const field of filters) {
    test.prop([text], options)(`as the filter ${field} is only searched for`, async (odd) => {
      await expectSameFrame(
        `query ($kind: String!, $filter: UserFilter) { users(providers: [$kind], filter: $filter) { nodes { id } } }`,
        (value) => ({ kind, filter: { [field]: value } }),
        odd,
      )
    })
  }

  test.prop([text], options)('as an address is only looked up', async (odd) => {
    await expectSameFrame(
      'query ($kind: String!, $email: String!) { usersByEmail(providers: [$kind], email: $email) { users { id } } }',
      (value) => ({ kind, email: value }),
      odd,
      (part) => `${part.toLowerCase()}@example.test`,
    )
  })

  test.prop([text], options)('as a search for groups is only searched for', async (odd) => {
    await expectSameFrame(
      'query ($kind: String!, $search: String!) { provider(name: $kind) { groups(search: $search) { nodes { id } } } }',
      (value) => ({ kind, search: value }),
      odd,
    )
  })

  test.prop([text], options)('as a native id is one segment of the path', async (odd) => {
    const answer = await ask(
      'query ($kind: String!, $id: String!) { userByNativeId(provider: $kind, nativeId: $id) { id } }',
      { kind, id: odd },
    )
    expectOneSegment(answer, odd, /\/users\/\{\w+\} 1$/)
  })

  test.prop([text], options)('in the id of a session stays in its place', async (odd) => {
    const id = encodeGlobalId({ type: 'Session', provider: kind, parts: [odd, odd] })
    const answer = await ask('query ($id: ID!) { session(id: $id) { id } }', { id })
    expectOneSegment(answer, odd, /\/(sessions|users)\/\{\w+\}(\/sessions\/\{\w+\})? 1$/)
  })

  test.prop([text], options)('in the id of a group stays in its place', async (odd) => {
    const prefixes = { monocloud: '', auth0: 'rol_', clerk: 'org_', 'app-services': '' }
    const native = prefixes[kind] + odd
    const id = encodeGlobalId({ type: 'Group', provider: kind, parts: [native] })
    const answer = await ask('query ($id: ID!) { group(id: $id) { id } }', { id })
    expectOneSegment(answer, native, /\/(groups|roles|organizations)\/\{\w+\} 1$/)
  })

  test.prop([text], options)('to end a session of leads nowhere else', async (odd) => {
    const id = encodeGlobalId({ type: 'Session', provider: kind, parts: [odd, odd] })
    const answer = await ask('mutation ($id: ID!) { revokeSession(input: { id: $id }) { errors { code } } }', { id })
    expectOneSegment(answer, odd, /\/(sessions|users)\/\{\w+\}(\/(sessions\/\{\w+\}|revoke|logout))? 1$/)
  })
})

/** Nothing was asked, or one thing, with the value as one whole segment of the path. */
function expectOneSegment(
  { routes, requests }: { readonly routes: readonly string[]; readonly requests: readonly { readonly url: URL }[] },
  odd: string,
  route: RegExp,
): void {
  expect(routes.length).toBeLessThanOrEqual(1)
  for (const called of routes) expect(called).toMatch(route)
  for (const { url } of requests) {
    expect(url.pathname.split('/').map((segment) => decodeURIComponent(segment))).toContain(odd.toWellFormed())
    expect(url.hash).toBe('')
  }
}
