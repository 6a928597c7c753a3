import { fc, test } from '@fast-check/vitest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen, type ListeningSandbox } from '../src/sandbox/listen.ts'
import { createSandbox, sandboxEnvironment } from '../src/sandbox/sandbox.ts'
import type { ConnectedProvider } from '../src/upstream/definition.ts'
import { createTestGateway, type TestGateway } from './support/gateway.ts'
import { connectToSandbox } from './support/sandbox.ts'

/**
 * Upstream answers whose rows are reordered, dropped, doubled or joined by rows that nobody asked for must never put one person's data
 * under another's id. Matching rows by their position would.
 */
const kinds = ['monocloud', 'auth0', 'clerk', 'app-services'] as const

/** How an answer is changed on its way: a stream of choices, the same in every run. `null`: not at all. */
let tamper: ((below: number) => number) | null = null

/** Rows seen in earlier answers to the same kind of question, to be slipped into later ones. */
const pool = new Map<string, unknown[]>()

let server: ListeningSandbox
let connected: ConnectedProvider[]
let gateway: TestGateway

interface Known {
  readonly id: string
  readonly provider: string
  readonly label: string
}

/** The truth, read without tampering. */
let users: readonly (Known & { readonly email: string | null })[]
let groups: readonly Known[]

beforeAll(async () => {
  const sandbox = createSandbox({ users: 60 })
  server = await listen({ ...sandbox, fetch: async (request) => changed(request, await sandbox.fetch(request)) }, 0)
  const environment = sandboxEnvironment(server.origin)
  connected = await Promise.all(kinds.map((kind) => connectToSandbox(kind, environment)))
  gateway = createTestGateway(connected.map(({ provider }) => provider))
  const { data } = await gateway.query(`{ providers {
    name
    users(first: 12) { nodes { id email nativeId } }
    groups(first: 8) { nodes { id name nativeId } }
  } }`)
  const providers = data?.['providers'] as unknown as readonly {
    readonly name: string
    readonly users: { readonly nodes: readonly { id: string; email: string | null; nativeId: string }[] }
    readonly groups: { readonly nodes: readonly { id: string; name: string; nativeId: string }[] } | null
  }[]
  users = providers.flatMap(({ name, users: { nodes } }) =>
    nodes.map(({ id, email, nativeId }) => ({ id, provider: name, email, label: `${nativeId} ${email}` })),
  )
  groups = providers.flatMap(({ name, groups: list }) =>
    (list?.nodes ?? []).map((group) => ({ id: group.id, provider: name, label: `${group.nativeId} ${group.name}` })),
  )
  // Fill the pool with single records too.
  await gateway.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
    ids: [...users, ...groups].map(({ id }) => id),
  })
})

afterAll(async () => {
  await Promise.all(connected.map((connection) => connection.close()))
  await server.close()
})

async function changed(request: Request, response: Response): Promise<Response> {
  const path = new URL(request.url).pathname
  const isJson = response.headers.get('content-type')?.includes('json') ?? false
  if (request.method !== 'GET' || response.status !== 200 || !isJson || path.includes('/auth/')) return response
  const body: unknown = await response.json()
  // Records of one kind share the part of the path that names the collection.
  const kind = /\/(users|groups|organizations|roles)\b/.exec(path)?.[1] ?? path
  const vendor = path.split('/')[1] ?? ''
  return new Response(JSON.stringify(changedBody(body, `${vendor} ${kind}`)), {
    status: 200,
    headers: [...response.headers].filter(([name]) => name !== 'content-length'),
  })
}

function changedBody(body: unknown, kind: string): unknown {
  if (Array.isArray(body)) return changedRows(body, kind)
  if (typeof body !== 'object' || body === null) return body
  const list = Object.entries(body).find(
    ([, value]) => Array.isArray(value) && value.length > 0 && typeof value[0] === 'object',
  )
  const isEnvelope = list !== undefined && ['data', 'users', 'groups', 'organizations', 'roles'].includes(list[0])
  if (isEnvelope) return { ...body, [list[0]]: changedRows(list[1] as unknown[], kind) }
  remember(kind, body)
  // A single record becomes that of somebody else.
  return tamper && tamper(3) === 0 ? (pickFrom(kind, tamper) ?? body) : body
}

function changedRows(rows: readonly unknown[], kind: string): unknown[] {
  for (const row of rows) remember(kind, row)
  const choose = tamper
  if (!choose) return [...rows]
  const kept = rows.filter(() => choose(5) > 0)
  const doubled = kept.flatMap((row) => (choose(4) === 0 ? [row, row] : [row]))
  const foreign = Array.from({ length: choose(4) }, () => pickFrom(kind, choose)).filter((row) => row !== undefined)
  return [...doubled, ...foreign]
    .map((row) => ({ row, place: choose(1_000) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ row }) => row)
}

function remember(kind: string, row: unknown): void {
  const rows = pool.get(kind) ?? []
  if (tamper === null) pool.set(kind, [...rows, row])
}

function pickFrom(kind: string, choose: (below: number) => number): unknown {
  const rows = pool.get(kind) ?? []
  return rows[choose(Math.max(rows.length, 1))]
}

/** Asks while answers are tampered with, as this seed says. */
async function asked(seed: number, document: string, variables: Readonly<Record<string, unknown>>) {
  let state = seed
  tamper = (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  try {
    return await gateway.query(document, variables)
  } finally {
    tamper = null
  }
}

/** So many are answered in every run, at least: a gateway that answers nothing is safe, and of no use. */
const least = 5

const seeds = fc.integer({ min: 1, max: 2 ** 31 })
const runs = { numRuns: 60 }

describe('whatever the upstreams answer', () => {
  test.prop([seeds], runs)('nobody’s data stands under the id of somebody else', async (seed) => {
    const { data } = await asked(
      seed,
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on User { nativeId email } } }',
      {
        ids: users.map(({ id }) => id),
      },
    )
    const nodes = data?.['nodes'] as unknown as readonly ({
      id: string
      nativeId: string
      email: string | null
    } | null)[]
    let answered = 0
    for (const [index, node] of nodes.entries()) {
      if (!node) continue
      answered += 1
      expect({ id: node.id, label: `${node.nativeId} ${node.email}` }).toEqual(labelled(users[index]))
    }
    expect(answered).toBeGreaterThan(least)
  })

  test.prop([seeds], runs)('no group stands under the id of another', async (seed) => {
    const { data } = await asked(
      seed,
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Group { nativeId name } } }',
      {
        ids: groups.map(({ id }) => id),
      },
    )
    const nodes = data?.['nodes'] as unknown as readonly ({ id: string; nativeId: string; name: string } | null)[]
    let answered = 0
    for (const [index, node] of nodes.entries()) {
      if (!node) continue
      answered += 1
      expect({ id: node.id, label: `${node.nativeId} ${node.name}` }).toEqual(labelled(groups[index]))
    }
    expect(answered).toBeGreaterThan(least)
  })

  test.prop([seeds], runs)('a look-up by email finds nobody with another address', async (seed) => {
    const known = users.filter(({ email }) => email !== null)
    const email = known[seed % known.length]?.email ?? ''
    const { data } = await asked(
      seed,
      'query ($email: String!) { usersByEmail(email: $email) { users { emails { address } } } }',
      {
        email,
      },
    )
    const found = (data?.['usersByEmail']?.['users'] ?? []) as unknown as readonly {
      emails: readonly { address: string }[]
    }[]
    for (const { emails } of found) {
      expect(emails.map(({ address }) => address.toLowerCase())).toContain(email.toLowerCase())
    }
  })

  it('and when they answer as they should, everybody is found', async () => {
    const { data, errors } = await gateway.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: [...users, ...groups].map(({ id }) => id),
    })
    expect(errors).toEqual([])
    expect(data?.['nodes']).toEqual([...users, ...groups].map(({ id }) => ({ id })))
    const email = users.find(({ email: address }) => address !== null)?.email
    const lookup = await gateway.query('query ($email: String!) { usersByEmail(email: $email) { users { email } } }', {
      email,
    })
    expect(JSON.stringify(lookup.data)).toContain(JSON.stringify(email))
  })
})

function labelled(known: Known | undefined): { readonly id: string | undefined; readonly label: string | undefined } {
  return { id: known?.id, label: known?.label }
}
