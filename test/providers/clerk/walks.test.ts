import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { UserFilter, UserOrder } from '../../../src/identity/provider.ts'
import { testCall } from '../../support/sandbox.ts'
import { refusal, type SandboxedClerk, startClerk } from './sandboxed-clerk.ts'

const newest: UserOrder = { field: 'createdAt', direction: 'desc' }

let clerk: SandboxedClerk

beforeEach(async () => {
  clerk = await startClerk()
})

afterEach(() => clerk.close())

/** Walks everybody, and lets something happen after the second page. */
async function walkWhile(
  happening: (seen: readonly string[]) => Promise<unknown>,
  order: UserOrder = newest,
  filter: UserFilter = {},
): Promise<readonly string[]> {
  const seen: string[] = []
  let after: string | null = null
  for (let pages = 1; ; pages += 1) {
    const page = await clerk.users.list({ filter, order, first: 7, after }, testCall())
    seen.push(...page.edges.map(({ node }) => node.nativeId))
    after = page.edges.at(-1)?.cursor ?? null
    if (!page.hasNextPage) return seen
    if (pages === 2) await happening(seen)
  }
}

describe('a walk by creation', () => {
  it('sees each of those who were there once, while others are created', async () => {
    const before = await walkWhile(() => Promise.resolve())
    const during = await walkWhile(async () => {
      for (const username of ['one_more', 'two_more', 'three_more']) {
        await clerk.users.create({ username, skipChecks: true }, testCall())
      }
    })
    expect(during).toEqual(before)
  })

  it('sees each of those who stay once, while others are deleted', async () => {
    const before = await walkWhile(() => Promise.resolve())
    const gone = [before[2], before[20], before[40]].map(String)
    const during = await walkWhile(async () => {
      for (const id of gone) await clerk.users.delete(id, testCall())
    })
    expect(during).toEqual(before.filter((id, index) => index === 2 || !gone.includes(id)))
  })

  it.each(['asc', 'desc'] as const)('goes on where somebody stood who was deleted: %s', async (direction) => {
    const order = { field: 'createdAt', direction } as const
    const before = await walkWhile(() => Promise.resolve(), order)
    const during = await walkWhile((seen) => clerk.users.delete(seen.at(-1) ?? '', testCall()), order)
    // Whoever was created in the same millisecond may come twice.
    expect([...new Set(during)]).toEqual(before)
    expect(during.length - before.length).toBeLessThanOrEqual(1)
  })

  it('keeps within its range of time when it goes on so', async () => {
    const all = await walkWhile(() => Promise.resolve())
    const [from, to] = await Promise.all([clerk.read(all[60] ?? ''), clerk.read(all[9] ?? '')])
    const filter = { createdAt: { from: from.createdAt ?? new Date(0), to: to.createdAt ?? new Date(0) } }
    const before = await walkWhile(() => Promise.resolve(), newest, filter)
    const during = await walkWhile((seen) => clerk.users.delete(seen.at(-1) ?? '', testCall()), newest, filter)
    expect([...new Set(during)]).toEqual(before)
  })

  it('refuses a place that it never gave out, without a call', async () => {
    clerk.sandbox.clearCalls()
    for (const key of ['user_x&limit=500', 'nobody', 'user_x 12x', ' ']) {
      const after = Buffer.from(JSON.stringify({ style: 'key', key })).toString('base64url')
      const page = clerk.users.list({ filter: {}, order: newest, first: 7, after }, testCall())
      expect(await refusal(page)).toMatchObject({ kind: 'badInput', argument: ['after'] })
    }
    expect(clerk.sandbox.calls()).toEqual({})
  })
})
