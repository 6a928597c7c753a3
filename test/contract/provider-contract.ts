import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Call } from '../../src/identity/call.ts'
import { ProviderError } from '../../src/identity/errors.ts'
import type { Page, PageRequest } from '../../src/identity/page.ts'
import type { IdentityProvider, UserFilter, UserHandle, UserOrder } from '../../src/identity/provider.ts'
import type { GroupField, User, UserField } from '../../src/identity/records.ts'
import { testCall } from '../support/sandbox.ts'
import { pageSizes, walk } from '../support/walk.ts'

/** A provider under test, and how it is taken down. */
export interface ContractSubject {
  readonly provider: IdentityProvider
  /** How many calls the upstream has seen so far. */
  readonly upstreamCalls: () => number
  /** Makes the upstream refuse the next deletion for being too busy. Left out: it never does. */
  readonly refuseNextDeletion?: () => Promise<void>
  close(): Promise<void>
}

export interface ContractOptions {
  connect(): Promise<ContractSubject>
}

const newestFirst: UserOrder = { field: 'createdAt', direction: 'desc' }
const oldestFirst: UserOrder = { field: 'createdAt', direction: 'asc' }

/** Text that would mean something to a query language if it were not escaped. */
const hostileTexts = [
  '"',
  '\\',
  '*',
  'a" OR "b',
  'zzz) OR (email:*',
  "'; --",
  '+ -',
  'OR',
  '[* TO *]',
  '🌻"\\',
] as const

function idsOf(records: readonly { readonly nativeId: string }[]): string[] {
  return records.map(({ nativeId }) => nativeId)
}

/** The linked identities of a user, without what `lacking` says is missing of them. */
function knownIdentities(user: User, lacking: User = user): readonly object[] {
  const missing: readonly string[] = lacking.missing
  return user.identities.map((identity) =>
    Object.fromEntries(Object.entries(identity).filter(([field]) => !missing.includes(`identities.${field}`))),
  )
}

/** What every provider promises, held by all adapters and by the provider in memory alike. */
export function describeProvider(name: string, options: ContractOptions): void {
  /** `absent` ends a test about something that this provider does not have. */
  const test = (title: string, run: (absent: () => never) => Promise<void>): void => {
    it(title, async ({ skip }) => {
      await run(() => skip(`${name} has no such thing`))
    })
  }

  describe(`${name} keeps the promises of a provider:`, () => {
    let subject: ContractSubject
    let provider: IdentityProvider
    let call: Call
    let users: readonly User[]

    beforeAll(async () => {
      subject = await options.connect()
      provider = subject.provider
      call = testCall(60_000)
      users = await walk(listUsers(newestFirst), 50)
    })
    afterAll(() => subject.close())

    const listUsers =
      (order: UserOrder, filter: UserFilter = {}) =>
      (page: PageRequest): Promise<Page<User>> =>
        provider.users.list({ ...page, filter, order }, call)

    const handleOf = (user: User): UserHandle => ({
      nativeId: user.nativeId,
      record: async () => (await provider.users.getMany([user.nativeId], call))[0] ?? null,
    })

    /** Walks a relation of those users who have most of it, with every page size, and expects the same each time. */
    const walkRelation = async <Item>(
      read: (user: User, page: PageRequest) => Promise<Page<Item>>,
      keyOf: (item: Item) => string,
    ): Promise<readonly { readonly user: User; readonly items: readonly Item[] }[]> => {
      const relations = await Promise.all(
        users.map(async (user) => ({ user, items: await walk((page) => read(user, page), 50) })),
      )
      const longest = relations.toSorted((a, b) => b.items.length - a.items.length).slice(0, 3)
      expect(longest[0]?.items.length, 'nobody has any, so that nothing was tested').toBeGreaterThan(0)
      for (const { user, items } of longest) {
        const keys = items.map((item) => keyOf(item))
        expect(new Set(keys).size, 'an item was answered twice').toBe(keys.length)
        for (const size of pageSizes) {
          const again = await walk((page) => read(user, page), size)
          expect(again.map((item) => keyOf(item))).toEqual(keys)
        }
      }
      return relations
    }

    describe('users', () => {
      test('are each listed once, whatever the page size', async () => {
        const ids = idsOf(users)
        expect(ids.length).toBeGreaterThan(20)
        expect(new Set(ids).size).toBe(ids.length)
        for (const size of pageSizes) expect(idsOf(await walk(listUsers(newestFirst), size))).toEqual(ids)
      })

      test('are each listed once when the page size changes midway', async () => {
        expect(idsOf(await walk(listUsers(newestFirst), [3, 1, 7, 2, 50]))).toEqual(idsOf(users))
      })

      test('are listed by creation, either way', async () => {
        const times = users.map(({ createdAt }) => createdAt?.getTime() ?? 0)
        expect(times).toEqual(times.toSorted((a, b) => b - a))
        const oldest = await walk(listUsers(oldestFirst), 50)
        const reversed = oldest.map(({ createdAt }) => createdAt?.getTime() ?? 0)
        expect(reversed).toEqual(reversed.toSorted((a, b) => a - b))
        expect(new Set(idsOf(oldest))).toEqual(new Set(idsOf(users)))
      })

      test('are counted as many as are listed', async () => {
        expect(await provider.users.count?.({}, call)).toBe(users.length)
      })

      test('are found by id, in any order, without the ids that do not exist', async () => {
        const ids = idsOf(users).slice(0, provider.users.maxIdsPerCall).toReversed()
        const found = await provider.users.getMany(ids, call)
        expect(new Set(idsOf(found))).toEqual(new Set(ids))
        expect(await provider.users.getMany(['there is no such user'], call)).toEqual([])
      })

      test('are complete when found by id, but for what is told of one at a time', async () => {
        const absent = provider.users.byIdOnly?.fields ?? []
        for (const user of await provider.users.getMany(idsOf(users).slice(0, provider.users.maxIdsPerCall), call)) {
          expect(absent).toEqual(expect.arrayContaining([...user.missing]))
          expect(user.provider).toBe(provider.name)
        }
      })

      test('lack nothing when read alone, where several at once do', async (absent) => {
        const { byIdOnly } = provider.users
        if (!byIdOnly) return absent()
        expect(users.some(({ missing }) => missing.some((field) => byIdOnly.fields.includes(field)))).toBe(true)
        for (const { nativeId } of users.slice(0, 5)) {
          expect(await byIdOnly.get(nativeId, call)).toMatchObject({ nativeId, missing: [] })
        }
        for (const id of ['there is no such user', '..']) expect(await byIdOnly.get(id, call)).toBeNull()
      })

      test('say the same in a list as by id, but for what they say is missing', async () => {
        const linked = users.filter(({ identities }) => identities.length > 0).slice(0, 5)
        for (const listed of [...users.slice(0, 15), ...linked]) {
          const [found] = await provider.users.getMany([listed.nativeId], call)
          const known = (Object.keys(listed) as (keyof User)[]).filter(
            (field) => field !== 'missing' && field !== 'native' && !listed.missing.includes(field as UserField),
          )
          for (const field of known) {
            if (field === 'identities') expect(knownIdentities(listed)).toEqual(found && knownIdentities(found, listed))
            else expect(listed[field], field).toEqual(found?.[field])
          }
        }
      })

      test('are nobody for an id that no vendor would give', async () => {
        for (const id of ['.', '..', '/', '../x', '%2e%2e', ' ', 'a/b?c#d', '🌻', 'x'.repeat(400)]) {
          expect(await provider.users.getMany([id], call)).toEqual([])
        }
      })

      test('refuse a cursor that is not theirs before any call', async () => {
        const before = subject.upstreamCalls()
        for (const after of ['', 'nonsense', 'e30', Buffer.from('{"style":"page"}').toString('base64url')]) {
          const refused = await provider.users
            .list({ first: 5, after, filter: {}, order: newestFirst }, call)
            .catch((error: unknown) => error)
          expect(refused).toBeInstanceOf(ProviderError)
          expect(refused).toMatchObject({ kind: 'badInput', argument: ['after'] })
        }
        expect(subject.upstreamCalls()).toBe(before)
      })

      test('are found by whole address, in any case', async (absent) => {
        const { findByEmails, maxValuesPerLookup = 1 } = provider.users
        if (!findByEmails) return absent()
        const known = users.filter(({ email, missing }) => email !== null && !missing.includes('email'))
        const addresses = [...new Set(known.map(({ email }) => String(email).toLowerCase()))].slice(
          0,
          maxValuesPerLookup,
        )
        const found = await findByEmails(
          addresses.map((address) => address.toUpperCase()),
          call,
        )
        for (const user of found) {
          expect(user.emails.some(({ address }) => addresses.includes(address.toLowerCase()))).toBe(true)
        }
        const expected = known.filter(({ email }) => addresses.includes(String(email).toLowerCase()))
        for (const { nativeId } of expected) expect(idsOf(found)).toContain(nativeId)
        for (const { nativeId, email } of expected.slice(0, 3)) {
          expect(idsOf(await findByEmails([String(email).toUpperCase()], call))).toContain(nativeId)
        }
        expect(await findByEmails(['nobody@nowhere.example'], call)).toEqual([])
      })

      test('are filtered by whole email where that can be filtered', async (absent) => {
        if (!provider.users.filters.email) return absent()
        const known =
          users.find(({ email }) => email !== null && email.includes('+')) ?? users.find(({ email }) => email !== null)
        const filtered = await walk(listUsers(newestFirst, { email: String(known?.email) }), 50)
        expect(idsOf(filtered)).toContain(known?.nativeId)
        for (const user of filtered) expect(user.emails.map(({ address }) => address)).toContain(known?.email)
      })

      test('are filtered by status where that can be filtered', async (absent) => {
        if (!provider.users.filters.status) return absent()
        const disabled = await walk(listUsers(newestFirst, { status: 'disabled' }), 50)
        expect(disabled.length).toBeGreaterThan(0)
        expect(new Set(idsOf(disabled))).toEqual(new Set(idsOf(users.filter(({ status }) => status === 'disabled'))))
      })

      test('are filtered by creation from a time on, and before another', async (absent) => {
        if (!provider.users.filters.createdAt) return absent()
        const times = [...new Set(users.map(({ createdAt }) => createdAt?.getTime() ?? 0))]
        // Whole seconds, because some vendors keep no finer time.
        const to = new Date(Math.floor((times[Math.floor(times.length / 4)] ?? 0) / 1000) * 1000)
        const from = new Date(Math.floor((times[Math.floor((times.length * 3) / 4)] ?? 0) / 1000) * 1000)
        const within = users.filter(({ createdAt }) => createdAt !== null && createdAt >= from && createdAt < to)
        const filtered = await walk(listUsers(newestFirst, { createdAt: { from, to } }), 7)
        expect(within.length).toBeGreaterThan(0)
        expect(idsOf(filtered).toSorted()).toEqual(idsOf(within).toSorted())
      })

      test('are searched for what the text says, whatever signs are in it', async () => {
        for (const field of ['search', 'email', 'username', 'externalId'] as const) {
          if (!provider.users.filters[field]) continue
          for (const text of hostileTexts) {
            const value = field === 'email' ? `${text.replaceAll(/\s/g, '')}@example.test` : text
            const page = await listUsers(newestFirst, { [field]: value })({ first: 50, after: null })
            const holds = (user: User): boolean =>
              [user.name, user.username, user.externalId, user.nativeId, user.givenName, user.familyName, user.nickname]
                .concat(user.emails.map(({ address }) => address))
                .some((known) => known?.toLowerCase().includes(text.toLowerCase()))
            for (const { node } of page.edges) expect(holds(node), `${field} ${text} found ${node.name}`).toBe(true)
          }
        }
      })

      test('have their blocked addresses listed once each', async () => {
        const list = provider.users.listBlockedIps
        if (list)
          await walkRelation(
            (user, page) => list(user.nativeId, page, call),
            ({ address }) => address,
          )
      })

      test('have their permissions listed once each', async () => {
        const list = provider.users.listPermissions
        if (list)
          await walkRelation(
            (user, page) => list(user.nativeId, page, call),
            ({ name: permission, api }) => `${api} ${permission}`,
          )
      })

      test('have their events listed once each, newest first', async (absent) => {
        const list = provider.users.listEvents
        if (!list) return absent()
        const events = await walkRelation(
          (user, page) => list(user.nativeId, page, call),
          ({ nativeId }) => nativeId,
        )
        for (const { items } of events) {
          const times = items.map(({ occurredAt }) => occurredAt.getTime())
          expect(times).toEqual(times.toSorted((a, b) => b - a))
        }
      })

      test('have authenticators with an id each', async (absent) => {
        const list = provider.users.listAuthenticators
        if (!list) return absent()
        const all = await Promise.all(users.map((user) => list(handleOf(user), call)))
        expect(all.flat().length).toBeGreaterThan(0)
        for (const items of all) expect(new Set(idsOf(items)).size).toBe(items.length)
      })

      test('have devices with an id each', async (absent) => {
        const list = provider.users.listDevices
        if (!list) return absent()
        const all = await Promise.all(users.map((user) => list(user.nativeId, call)))
        expect(all.flat().length).toBeGreaterThan(0)
        for (const items of all) expect(new Set(idsOf(items)).size).toBe(items.length)
      })
    })

    describe('changes', () => {
      test('of what never was are not done for the upstream having been busy', async (absent) => {
        const { refuseNextDeletion } = subject
        const remove = provider.users.delete
        if (!refuseNextDeletion || !remove) return absent()
        const [known] = users
        // An id as this vendor makes them, but for its end.
        const unknown = String(known?.nativeId).replace(/.{5}$/, '00000')
        const attempt = (): Promise<string> =>
          remove(unknown, call).then(
            () => 'done',
            (error: unknown) => (error instanceof ProviderError ? error.kind : 'a bug'),
          )
        const plain = await attempt()
        await refuseNextDeletion()
        // A deletion that may not be repeated ends with the refusal.
        expect([plain, 'rateLimited']).toContain(await attempt())
      })
    })

    describe('groups', () => {
      test('are each listed once, kind by kind, whatever the page size', async (absent) => {
        const { groups } = provider
        if (!groups) return absent()
        for (const kind of groups.kinds) {
          const all = await walk((page) => groups.list({ ...page, kind, search: null }, call), 50)
          expect(all.length, kind).toBeGreaterThan(0)
          for (const group of all) expect(group.kind).toBe(kind)
          for (const size of pageSizes) {
            expect(idsOf(await walk((page) => groups.list({ ...page, kind, search: null }, call), size))).toEqual(
              idsOf(all),
            )
          }
        }
      })

      test('are found by id, complete, and say the same as in the list', async (absent) => {
        const { groups } = provider
        if (!groups) return absent()
        for (const kind of groups.kinds) {
          const [listed] = (await groups.list({ first: 1, after: null, kind, search: null }, call)).edges
          if (!listed) throw new Error(`there is no ${kind}`)
          const [found] = await groups.getMany([listed.node.nativeId], call)
          expect(found?.missing).toEqual([])
          for (const field of Object.keys(listed.node) as (keyof typeof listed.node)[]) {
            if (field === 'missing' || listed.node.missing.includes(field as GroupField)) continue
            expect(listed.node[field], field).toEqual(found?.[field])
          }
        }
        expect(await groups.getMany(['there is no such group'], call)).toEqual([])
      })

      test('have each member listed once, and each member has the group', async (absent) => {
        const { groups } = provider
        const list = groups?.listMembers
        if (!groups || !list) return absent()
        for (const kind of groups.kinds) {
          const all = await walk((page) => groups.list({ ...page, kind, search: null }, call), 50)
          const sizes = await Promise.all(
            all.map(async (group) => ({ group, members: await walk((page) => list(group.nativeId, page, call), 50) })),
          )
          const [largest] = sizes.toSorted((a, b) => b.members.length - a.members.length)
          if (!largest) throw new Error(`there is no ${kind}`)
          const memberIds = idsOf(largest.members.map(({ user }) => user))
          expect(memberIds.length, kind).toBeGreaterThan(0)
          expect(new Set(memberIds).size).toBe(memberIds.length)
          for (const size of pageSizes) {
            const again = await walk((page) => list(largest.group.nativeId, page, call), size)
            expect(idsOf(again.map(({ user }) => user))).toEqual(memberIds)
          }
          for (const { user, roles } of largest.members.slice(0, 3)) {
            const memberships = await walk((page) => groups.listByUser(user.nativeId, { ...page, kind }, call), 50)
            const membership = memberships.find(({ group }) => group.nativeId === largest.group.nativeId)
            expect(membership, `${user.nativeId} in ${largest.group.nativeId}`).toBeDefined()
            const known = typeof membership?.roles === 'function' ? await membership.roles() : membership?.roles
            if (known != null && roles != null) expect(known).toEqual(roles)
          }
        }
      })

      test('of a user are listed once each', async (absent) => {
        const { groups } = provider
        if (!groups) return absent()
        for (const kind of groups.kinds) {
          await walkRelation(
            (user, page) => groups.listByUser(user.nativeId, { ...page, kind }, call),
            ({ group }) => group.nativeId,
          )
        }
      })

      test('have their permissions listed once each', async (absent) => {
        const { groups } = provider
        const list = groups?.listPermissions
        if (!groups || !list) return absent()
        for (const kind of groups.kinds) {
          for (const { node } of (await groups.list({ first: 5, after: null, kind, search: null }, call)).edges) {
            if ((await list(node.nativeId, { first: 1, after: null }, call)) === null) continue
            const read = async (page: PageRequest) =>
              (await list(node.nativeId, page, call)) ?? { edges: [], hasNextPage: false }
            const all = await walk(read, 50)
            for (const size of pageSizes) expect(await walk(read, size)).toEqual(all)
          }
        }
      })
    })

    describe('sessions', () => {
      test('of a user are listed once each, and are that user’s', async (absent) => {
        const { sessions } = provider
        if (!sessions) return absent()
        const relations = await walkRelation(
          (user, page) => sessions.listByUser(handleOf(user), { ...page, clientId: null }, call),
          ({ nativeId }) => nativeId,
        )
        for (const { user, items } of relations) for (const { userId } of items) expect(userId).toBe(user.nativeId)
      })

      test('are found by id as they are listed, and never under another user', async (absent) => {
        const { sessions } = provider
        if (!sessions) return absent()
        const lists = await Promise.all(
          users.map(async (user) => ({
            user,
            page: await sessions.listByUser(handleOf(user), { first: 1, after: null, clientId: null }, call),
          })),
        )
        const some = lists.filter(({ page }) => page.edges.length > 0)
        const [one, other] = some
        const session = one?.page.edges[0]?.node
        if (!one || !other || !session) throw new Error('too few users have sessions')
        const key = { nativeId: session.nativeId, userId: one.user.nativeId }
        expect(await sessions.get(key, handleOf(one.user), call)).toEqual(session)
        expect(await sessions.get({ ...key, userId: other.user.nativeId }, handleOf(other.user), call)).toBeNull()
        expect(
          await sessions.get({ ...key, nativeId: 'there-is-no-such-session' }, handleOf(one.user), call),
        ).toBeNull()
      })
    })

    describe('grants', () => {
      test('of a user are listed once each, kind by kind, and are that user’s', async (absent) => {
        const { grants } = provider
        if (!grants) return absent()
        for (const kind of grants.kinds) {
          const relations = await walkRelation(
            (user, page) => grants.listByUser(handleOf(user), { ...page, kind, clientId: null, sessionId: null }, call),
            ({ nativeId }) => nativeId,
          )
          for (const { user, items } of relations) {
            for (const grant of items)
              expect(grant).toMatchObject({ userId: user.nativeId, kind, provider: provider.name })
          }
        }
      })

      test('are found by id as they are listed, and never under another user', async (absent) => {
        const { grants } = provider
        if (!grants) return absent()
        for (const kind of grants.kinds) {
          const query = { first: 1, after: null, kind, clientId: null, sessionId: null }
          const lists = await Promise.all(
            users.map(async (user) => ({ user, page: await grants.listByUser(handleOf(user), query, call) })),
          )
          const [one, other] = lists.filter(({ page }) => page.edges.length > 0)
          const grant = one?.page.edges[0]?.node
          if (!one || !other || !grant) throw new Error(`too few users have a ${kind}`)
          const key = {
            nativeId: grant.nativeId,
            kind,
            userId: one.user.nativeId,
            clientId: grant.clientId,
            audience: grant.audiences?.[0] ?? null,
          }
          expect(await grants.get(key, handleOf(one.user), call), kind).toEqual(grant)
          // Where an id is only unique within its user, the other user may have one of the same id.
          const under = await grants.get({ ...key, userId: other.user.nativeId }, handleOf(other.user), call)
          expect(under?.userId ?? other.user.nativeId, kind).toBe(other.user.nativeId)
        }
      })
    })

    describe('the provider', () => {
      test('lists each pending registration once', async (absent) => {
        const { pendingUsers } = provider
        if (!pendingUsers) return absent()
        const ids = idsOf(await walk((page) => pendingUsers.list(page, call), 50))
        expect(ids.length).toBeGreaterThan(0)
        for (const size of pageSizes)
          expect(idsOf(await walk((page) => pendingUsers.list(page, call), size))).toEqual(ids)
      })

      test('is up after it has answered', async () => {
        await provider.check(call)
        expect(provider.health()).toMatchObject({ status: 'up', lastError: null })
      })

      test('says that a token which is none is not valid', async (absent) => {
        const { tokens } = provider
        if (!tokens) return absent()
        expect(await tokens.verify('not.a.token', call)).toMatchObject({ valid: false, userId: null, claims: null })
      })
    })
  })
}
