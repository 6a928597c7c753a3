import { afterEach, describe, expect, it } from 'vitest'
import type { Page } from '../../../src/identity/page.ts'
import type { IdentityProvider } from '../../../src/identity/provider.ts'
import type { IdentityEvent } from '../../../src/identity/records.ts'
import { connectToSandbox, startSandbox, testCall } from '../../support/sandbox.ts'
import { walk } from '../../support/walk.ts'
import { present } from '../../support/present.ts'
import { type Answer, idOf, startUpstream } from './hand-made-upstream.ts'

const cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function upstream(answer: Answer) {
  const started = await startUpstream({ 'GET /logs': answer })
  cleanups.push(() => started.close())
  return started
}

const start = Date.UTC(2025, 5, 20, 6)

interface WireLog {
  readonly _id: string
  readonly started: string
}

/** The log of something that happened `second` seconds into the day. */
function log(second: number, members: Readonly<Record<string, unknown>> = {}): WireLog {
  return { _id: idOf(second), type: 'AUTH', user_id: idOf(1), started: timeOf(second), ...members } as WireLog // it has both
}

function timeOf(second: number): string {
  return new Date(start + second * 1000).toISOString()
}

/** Answers both logs, newest first, in pages of `pageSize` whatever was asked for (app-services.md 4.5). */
function logsOf(
  logs: () => { readonly successes: readonly WireLog[]; readonly failures: readonly WireLog[] },
  pageSize: number,
): Answer {
  return ({ query }) => {
    const endDate = query.get('end_date')
    const skip = Number(query.get('skip') ?? 0)
    const { successes, failures } = logs()
    const matching = (query.has('errors_only') ? failures : successes)
      .filter(({ started }) => endDate === null || started <= endDate)
      .toSorted((one, other) =>
        one.started < other.started ? 1 : one.started > other.started ? -1 : one._id < other._id ? 1 : -1,
      )
    const page = matching.slice(skip, skip + pageSize)
    const last = page.at(-1)
    if (!last || skip + page.length >= matching.length) return Response.json({ logs: page })
    const nextSkip = matching.slice(0, skip + page.length).filter(({ started }) => started === last.started).length
    return Response.json({ logs: page, nextEndDate: last.started, nextSkip })
  }
}

function read(
  provider: IdentityProvider,
  first: number,
  after: string | null,
  id = idOf(1),
): Promise<Page<IdentityEvent>> {
  return present(provider.users.listEvents)(id, { first, after }, testCall())
}

function walkEvents(provider: IdentityProvider, first: number, id = idOf(1)): Promise<IdentityEvent[]> {
  return walk((page) => read(provider, page.first, page.after, id), first)
}

function idsOf(events: readonly IdentityEvent[]): string[] {
  return events.map(({ nativeId }) => nativeId)
}

describe('events of a user', () => {
  const seconds = Array.from({ length: 23 }, (_, index) => index + 1)
  const newestFirst = seconds.toReversed().map(idOf)

  it.each([1, 2, 3, 50])('come newest first, refused ones in between, each once, in pages of %i', async (first) => {
    for (const share of [2, 3, 7, 23]) {
      const logs = {
        successes: seconds.filter((second) => second % share !== 0).map((second) => log(second)),
        failures: seconds
          .filter((second) => second % share === 0)
          .map((second) => log(second, { error: 'unauthorized' })),
      }
      for (const pageSize of [1, 2, 5, 100]) {
        const { provider } = await upstream(logsOf(() => logs, pageSize))
        const events = await walkEvents(provider, first)
        expect(idsOf(events)).toEqual(newestFirst)
        expect(events.filter(({ succeeded }) => succeeded === false)).toHaveLength(logs.failures.length)
      }
    }
  })

  it('of the same millisecond come once each', async () => {
    const logs = {
      successes: [1, 2, 3, 4].map((second) => log(second, { started: timeOf(9) })),
      failures: [5, 6, 7].map((second) => log(second, { started: timeOf(9) })),
    }
    for (const pageSize of [1, 2, 100]) {
      const { provider } = await upstream(logsOf(() => logs, pageSize))
      for (const first of [1, 2, 3])
        expect(idsOf(await walkEvents(provider, first)).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7].map(idOf))
    }
  })

  it('that happen during a walk do not disturb it', async () => {
    const logs = { successes: seconds.map((second) => log(second)), failures: [log(30, { error: 'x' })] }
    let later = 100
    const { provider } = await upstream(
      logsOf(() => {
        later += 1
        return { successes: [...logs.successes, log(later)], failures: [...logs.failures, log(later + 1000)] }
      }, 4),
    )
    const ids = idsOf(await walkEvents(provider, 3))
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.slice(-24)).toEqual([idOf(30), ...newestFirst])
  })

  it('take two calls for a page, one for each log, and none to a log that has ended', async () => {
    const logs = { successes: seconds.map((second) => log(second)), failures: [] }
    const { provider, requests } = await upstream(logsOf(() => logs, 10))
    const page = await read(provider, 10, null)
    const query = `type=AUTH&user_id=${idOf(1)}`
    expect(requests.slice(1).toSorted()).toEqual([
      `GET /logs?${query}&errors_only=true&limit=100`,
      `GET /logs?${query}&limit=100`,
    ])
    await read(provider, 10, present(page.edges.at(-1)).cursor)
    const endDate = encodeURIComponent(timeOf(14))
    expect(requests.slice(3)).toEqual([`GET /logs?${query}&end_date=${endDate}&skip=1&limit=100`])
  })

  it('are only those of this user, of sign-ins, and each once', async () => {
    const { provider } = await upstream(({ query }) =>
      Response.json({
        logs: query.has('errors_only')
          ? [log(5), log(6, { user_id: idOf(2) })]
          : [
              log(5),
              log(5),
              log(4, { user_id: idOf(2) }),
              log(3, { user_id: undefined }),
              log(2, { type: 'FUNCTION' }),
              log(1),
            ],
      }),
    )
    const page = await read(provider, 10, null)
    expect(page.edges.map(({ node }) => node.nativeId)).toEqual([idOf(5), idOf(1)])
    expect(page.hasNextPage).toBe(false)
  })

  it('are newest first although a page of them is not', async () => {
    const { provider } = await upstream(({ query }) =>
      Response.json({ logs: query.has('errors_only') ? [] : [log(1), log(2), log(3)] }),
    )
    expect(idsOf(await walkEvents(provider, 2))).toEqual([3, 2, 1].map(idOf))
  })

  it('are a bad response when the upstream goes on without end', async () => {
    const { provider } = await upstream(() => Response.json({ logs: [], nextEndDate: timeOf(1), nextSkip: 0 }))
    await expect(read(provider, 5, null)).rejects.toMatchObject({ kind: 'badResponse' })
  })

  it('are none where the upstream has none, and not found for an id that nobody has', async () => {
    const { provider, requests } = await upstream(() => Response.json({ logs: [] }))
    expect(await read(provider, 5, null)).toEqual({ edges: [], hasNextPage: false })
    const before = requests.length
    await expect(read(provider, 5, null, 'me')).rejects.toMatchObject({ kind: 'notFound' })
    expect(requests).toHaveLength(before)
  })

  it.each([
    'x',
    '{}',
    '{"places":[null,null],"last":[1]}',
    '{"places":["start",null],"last":null}',
    '{"places":[{"endDate":"","skip":0},null],"last":null}',
    '{"places":[{"endDate":"2025-01-01T00:00:00Z","skip":-1},null],"last":null}',
  ])('are refused with the cursor %s, which is not theirs', async (key) => {
    const { provider, requests } = await upstream(() => Response.json({ logs: [] }))
    const after = Buffer.from(JSON.stringify({ style: 'key', key })).toString('base64url')
    await expect(read(provider, 5, after)).rejects.toMatchObject({ kind: 'badInput', argument: ['after'] })
    expect(requests).toEqual([])
  })
})

describe('events at the sandbox', () => {
  it('show a refused sign-in among the others', async () => {
    const sandbox = await startSandbox()
    cleanups.push(() => sandbox.close())
    const { provider, close } = await connectToSandbox('app-services', sandbox.environment)
    cleanups.push(close)
    const order = { field: 'createdAt', direction: 'asc' } as const
    const page = await provider.users.list({ first: 100, after: null, filter: {}, order }, testCall())
    const all = await Promise.all(page.edges.map(({ node }) => walkEvents(provider, 3, node.nativeId)))
    const mixed = all.find((events) => new Set(events.map(({ succeeded }) => succeeded)).size > 1)
    expect(present(mixed).find(({ succeeded }) => succeeded === false)).toMatchObject({
      type: 'login',
      description: 'unauthorized',
    })
    for (const events of all) {
      expect(new Set(idsOf(events)).size).toBe(events.length)
      const times = events.map(({ occurredAt }) => occurredAt.getTime())
      expect(times).toEqual(times.toSorted((one, other) => other - one))
    }
  })
})
