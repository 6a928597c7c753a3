import { createHash } from 'node:crypto'
import { deserialize, serialize } from 'node:v8'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Group, User } from '../../src/identity/records.ts'
import { sealedVersion } from '../../src/shared-store/seal.ts'
import { type ConnectedSandbox, connectAll, testCall } from '../support/sandbox.ts'

/** What belongs to callers, who may write there what they like. */
const freeForm = new Set(['publicMetadata', 'privateMetadata', 'address'])

describe('records as providers make them', () => {
  let connected: ConnectedSandbox
  let records: readonly (User | Group)[]

  beforeAll(async () => {
    connected = await connectAll({ users: 60 })
    const call = testCall()
    const page = { first: 60, after: null }
    const order = { field: 'createdAt', direction: 'desc' } as const
    const lists = connected.providers.flatMap(({ users, groups }) => [
      users.list({ ...page, filter: {}, order }, call),
      ...(groups?.kinds ?? []).flatMap((kind) => groups?.list({ ...page, kind, search: null }, call) ?? []),
    ])
    records = (await Promise.all(lists)).flatMap(({ edges }) => edges.map(({ node }): User | Group => node))
  })
  afterAll(() => connected.close())

  it('are data, which survives being written down', () => {
    expect(new Set(records.map(({ provider }) => provider)).size).toBe(4)
    expect(records.map((one): unknown => deserialize(serialize(one)))).toStrictEqual(records)
  })

  it('have another version when they have other fields, so that no process takes an older shape for its own', () => {
    const paths = new Set(records.flatMap((one) => pathsOf(one, one.provider)))
    const shape = createHash('sha256')
      .update([...paths].toSorted().join('\n'))
      .digest('hex')
      .slice(0, 16)
    // With another shape raise `sealedVersion`, then write both down here.
    expect({ sealedVersion, shape }).toEqual({ sealedVersion: 1, shape: 'da4d6b59d9a97bd6' })
  })
})

function pathsOf(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, `${path}[]`))
  if (value instanceof Date) return [`${path} Date`]
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([name, inner]) =>
    freeForm.has(name) ? [`${path}.${name}`] : pathsOf(inner, `${path}.${name}`),
  )
}
