import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readKnownDocuments } from '../../src/limits/known-documents.ts'
import { hashOf } from '../../src/limits/persisted.ts'
import { createMemoryRateStore } from '../../src/limits/rate-limit.ts'
import { createTestGateway, testApiKey, type TestGateway } from '../support/gateway.ts'

interface Answer {
  readonly status: number
  readonly body: { readonly data?: unknown; readonly errors?: readonly { message: string; extensions: unknown }[] }
}

async function send(gateway: TestGateway, request: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'x-api-key': testApiKey }
  const response = await gateway.fetch(
    new Request('http://gateway.test/graphql', { method: 'POST', headers, body: JSON.stringify(request) }),
  )
  return { status: response.status, body: (await response.json()) as Answer['body'] } // a GraphQL answer
}

const query = '{ viewer { subject } }'
const persistedQuery = { version: 1, sha256Hash: hashOf(query) }
const data = { viewer: { subject: 'tests' } }

describe('a document that is named by its hash', () => {
  const gateway = createTestGateway([])

  it('has to be sent once, and is known from then on', async () => {
    const before = await send(gateway, { extensions: { persistedQuery } })
    expect(before.body.errors?.[0]?.message).toBe('PersistedQueryNotFound')
    expect(before.status).toBe(200)
    expect((await send(gateway, { query, extensions: { persistedQuery } })).body).toEqual({ data })
    expect((await send(gateway, { extensions: { persistedQuery } })).body).toEqual({ data })
  })

  it('cannot be put under another’s hash', async () => {
    const { status, body } = await send(gateway, { query: '{ providers { name } }', extensions: { persistedQuery } })
    expect(status).toBe(400)
    expect(body.errors?.[0]?.message).toBe('The sha256Hash is not that of the query')
  })

  it.each([{ version: 2, sha256Hash: hashOf(query) }, { version: 1 }, { version: 1, sha256Hash: 'x' }, 7])(
    'is refused when it is named in another way: %j',
    async (odd) => {
      const { status, body } = await send(gateway, { extensions: { persistedQuery: odd } })
      expect(status).toBe(400)
      expect(body.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', provider: null })
    },
  )
})

it.each(['[null]', '[7]', '[[]]', '[{}]'])(
  'a batch of what is no request is refused as the client’s mistake: %s',
  async (body) => {
    const gateway = createTestGateway([])
    const headers = { 'content-type': 'application/json', 'x-api-key': testApiKey }
    const response = await gateway.fetch(new Request('http://gateway.test/graphql', { method: 'POST', headers, body }))
    expect(await response.json()).toMatchObject([{ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }])
    expect(gateway.internalErrors).toEqual([])
  },
)

it('nothing is kept for a caller who is too fast', async () => {
  const kept: string[] = []
  const gateway = createTestGateway([], 10_000, {
    limits: { requestsPerMinute: 1 },
    rateStore: createMemoryRateStore(() => 0),
    documentStore: { get: () => undefined, set: (_, document) => void kept.push(document) },
  })
  for (const name of ['a', 'b', 'c']) {
    const named = `query ${name} ${query}`
    await send(gateway, { query: named, extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(named) } } })
  }
  expect(kept).toEqual([`query a ${query}`, `query b ${query}`])
})

describe('where only known documents are served', () => {
  const gateway = createTestGateway([], 10_000, { knownDocuments: new Map([['WhoAmI', query]]) })

  it.each([
    ['text', { query }],
    ['hash', { extensions: { persistedQuery } }],
    ['hash as its id', { documentId: `sha256:${hashOf(query)}` }],
    ['name', { documentId: 'WhoAmI' }],
  ])('one is served by its %s', async (_, request) => {
    expect((await send(gateway, request)).body).toEqual({ data })
  })

  it.each([
    ['another', { query: '{ viewer { scopes } }' }],
    ['one that is almost the same', { query: `${query} ` }],
    ['what is no document', { query: '{{{{' }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['another under a known name', { query: '{ viewer { scopes } }', documentId: 'WhoAmI' }],
    ['an unknown name', { documentId: 'constructor' }],
    ['nothing', {}],
  ])('%s is refused, unread', async (_, request) => {
    const { status, body } = await send(gateway, request)
    expect(status).toBe(400)
    expect(body.errors).toEqual([
      {
        message: 'Only operations that were registered are served here',
        extensions: { code: 'FORBIDDEN', provider: null },
      },
    ])
  })
})

describe('known documents', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'operations-'))
    await mkdir(join(folder, 'users'))
    await writeFile(join(folder, 'WhoAmI.graphql'), query)
    await writeFile(join(folder, 'users', 'list.gql'), '{ providers { name } }')
    await writeFile(join(folder, 'notes.txt'), 'none')
    await writeFile(join(folder, 'manifest.json'), JSON.stringify({ [hashOf(query)]: query }))
    await writeFile(join(folder, 'broken.json'), JSON.stringify({ a: 7 }))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('are the files of a folder, by their names', async () => {
    expect([...(await readKnownDocuments(folder))]).toEqual([
      ['WhoAmI', query],
      ['users/list', '{ providers { name } }'],
    ])
  })

  it('are the members of a JSON file', async () => {
    expect([...(await readKnownDocuments(join(folder, 'manifest.json')))]).toEqual([[hashOf(query), query]])
  })

  it.each([
    ['broken.json', 'the document a is no text'],
    ['notes.txt', 'JSON'],
    ['nowhere', 'ENOENT'],
  ])('are not in %s', async (name, reason) => {
    await expect(readKnownDocuments(join(folder, name))).rejects.toThrow(reason)
  })
})
