import { afterEach, describe, expect, it } from 'vitest'
import { createHttp } from '../../src/upstream/http.ts'
import type { Operation } from '../../src/upstream/operation.ts'
import { createPipeline } from '../../src/upstream/pipeline.ts'
import { testCall } from '../support/sandbox.ts'
import { type Respond, startUpstreamServer } from '../support/upstream-server.ts'

const read: Operation = { name: 'things.get', route: 'GET /things', safe: true }
const create: Operation = { name: 'things.create', route: 'POST /things', safe: false }

let cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups) await cleanup()
  cleanups = []
})

/** An adapter's way to this origin. */
function httpTo(origin: string): ReturnType<typeof createHttp> {
  const pipeline = createPipeline({
    provider: 'acme',
    origin,
    authorization: { headers: () => ({ authorization: 'Bearer secret-of-acme' }) },
    maxParallelCalls: 2,
    attemptTimeoutMs: 5_000,
    maxRetries: 0,
  })
  cleanups.push(() => pipeline.close())
  return createHttp({ pipeline, baseUrl: origin, readVendorError: () => ({ code: null }) })
}

async function upstreamThat(respond: Respond): Promise<string> {
  const upstream = await startUpstreamServer(respond)
  cleanups.push(() => upstream.close())
  return upstream.origin
}

describe('an answer', () => {
  it('of 200 MB is given up long before its end', async () => {
    const chunk = Buffer.alloc(1_000_000, ' ')
    let sent = 0
    const origin = await upstreamThat((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const pour = (): void => {
        while (sent < 200 && !response.destroyed) {
          sent += 1
          if (!response.write(chunk)) {
            response.once('drain', pour)
            return
          }
        }
        response.end()
      }
      pour()
    })
    await expect(httpTo(origin).request({ operation: read }, testCall())).rejects.toMatchObject({
      kind: 'badResponse',
      message: 'acme answered things.get with more than can be read',
    })
    expect(sent).toBeLessThan(60)
  })

  it('of JSON nested a million deep is read without harm', async () => {
    const depth = 1_000_000
    const origin = await upstreamThat((_, response) => response.end('['.repeat(depth) + ']'.repeat(depth)))
    const { body } = await httpTo(origin).request({ operation: read }, testCall())
    expect(Array.isArray(body)).toBe(true)
  })

  it('has a header that came twice joined, and one that did not come not at all', async () => {
    const origin = await upstreamThat((_, response) => {
      response.writeHead(200, ['X-Twice', 'a', 'x-twice', 'b', 'X-Once', 'c']).end('{}')
    })
    const { headers } = await httpTo(origin).request({ operation: read }, testCall())
    expect([headers.get('x-twice'), headers.get('x-once'), headers.get('x-never')]).toEqual(['a, b', 'c', undefined])
  })

  it('that comes in pieces is put together', async () => {
    const origin = await upstreamThat((_, response) => {
      response.write('{"a":')
      setTimeout(() => {
        response.write('"é')
        setTimeout(() => response.end('"}'), 5)
      }, 5)
    })
    expect((await httpTo(origin).request({ operation: read }, testCall())).body).toEqual({ a: 'é' })
  })

  it('that leads to another host is refused, and that host sees nothing of us', async () => {
    const elsewhere = await startUpstreamServer((_, response) => response.end('{}'))
    cleanups.push(() => elsewhere.close())
    const origin = await upstreamThat((_, response) => {
      response.writeHead(307, { location: `${elsewhere.origin}/things` }).end()
    })
    const http = httpTo(origin)
    for (const operation of [read, create]) {
      await expect(http.request({ operation }, testCall())).rejects.toMatchObject({ kind: 'badResponse' })
    }
    expect(elsewhere.requests).toEqual([])
  })
})

describe('an upstream that cannot be reached', () => {
  it.each([
    ['has no address', () => Promise.resolve('http://no-such-host.invalid')],
    ['speaks no TLS', async () => (await upstreamThat((_, response) => response.end('{}'))).replace('http:', 'https:')],
  ])('because it %s is unavailable, and a write to it was not applied', async (_, originOf) => {
    const failure: unknown = await httpTo(await originOf())
      .request({ operation: create, body: {} }, testCall())
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({
      kind: 'unavailable',
      outcome: 'notApplied',
      message: 'acme could not be reached for things.create',
    })
    expect(JSON.stringify(failure)).not.toContain('secret-of-acme')
  })
})
