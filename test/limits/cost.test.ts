import { fc, test } from '@fast-check/vitest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { madeUpSubject } from '../mutations/row.ts'
import { rows } from '../mutations/rows.ts'
import { kinds, mutationDocument, startWorld, type World } from '../mutations/world.ts'
import { createTestGateway } from '../support/gateway.ts'
import { type ConnectedSandbox, connectAll } from '../support/sandbox.ts'
import { corpus, type Seeded, userRelations } from './corpus.ts'
import { type CostComparison, type CostedOperation, type CostWorld, createCostWorld } from './cost-world.ts'

/** Measured: half of the corpus is estimated exactly, nine in ten within a factor of six. */
const medianRatio = 1.2

interface SeenProvider {
  readonly name: string
  readonly users: { readonly nodes: readonly SeenUser[] }
  readonly groups: Ids | null
}

interface SeenUser {
  readonly id: string
  readonly email: string | null
  readonly sessions: Ids | null
  readonly grants: Ids | null
}

type Ids = { readonly nodes: readonly { readonly id: string }[] }

/** Some records of each provider, by their ids. */
async function readSeeded({ providers }: ConnectedSandbox): Promise<Readonly<Record<string, Seeded>>> {
  const { data } = await createTestGateway(providers, 60_000).query(
    `{ providers { name groups(first: 20) { nodes { id } } users(first: 100) { nodes {
      id email sessions { nodes { id } } grants { nodes { id } } } } } }`,
  )
  const seen = (data?.['providers'] ?? []) as unknown as readonly SeenProvider[] // as asked for
  const idsIn = (lists: readonly (Ids | null)[]): readonly string[] =>
    lists.flatMap((list) => (list?.nodes ?? []).map(({ id }) => id))
  return Object.fromEntries(
    seen.map(({ name, users, groups }) => [
      name,
      {
        users: idsIn([users]),
        groups: idsIn([groups]),
        sessions: idsIn(users.nodes.map(({ sessions }) => sessions)),
        grants: idsIn(users.nodes.map(({ grants }) => grants)),
        email: users.nodes.find(({ email }) => email !== null)?.email ?? '',
      },
    ]),
  )
}

/** What was estimated too low, in all or at one provider. */
function tooLow({ estimate, ceiling, actual, byProvider }: CostComparison): readonly string[] {
  const ofProviders = byProvider
    .filter((one) => one.estimate < one.actual)
    .map((one) => `${one.provider}: ${one.estimate} for ${one.actual}`)
  return [
    ...(estimate < actual ? [`in all: ${estimate} for ${actual}`] : []),
    ...(ceiling !== null && ceiling < estimate ? [`at most ${ceiling}, and yet ${estimate}`] : []),
    ...ofProviders,
  ]
}

describe('the estimate of a query', () => {
  let connected: ConnectedSandbox
  let world: CostWorld
  let seeded: Readonly<Record<string, Seeded>>

  beforeAll(async () => {
    connected = await connectAll({ users: 260 })
    world = await createCostWorld(connected)
    seeded = await readSeeded(connected)
  })
  afterAll(() => connected.close())

  it('is never below the calls that are made, and mostly just these', async () => {
    const low: (readonly [string, readonly string[]])[] = []
    const ratios: number[] = []
    for (const operation of corpus(seeded)) {
      const comparison = await world.compare(operation)
      expect(comparison.answer.data, operation.name).not.toBeNull()
      const found = tooLow(comparison)
      if (found.length > 0) low.push([operation.name, found])
      ratios.push(Math.max(comparison.estimate, 1) / Math.max(comparison.actual, 1))
    }
    expect(low).toEqual([])
    const sorted = ratios.toSorted((one, other) => one - other)
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(medianRatio)
    expect(sorted[Math.floor(sorted.length * 0.9)]).toBeLessThanOrEqual(8)
  }, 120_000)

  it('has a bound without a look at its variables, where they do nothing but name records', () => {
    const [id = ''] = seeded['clerk']?.users ?? []
    const ceilingOf = (document: string, variables: CostedOperation['variables'] = {}) =>
      world.estimateOf({ name: 'an operation', document, variables })?.ceiling
    expect(ceilingOf('{ users(first: 20) { nodes { groups { nodes { name } } } } }')).toBeGreaterThan(20)
    expect(ceilingOf('query ($id: ID!) { user(id: $id) { sessions { nodes { status } } } }', { id })).toBeGreaterThan(1)
    const [other = ''] = seeded['auth0']?.users ?? []
    const ofNodes = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { groups { nodes { name } } } } }'
    const ofOne = ceilingOf(ofNodes, { ids: [id] }) ?? 0
    expect(ofOne).toBeGreaterThan(1)
    expect(ceilingOf(ofNodes, { ids: [id, other, id] })).toBe(3 * ofOne)
    const several = ceilingOf(
      'query ($id: ID!, $n: Int) { user(id: $id) { sessions(first: $n) { nodes { status } } } }',
      { id },
    )
    expect(several).toBeNull()
    expect(
      ceilingOf('query ($id: ID!) { one: user(id: $id) { name } other: user(id: $id) { name } }', { id }),
    ).toBeNull()
    expect(
      ceilingOf('query ($with: Boolean!) { users @include(if: $with) { nodes { id } } }', { with: true }),
    ).toBeNull()
  })

  it('holds on every page of a walk, whatever its size', async () => {
    const walk = async (name: string, read: (first: number, after: string | null) => string): Promise<void> => {
      let after: string | null = null
      for (const first of [7, 30, 1, 60, 100]) {
        const comparison: CostComparison = await world.compare({ name, document: read(first, after) })
        expect(tooLow(comparison), `${name}, ${first} after ${after}`).toEqual([])
        const lists = Object.values(comparison.answer.data ?? {}) as unknown as readonly (PageSeen | null)[] // as asked for
        after = lists[0]?.pageInfo.endCursor ?? null
      }
    }
    const page = (first: number, after: string | null): string => `first: ${first}, after: ${JSON.stringify(after)}`
    const ofUsers = (args: string) => (first: number, after: string | null) =>
      `{ users(${page(first, after)}${args}) { nodes { name publicMetadata } pageInfo { endCursor } } }`
    await walk('everybody', ofUsers(''))
    for (const kind of kinds) await walk(`users of ${kind}`, ofUsers(`, providers: ["${kind}"]`))
    for (const kind of kinds.slice(0, 3)) {
      await walk(`${kind} by change`, ofUsers(`, providers: ["${kind}"], orderBy: { field: UPDATED_AT }`))
    }
    await walk(
      'all groups',
      (first, after) => `{ groups(${page(first, after)}) { nodes { name } pageInfo { endCursor } } }`,
    )
  }, 60_000)

  const relation = fc.constantFrom(...Object.keys(userRelations))
  const size = fc.integer({ min: 1, max: 12 })
  const fields = fc.array(fc.tuple(relation, size), { minLength: 1, maxLength: 4 }).map((chosen) =>
    chosen
      .map(([name, first], index) => {
        const field = userRelations[name]?.(first) ?? 'id'
        // Under an alias, but for what is several fields.
        return /^\w+(\(|\s*\{)/.test(field) && !/\}\s*\w+[({\s]/.test(field)
          ? `a${index}: ${field}`
          : `...on User { id }`
      })
      .join(' '),
  )
  const providersAsked = fc.subarray([...kinds], { minLength: 1 })

  test.prop([providersAsked, size, fields, fields], { seed: 20_261_122, numRuns: 60 })(
    'holds for operations that nobody would think of',
    async (names, first, ofUser, ofMatch) => {
      const comparison = await world.compare({
        name: 'generated',
        document: `query ($names: [String!], $first: Int) { users(providers: $names, first: $first) { totalCount
          edges { node { ${ofUser} } } nodes { name ...M } } }
          fragment M on User { matches { users { ${ofMatch} } } }`,
        variables: { names, first },
      })
      expect(comparison.answer.data).not.toBeNull()
      expect(tooLow(comparison)).toEqual([])
    },
    60_000,
  )
})

interface PageSeen {
  readonly pageInfo: { readonly endCursor: string | null }
}

describe('the estimate of a mutation', () => {
  let world: World
  let costs: CostWorld

  beforeAll(async () => {
    world = await startWorld()
    costs = await createCostWorld(world.connected)
  })
  afterAll(() => world.close())

  const cells = Object.entries(rows).flatMap(([name, row]) => kinds.map((kind) => ({ name, kind, row })))

  it.each(cells.filter(({ row, kind }) => row.at[kind]))('$name at $kind', async ({ name, kind, row }) => {
    world.reset()
    const place = world.at(kind)
    const subject = { ...madeUpSubject(kind), ...(await row.pick?.(place)) }
    const { file, ...input } = row.input(subject)
    const known = file ? { ...input, file } : input
    const cost = costs.estimateOf({ name, document: mutationDocument(name), variables: { input: known } })
    place.clearCalls()
    await place.mutate(name, row.input(subject))
    const actual = Object.values(place.calls()).reduce((sum, count) => sum + count, 0)
    expect(cost?.byProvider[kind]).toBeGreaterThanOrEqual(actual)
    expect(cost?.total).toBe(cost?.byProvider[kind])
  })

  it('is nothing where it will be refused before any call', () => {
    const document = mutationDocument('lockUser')
    for (const id of ['nonsense', madeUpSubject('monocloud').id, madeUpSubject('clerk').groupId]) {
      expect(costs.estimateOf({ name: 'refused', document, variables: { input: { id } } })?.total).toBeLessThanOrEqual(
        1,
      )
    }
  })
})
