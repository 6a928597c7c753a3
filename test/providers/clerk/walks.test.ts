import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { UserOrder } from '../../../src/identity/provider.ts'
import { testCall } from '../../support/sandbox.ts'
import { refusal, type SandboxedClerk, startClerk } from './sandboxed-clerk.ts'

const newest: UserOrder = { field: 'createdAt', direction: 'desc' }

let clerk: SandboxedClerk

beforeEach(async () => {
  clerk = await startClerk()
})

afterEach(() => clerk.close())

/** Walks everybody, and lets something happen after the second page. */
async function walkWhile(happening: (seen: readonly string[]) => Promise<unknown>): Promise<readonly string[]> {
  const seen: string[] = []
  let after: string | null = null
  for (let pages = 1; ; pages += 1) {
    const page = await clerk.users.list({ filter: {}, order: newest, first: 7, after }, testCall())
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

  it('that stands on somebody who was deleted says that its place is gone', async () => {
    const walk = walkWhile((seen) => clerk.users.delete(seen.at(-1) ?? '', testCall()))
    expect(await refusal(walk)).toMatchObject({ kind: 'badInput', argument: ['after'] })
  })
})
