import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { listMergedUsers } from '../../src/directory/merged-users.ts'
import type { PartialPage } from '../../src/directory/part.ts'
import { ProviderError } from '../../src/identity/errors.ts'
import type { PageRequest } from '../../src/identity/page.ts'
import type { UserOrder } from '../../src/identity/provider.ts'
import type { User } from '../../src/identity/records.ts'
import {
  createInMemoryProvider,
  emptyDirectory,
  type InMemoryProvider,
  makeUser,
} from '../support/in-memory-provider.ts'
import { testCall } from '../support/sandbox.ts'
import type { TieOrder } from '../support/user-order.ts'

const newestFirst: UserOrder = { field: 'createdAt', direction: 'desc' }
const names = ['auth0', 'clerk', 'mono', 'stitch'] as const
/** Two of the four keep whole seconds only. */
const resolutionMs = { auth0: 1, clerk: 1, mono: 1000, stitch: 1000 } as const

function addUser(provider: InMemoryProvider, id: string, tick: number): void {
  const resolution = resolutionMs[provider.name as keyof typeof resolutionMs]
  // Few and near, so that many share a time.
  const createdAt = new Date(Math.floor((1_700_000_000_000 + tick * 250) / resolution) * resolution)
  provider.directory.users.set(id, makeUser(provider.name, id, { createdAt }))
}

function everyone(providers: readonly InMemoryProvider[]): User[] {
  return providers.flatMap(({ directory }) => [...directory.users.values()])
}

function keyOf({ provider, nativeId }: User): string {
  return `${provider} ${nativeId}`
}

function reader(providers: readonly InMemoryProvider[], order: UserOrder = newestFirst) {
  const context = { call: testCall(), softDeadlineMs: 5_000 }
  return (page: PageRequest): Promise<PartialPage<User>> =>
    listMergedUsers(providers, { ...page, filter: {}, order }, context)
}

function failure(provider: string, kind: ProviderError['kind'] = 'unavailable'): ProviderError {
  return new ProviderError({ provider, kind, operation: 'users.list', message: `${provider} failed` })
}

/** Something that happens between two pages. */
type Event =
  | { readonly type: 'create' | 'delete'; readonly provider: number; readonly tick: number }
  | { readonly type: 'fail' | 'recover'; readonly provider: number }

const tick = fc.integer({ min: 0, max: 40 })
const provider = fc.integer({ min: 0, max: 3 })
const tieOrder = fc.constantFrom<TieOrder[]>('asc', 'desc')
const directories = fc.array(fc.record({ ticks: fc.array(tick, { maxLength: 40 }), tieOrder }), {
  minLength: 4,
  maxLength: 4,
})
const direction = fc.constantFrom<UserOrder['direction'][]>('asc', 'desc')
const pageSizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 })
const writing: fc.Arbitrary<Event> = fc.record({ type: fc.constantFrom('create', 'delete'), provider, tick })
const failing: fc.Arbitrary<Event> = fc.record({ type: fc.constantFrom('fail', 'recover'), provider })

function happenings(event: fc.Arbitrary<Event>): fc.Arbitrary<readonly (readonly Event[])[]> {
  return fc.array(fc.array(event, { maxLength: 3 }), { maxLength: 30 })
}

function populate(
  described: readonly { readonly ticks: readonly number[]; readonly tieOrder: TieOrder }[],
): readonly InMemoryProvider[] {
  return names.map((name, index) => {
    const { ticks = [], tieOrder: ties = 'asc' } = described[index] ?? {}
    const made = createInMemoryProvider(name, emptyDirectory(), { tieOrder: ties })
    for (const [number, at] of ticks.entries()) addUser(made, `user|${number}`, at)
    return made
  })
}

function happen(event: Event, providers: readonly InMemoryProvider[], round: number): void {
  const subject = providers[event.provider]
  if (!subject) return
  const { directory, misbehaviour } = subject
  if (event.type === 'create') addUser(subject, `new|${round}.${event.tick}`, event.tick)
  if (event.type === 'delete') {
    const ids = [...directory.users.keys()]
    directory.users.delete(ids[event.tick % Math.max(ids.length, 1)] ?? '')
  }
  if (event.type === 'fail') misbehaviour.failure = failure(subject.name)
  if (event.type === 'recover') delete misbehaviour.failure
}

interface Walk {
  readonly users: readonly User[]
  readonly pages: number
}

/**
 * Walks to the end, while things happen between the pages. Where the list ends, or cannot be read, for want of somebody, everybody is
 * brought back and the walk goes on from the same place.
 */
async function walkThrough(
  providers: readonly InMemoryProvider[],
  order: UserOrder,
  sizes: readonly number[],
  events: readonly (readonly Event[])[],
): Promise<Walk> {
  const read = reader(providers, order)
  const users: User[] = []
  const cursors = new Set<string>()
  let after: string | null = null
  for (let round = 0; round < 1_000; round += 1) {
    const first = sizes[round % sizes.length] ?? 1
    const page: PartialPage<User> | null = await read({ first, after }).catch((error: unknown) => {
      if (error instanceof ProviderError && providers.every(({ misbehaviour }) => misbehaviour.failure)) return null
      throw error
    })
    if (page) {
      expect(page.edges.length).toBeLessThanOrEqual(first)
      for (const { node, cursor } of page.edges) {
        expect(cursors.has(cursor), 'a cursor was given twice').toBe(false)
        cursors.add(cursor)
        users.push(node)
      }
      if (page.hasNextPage) expect(page.edges.length, 'there is more, but nowhere to go on from').toBeGreaterThan(0)
      after = page.edges.at(-1)?.cursor ?? page.retryCursor ?? after
      if (!page.hasNextPage && page.missing.length === 0) return { users, pages: round + 1 }
    }
    if (!page?.hasNextPage) for (const { misbehaviour } of providers) delete misbehaviour.failure
    else for (const event of events[round] ?? []) happen(event, providers, round)
  }
  throw new Error('the list does not end')
}

/** Time, then provider, then each provider's own order. */
async function inOrder(providers: readonly InMemoryProvider[], order: UserOrder): Promise<string[]> {
  const lists = await Promise.all(
    providers.map(({ users }) => users.list({ first: 10_000, after: null, filter: {}, order }, testCall())),
  )
  const sign = order.direction === 'asc' ? 1 : -1
  return lists
    .flatMap(({ edges }) => edges.map(({ node }) => node))
    .toSorted(
      (one, other) =>
        sign * (Number(one.createdAt) - Number(other.createdAt)) ||
        (one.provider === other.provider ? 0 : one.provider < other.provider ? -1 : 1),
    )
    .map((user) => keyOf(user))
}

describe('the users of several providers', () => {
  test.prop([directories, pageSizes, direction])(
    'are one list in which each comes once, in order, whatever the page sizes',
    async (described, sizes, way) => {
      const providers = populate(described)
      const order: UserOrder = { field: 'createdAt', direction: way }
      const { users } = await walkThrough(providers, order, sizes, [])
      expect(users.map((user) => keyOf(user))).toEqual(await inOrder(providers, order))
    },
  )

  test.prop([directories, pageSizes, direction, happenings(writing)])(
    'who are there throughout a walk come once and in order while others are created and deleted',
    async (described, sizes, way, events) => {
      const providers = populate(described)
      const order: UserOrder = { field: 'createdAt', direction: way }
      const before = new Set(everyone(providers).map((user) => keyOf(user)))
      const { users } = await walkThrough(providers, order, sizes, events)
      const keys = users.map((user) => keyOf(user))
      expect(new Set(keys).size, 'somebody came twice').toBe(keys.length)
      const throughout = (await inOrder(providers, order)).filter((key) => before.has(key))
      expect(keys.filter((key) => throughout.includes(key))).toEqual(throughout)
    },
  )

  test.prop([directories, pageSizes, direction, happenings(fc.oneof(writing, failing))])(
    'all come once, each provider’s in its order, when providers fail and come back during a walk',
    async (described, sizes, way, events) => {
      const providers = populate(described)
      const order: UserOrder = { field: 'createdAt', direction: way }
      const before = new Set(everyone(providers).map((user) => keyOf(user)))
      const { users } = await walkThrough(providers, order, sizes, events)
      const keys = users.map((user) => keyOf(user))
      expect(new Set(keys).size, 'somebody came twice').toBe(keys.length)
      for (const { misbehaviour } of providers) delete misbehaviour.failure
      for (const one of providers) {
        const own = (await inOrder([one], order)).filter((key) => before.has(key))
        expect(keys.filter((key) => own.includes(key))).toEqual(own)
      }
    },
  )

  test.prop([directories, pageSizes])('can be resumed after any of them', async (described, sizes) => {
    const providers = populate(described)
    const read = reader(providers)
    const all = await read({ first: 10_000, after: null })
    for (const [index, { cursor }] of all.edges.entries()) {
      const rest = await read({ first: sizes[0] ?? 1, after: cursor })
      const expected = all.edges.slice(index + 1, index + 1 + rest.edges.length).map(({ node }) => keyOf(node))
      expect(rest.edges.map(({ node }) => keyOf(node))).toEqual(expected)
    }
  })

  it('cost one read of each provider for a page of 20, and none of those that are finished', async () => {
    const providers = populate(
      names.map((_, index) => ({ ticks: Array(index === 0 ? 3 : 40).fill(index), tieOrder: 'asc' })),
    )
    const read = reader(providers, { field: 'createdAt', direction: 'asc' })
    const calls = (): number[] => providers.map((one) => one.calls.splice(0).length)
    const first = await read({ first: 20, after: null })
    expect(calls()).toEqual([1, 1, 1, 1])
    await read({ first: 20, after: first.edges.at(-1)?.cursor ?? null })
    expect(calls()).toEqual([0, 1, 1, 1])
  })

  it('name who failed, answer the others, and end while somebody stays away', async () => {
    const providers = populate(names.map((_, index) => ({ ticks: [index, index + 4], tieOrder: 'asc' })))
    const [auth0] = providers
    if (!auth0) throw new Error('there is no provider')
    const read = reader(providers, { field: 'createdAt', direction: 'asc' })
    auth0.misbehaviour.failure = failure('auth0')

    const page = await read({ first: 20, after: null })
    expect(page.edges).toHaveLength(6)
    expect(page.missing).toMatchObject([{ provider: 'auth0', part: null, error: { kind: 'unavailable' } }])
    expect(page.hasNextPage).toBe(true)

    const empty = await read({ first: 20, after: page.edges.at(-1)?.cursor ?? null })
    expect(empty).toMatchObject({ edges: [], hasNextPage: false, missing: [{ provider: 'auth0' }] })
    expect(empty.retryCursor).not.toBeNull()

    delete auth0.misbehaviour.failure
    const back = await read({ first: 20, after: empty.retryCursor })
    expect(back).toMatchObject({ hasNextPage: false, missing: [], retryCursor: null })
    expect(back.edges.map(({ node }) => node.provider)).toEqual(['auth0', 'auth0'])
  })

  it('are an error when nobody answers, rather one that may pass', async () => {
    const providers = populate([])
    for (const one of providers)
      one.misbehaviour.failure = failure(one.name, one.name === 'auth0' ? 'planRequired' : 'timeout')
    await expect(reader(providers)({ first: 20, after: null })).rejects.toMatchObject({ kind: 'timeout' })
  })

  it('leave out who cannot do the order or a filter, by name and on every page', async () => {
    const providers = populate(names.map(() => ({ ticks: [1, 2, 3], tieOrder: 'asc' })))
    const [auth0, clerk, ...others] = providers
    if (!auth0 || !clerk) throw new Error('there is no provider')
    const { email: _, ...filters } = clerk.users.filters
    const deaf = { ...clerk, users: { ...clerk.users, filters } }
    for (const one of providers) one.directory.users.clear()
    for (const one of [auth0, clerk]) {
      for (const id of ['one', 'two']) {
        const emails = [{ nativeId: 'e', address: 'a@example.test', verified: true, primary: true }]
        one.directory.users.set(id, makeUser(one.name, id, { createdAt: new Date(1), emails }))
      }
    }
    const context = { call: testCall(), softDeadlineMs: 5_000 }
    const query = { filter: { email: 'a@example.test' }, order: newestFirst }
    let after: string | null = null
    for (const id of ['one', 'two']) {
      const page: PartialPage<User> = await listMergedUsers(
        [auth0, deaf, ...others],
        { ...query, first: 1, after },
        context,
      )
      expect(page.edges.map(({ node }) => keyOf(node))).toEqual([`auth0 ${id}`])
      expect(page.missing).toMatchObject([{ provider: 'clerk', error: { kind: 'unsupported' } }])
      after = page.edges.at(-1)?.cursor ?? null
    }
    // Who is no part of the list does not keep it open.
    await expect(listMergedUsers([auth0, deaf], { ...query, first: 2, after: null }, context)).resolves.toMatchObject({
      hasNextPage: false,
    })
    expect(clerk.calls).toEqual([])
  })

  it('leave the call of who is late alone, because somebody else may be waiting for it', async () => {
    const [auth0, ...others] = populate(names.map(() => ({ ticks: [1], tieOrder: 'asc' })))
    if (!auth0) throw new Error('there is no provider')
    const signals: AbortSignal[] = []
    const silent: InMemoryProvider = {
      ...auth0,
      users: {
        ...auth0.users,
        list(_, { signal }) {
          signals.push(signal)
          return new Promise(() => {})
        },
      },
    }
    const context = { call: testCall(), softDeadlineMs: 10 }
    const query = { first: 5, after: null, filter: {}, order: newestFirst }
    const page = await listMergedUsers([silent, ...others], query, context)
    expect(page.missing).toMatchObject([{ provider: 'auth0', error: { kind: 'timeout' } }])
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  })

  it('do not ask a provider that is down before it can be tried again', async () => {
    const providers = populate(names.map(() => ({ ticks: [1], tieOrder: 'asc' })))
    const [auth0, ...others] = providers
    if (!auth0) throw new Error('there is no provider')
    const down = (retryAt: Date) => ({
      ...auth0,
      health: () => ({
        status: 'down' as const,
        lastError: 'auth0 could not be reached for users.list',
        lastErrorAt: null,
        retryAt,
        rateLimitRemaining: null,
      }),
    })
    const later = await reader([down(new Date(Date.now() + 30_000)), ...others])({ first: 5, after: null })
    const [missing] = later.missing
    expect(missing).toMatchObject({ provider: 'auth0', error: { kind: 'unavailable' } })
    expect(missing?.error.retryAfterSeconds).toBeGreaterThan(28)
    expect(auth0.calls).toEqual([])
    expect(later.edges).toHaveLength(3)
    const due = await reader([down(new Date(Date.now() - 1)), ...others])({ first: 5, after: null })
    expect(due.missing).toEqual([])
    expect(due.edges).toHaveLength(4)
  })
})
