import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { madeUpSubject } from './row.ts'
import { rows } from './rows.ts'
import { kinds, mutationNames, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.reset())
afterAll(() => world.close())

const cells = Object.entries(rows).flatMap(([name, row]) => kinds.map((kind) => ({ name, kind, row })))

test('no mutation of the schema is left out here', () => {
  expect(Object.keys(rows).toSorted()).toEqual(mutationNames.toSorted())
})

describe('a mutation that the provider offers is done, and seen afterwards', () => {
  test.for(cells.filter(({ row, kind }) => row.at[kind]))('$name at $kind', async ({ name, kind, row }) => {
    const place = world.at(kind)
    const subject = { ...madeUpSubject(kind), ...(await row.pick?.(place)) }
    // After a reset some vendors want us to sign in again, which is not what calls are counted for.
    await place.ask('query ($name: String!) { provider(name: $name) { totalUsers } }', { name: kind })
    place.clearCalls()
    const audited = world.gateway.audit.length
    const payload = await place.mutate(name, row.input(subject))
    expect(payload.errors).toEqual([])
    expect(place.calls()).toEqual(row.at[kind])
    expect(world.gateway.audit.slice(audited)).toMatchObject([
      { operation: name, provider: kind, outcome: 'applied', code: null },
    ])
    await row.seen(place, subject, payload)
  })
})

describe('a mutation that the provider does not offer is UNSUPPORTED, without a call', () => {
  test.for(cells.filter(({ row, kind }) => !row.at[kind]))('$name at $kind', async ({ name, kind, row }) => {
    const place = world.at(kind)
    const audited = world.gateway.audit.length
    const payload = await place.mutate(name, row.input(madeUpSubject(kind)))
    expect(payload.errors).toMatchObject([{ code: 'UNSUPPORTED', outcome: 'NOT_APPLIED', providerName: kind }])
    expect(place.calls()).toEqual({})
    expect(world.gateway.audit.slice(audited)).toMatchObject([
      { operation: name, provider: kind, outcome: 'notApplied', code: 'UNSUPPORTED' },
    ])
  })
})
