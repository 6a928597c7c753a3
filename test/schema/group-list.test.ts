import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { encodeGlobalId } from '../../src/identity/global-id.ts'
import { walk } from '../support/walk.ts'
import { createTestGateway, type TestGateway } from '../support/gateway.ts'
import { type ConnectedSandbox, connectAll, testCall } from '../support/sandbox.ts'
import { type ClientPage, readPage, refusalOf, walkPages } from './merged-lists.ts'

const softDeadlineMs = 300

describe('groups over the four vendors', () => {
  let connected: ConnectedSandbox
  let gateway: TestGateway
  /** Waits for nobody longer than the short deadline. */
  let hasty: TestGateway
  /** Every group: provider by provider in the order of the configuration, kind by kind. */
  let expected: readonly string[]

  beforeAll(async () => {
    connected = await connectAll({ users: 300 }, { maxRetries: 0 })
    gateway = createTestGateway(connected.providers)
    hasty = createTestGateway(connected.providers, 10_000, { softDeadlineMs })
    await Promise.all(connected.providers.map((provider) => provider.check(testCall())))
    const lists = connected.providers.flatMap(({ groups }) =>
      (groups?.kinds ?? []).map((kind) =>
        walk((page) => groups?.list({ ...page, kind, search: null }, testCall()) ?? Promise.reject(groups), 50),
      ),
    )
    expected = (await Promise.all(lists))
      .flat()
      .map(({ provider, nativeId }) => encodeGlobalId({ type: 'Group', provider, parts: [nativeId] }))
  })
  afterEach(() => connected.sandbox.clearFaults())
  afterAll(() => connected.close())

  it('are one list, provider by provider and kind by kind, whatever the page size', async () => {
    for (const first of [1, 4, 100]) {
      const pages: ClientPage[] = []
      const nodes = await walkPages(gateway, 'groups', { first }, (page) => pages.push(page))
      expect(nodes.map(({ id }) => id)).toEqual(expected)
      // A provider without groups is no missing part.
      expect(pages.flatMap(({ unavailable }) => unavailable)).toEqual([])
    }
  })

  it('are read from the first provider alone as long as it fills the page', async () => {
    connected.sandbox.clearCalls()
    await readPage(gateway, 'groups', { first: 2 })
    expect(connected.sandbox.calls()).toEqual({ 'monocloud GET /groups': 1 })
  })

  it('are counted where every kind says how many there are', async () => {
    const count = async (providers: readonly string[]): Promise<unknown> => {
      connected.sandbox.clearCalls()
      const document = 'query ($providers: [String!]) { groups(first: 2, providers: $providers) { totalCount } }'
      const { data, errors } = await gateway.query(document, { providers })
      expect(errors).toEqual([])
      return (data as unknown as { readonly groups: { readonly totalCount: number | null } }).groups.totalCount // as asked
    }
    const nodes = await walkPages(gateway, 'groups', { first: 50, providers: ['monocloud', 'clerk'] })
    expect(await count(['monocloud', 'clerk'])).toBe(nodes.length)
    expect(connected.sandbox.calls()).toEqual({ 'monocloud GET /groups': 1, 'clerk GET /organizations': 1 })
    // Auth0 pages its organizations by a token, without a total.
    expect(await count(['monocloud', 'auth0'])).toBeNull()
  })

  it('are of the kinds that are asked for, in the vendors’ order', async () => {
    const nodes = await walkPages(gateway, 'groups', { first: 3, kinds: ['ORGANIZATION'] })
    expect(new Set(nodes.map(({ kind }) => kind))).toEqual(new Set(['ORGANIZATION']))
    expect([...new Set(nodes.map(({ providerName }) => providerName))]).toEqual(['auth0', 'clerk'])
  })

  it('do not go on from a cursor that was given with other arguments', async () => {
    const { pageInfo } = await readPage(gateway, 'groups', { first: 1 })
    for (const variables of [{ kinds: ['ROLE'] }, { providers: ['auth0', 'clerk'] }]) {
      expect(await refusalOf(gateway, 'groups', { ...variables, after: pageInfo.endCursor })).toEqual({
        code: 'BAD_USER_INPUT',
        argument: ['after'],
      })
    }
  })

  it('arrive by the soft deadline from behind a vendor that hangs, which comes when it is back', async () => {
    await connected.sandbox.fault({ provider: 'monocloud', kind: 'latency', ms: 1_500 })
    const startedAt = performance.now()
    const page = await readPage(hasty, 'groups', { first: 100 })
    expect(performance.now() - startedAt).toBeLessThan(softDeadlineMs + 1_000)
    expect(page.unavailable).toMatchObject([{ providerName: 'monocloud', part: 'GROUP', code: 'PROVIDER_TIMEOUT' }])
    expect(page.pageInfo.hasNextPage).toBe(true)
    await connected.sandbox.clearFaults()
    // Of another size, so that it is not the very call that still hangs.
    const rest = await walkPages(gateway, 'groups', { first: 90, after: page.pageInfo.endCursor })
    expect(new Set(rest.map(({ providerName }) => providerName))).toEqual(new Set(['monocloud']))
    expect([...rest, ...page.edges.map(({ node }) => node)].map(({ id }) => id)).toEqual(expected)
  })

  it('name each kind of a vendor that fails', async () => {
    await connected.sandbox.fault({ provider: 'auth0', kind: 'status', status: 503 })
    const page = await readPage(gateway, 'groups', { first: 80 })
    expect(page.unavailable.map(({ providerName, part }) => `${providerName} ${part}`)).toEqual([
      'auth0 ROLE',
      'auth0 ORGANIZATION',
      'auth0 GROUP',
    ])
    expect(page.edges.map(({ node }) => node.providerName)).toContain('clerk')
  })

  it('are refused where nobody who is asked has any', async () => {
    expect(await refusalOf(gateway, 'groups', { providers: ['app-services'] })).toMatchObject({ code: 'UNSUPPORTED' })
  })
})
