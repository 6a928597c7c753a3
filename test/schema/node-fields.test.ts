import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema } from 'graphql'
import { describe, expect, test } from 'vitest'
import { runToEnd } from '../support/process.ts'
import { createTestGateway } from '../support/gateway.ts'
import { createInMemoryProvider, populatedDirectory } from '../support/in-memory-provider.ts'
import { encodeGlobalId } from '../../src/identity/global-id.ts'

const provider = createInMemoryProvider('one', populatedDirectory('one', 12))
const ids = Array.from({ length: 101 }, (_, index) =>
  encodeGlobalId({ type: 'User', provider: 'one', parts: [`user|${index % 12}`] }),
)
const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }'

describe('nodes', () => {
  test.for([
    ['a hundred, unless said otherwise', {}, 100],
    ['as many as the operator says', { maxNodes: 2 }, 2],
  ] as const)('takes %s', async ([, options, most]) => {
    const gateway = createTestGateway([provider], 10_000, options)
    expect((await gateway.query(document, { ids: ids.slice(0, most) })).errors).toEqual([])
    provider.calls.length = 0
    const { errors } = await gateway.query(document, { ids: ids.slice(0, most + 1) })
    expect(errors).toMatchObject([
      {
        message: `\`ids\` must be at most ${most}, not ${most + 1}`,
        extensions: { code: 'BAD_USER_INPUT', argument: ['ids'] },
      },
    ])
    expect(provider.calls).toEqual([])
  })

  test('and node are not there where another subgraph has them', async () => {
    const gateway = createTestGateway([provider], 10_000, { hasNodeFields: false })
    const answer = await gateway.query(`{ node(id: "x") { id } nodes(ids: []) { id } }`)
    expect(answer.errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('Cannot query field "node"'),
      expect.stringContaining('Cannot query field "nodes"'),
    ])
    const { data, errors } = await gateway.query('{ _service { sdl } users(first: 1) { nodes { id } } }')
    expect(errors).toEqual([])
    const sdl = data?.['_service']?.['sdl'] as unknown as string // as asked for
    expect(sdl).toMatch(/type Query \{/)
    expect(sdl).not.toMatch(/^ {2}nodes?\(/m)
    const printed = await runToEnd({ arguments: ['schema', '--subgraph'], environment: { NODE_FIELDS: 'off' } })
    expect(printed).toEqual({ code: 0, output: sdl })
  })
})

describe('identity-gateway schema', () => {
  const committed = (name: string): string =>
    readFileSync(join(import.meta.dirname, `../../schema/${name}.graphql`), 'utf8')

  test.for([
    ['schema', []],
    ['subgraph', ['--subgraph']],
  ] as const)('prints what was reviewed as %s.graphql', async ([name, options]) => {
    const printed = await runToEnd({ arguments: ['schema', ...options] })
    expect(printed).toEqual({ code: 0, output: committed(name) })
  })

  test('leaves out node and nodes where they are off, and nothing else', async () => {
    const { code, output } = await runToEnd({ arguments: ['schema'], environment: { NODE_FIELDS: 'off' } })
    expect(code).toBe(0)
    const fieldsOf = (sdl: string): Readonly<Record<string, unknown>> =>
      buildSchema(sdl).getQueryType()?.getFields() ?? {}
    const all = Object.keys(fieldsOf(committed('schema')))
    expect(Object.keys(fieldsOf(output))).toEqual(all.filter((name) => name !== 'node' && name !== 'nodes'))
    expect(all).toEqual(expect.arrayContaining(['node', 'nodes']))
  })
})
