import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, describe, expect, it } from 'vitest'
import type { Attempt } from '../../src/identity/call.ts'
import { ProviderError } from '../../src/identity/errors.ts'
import type { Clock } from '../../src/upstream/clock.ts'
import { createPipeline, type Pipeline, type PipelineOptions } from '../../src/upstream/pipeline.ts'
import type { Operation } from '../../src/upstream/operation.ts'
import { createSdk, sdkFetch } from '../../src/upstream/sdk.ts'
import { manualClock } from '../support/clock.ts'
import { testCall, type TestCall } from '../support/sandbox.ts'
import { type Respond, startUpstreamServer, type UpstreamServer } from '../support/upstream-server.ts'

const read: Operation = { name: 'things.get', route: 'GET /things/{id}', safe: true }
const create: Operation = { name: 'things.create', route: 'POST /things', safe: false }

let cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups) await cleanup()
  cleanups = []
})

/** A clock that stands still but for its sleeps, which take no time and are remembered. */
function impatientClock(): Clock & { readonly sleeps: number[] } {
  const sleeps: number[] = []
  let now = Date.now()
  return {
    sleeps,
    now: () => now,
    sleep: async (ms) => {
      sleeps.push(ms)
      now += ms
    },
  }
}

async function pipelineTo(
  respond: Respond,
  options: Partial<PipelineOptions> = {},
): Promise<{
  readonly upstream: UpstreamServer
  readonly pipeline: Pipeline
  readonly clock: ReturnType<typeof impatientClock>
}> {
  const upstream = await startUpstreamServer(respond)
  const clock = impatientClock()
  const pipeline = createPipeline({
    provider: 'acme',
    origin: upstream.origin,
    authorization: { headers: () => ({ authorization: 'Bearer secret-of-acme' }) },
    maxParallelCalls: 8,
    attemptTimeoutMs: 1_000,
    maxRetries: 2,
    clock,
    random: () => 0.5,
    ...options,
  })
  cleanups.push(
    () => pipeline.close(),
    () => upstream.close(),
  )
  return { upstream, pipeline, clock }
}

const get = (pipeline: Pipeline, path: string, call: TestCall = testCall()) =>
  pipeline.send({ method: 'GET', path, headers: {}, body: null }, { operation: read, call })

const post = (pipeline: Pipeline, call: TestCall = testCall(), operation = create) =>
  pipeline.send({ method: 'POST', path: '/things', headers: {}, body: '{}' }, { operation, call })

const ok: Respond = (_, response) => response.end('{"ok":true}')

const then =
  (...statuses: readonly number[]): Respond =>
  (_, response, number) => {
    response.statusCode = statuses[number - 1] ?? 200
    response.end('{}')
  }

describe('the pipeline', () => {
  it('puts our key on every request', async () => {
    let seen: string | undefined
    const { pipeline } = await pipelineTo((request, response) => {
      seen = request.headers.authorization
      response.end('{}')
    })
    await get(pipeline, '/things/1')
    expect(seen).toBe('Bearer secret-of-acme')
  })

  it('refuses to take our key to another origin for a package', async () => {
    const { pipeline, upstream } = await pipelineTo(ok)
    const elsewhere = await startUpstreamServer(ok)
    cleanups.push(() => elsewhere.close())
    const sdk = createSdk({ pipeline, readVendorError: () => ({ code: null }) })
    await expect(sdk.run(read, testCall(), () => sdkFetch(`${elsewhere.origin}/things/1`))).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'acme: refused to call another origin',
    })
    expect([...upstream.requests, ...elsewhere.requests]).toEqual([])
  })

  it('does not follow a redirect', async () => {
    const { pipeline, upstream } = await pipelineTo((_, response) => {
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    await expect(get(pipeline, '/things/1')).rejects.toMatchObject({ kind: 'badResponse' })
    expect(upstream.requests).toHaveLength(1)
  })

  it('makes one call of identical reads in flight, and two of different ones', async () => {
    const { pipeline, upstream } = await pipelineTo((_, response) => {
      setTimeout(() => response.end('{}'), 10)
    })
    await Promise.all(['/things/1', '/things/1', '/things/1', '/things/2'].map((path) => get(pipeline, path)))
    expect(upstream.requests.toSorted()).toEqual(['GET /things/1', 'GET /things/2'])
    await get(pipeline, '/things/1')
    expect(upstream.requests).toHaveLength(3)
  })

  it('does not let a read that begins after a write join one that began before it', async () => {
    const waiting: (() => void)[] = []
    const { pipeline, upstream } = await pipelineTo((request, response) => {
      if (request.method === 'GET') waiting.push(() => response.end('{}'))
      else response.end('{}')
    })
    const before = get(pipeline, '/things/1')
    while (waiting.length < 1) await new Promise((resolve) => setImmediate(resolve))
    await post(pipeline)
    const after = get(pipeline, '/things/1')
    while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve))
    for (const answer of waiting) answer()
    await Promise.all([before, after])
    expect(upstream.requests).toEqual(['GET /things/1', 'POST /things', 'GET /things/1'])
  })

  it('never joins writes', async () => {
    const { pipeline, upstream } = await pipelineTo(ok)
    await Promise.all([post(pipeline), post(pipeline)])
    expect(upstream.requests).toHaveLength(2)
  })

  it('lets one who gives up leave a shared read without ending it for the others', async () => {
    let finish = (): void => {}
    const { pipeline, upstream } = await pipelineTo((_, response) => {
      finish = () => response.end('{}')
    })
    const leaving = testCall()
    const left = get(pipeline, '/things/1', leaving)
    const stayed = get(pipeline, '/things/1')
    while (upstream.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    leaving.abort()
    await expect(left).rejects.toMatchObject({ kind: 'aborted' })
    finish()
    expect((await stayed).status).toBe(200)
  })

  it('says that the time is over when that is why nobody waits, also by a clock that lags behind the timer', async () => {
    const { pipeline, upstream } = await pipelineTo(() => {})
    const call = testCall()
    const answer = get(pipeline, '/things/1', call)
    while (upstream.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    call.abort(new DOMException('The time is over', 'TimeoutError'))
    await expect(answer).rejects.toMatchObject({ kind: 'timeout', outcome: 'notApplied' })
  })

  it('closes the connection when the last one has given up', async () => {
    let closed: Promise<void> = Promise.resolve()
    const { pipeline, upstream } = await pipelineTo((request) => {
      closed = new Promise((resolve) => {
        request.socket.once('close', () => resolve())
      })
    })
    const call = testCall()
    const answer = get(pipeline, '/things/1', call)
    while (upstream.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    call.abort()
    await expect(answer).rejects.toMatchObject({ kind: 'aborted' })
    await closed
  })

  it('keeps no more calls in flight than allowed', async () => {
    let running = 0
    let most = 0
    const { pipeline } = await pipelineTo(
      (_, response) => {
        running += 1
        most = Math.max(most, running)
        setTimeout(() => {
          running -= 1
          response.end('{}')
        }, 5)
      },
      { maxParallelCalls: 3 },
    )
    await Promise.all(Array.from({ length: 12 }, (_, index) => get(pipeline, `/things/${index}`)))
    expect(most).toBe(3)
  })

  describe('when somebody waits for the place of an answered call', () => {
    /** One place, and two connections that were used before, so that what is sent is written at once. */
    async function narrowPipeline(): Promise<Pipeline> {
      const { pipeline } = await pipelineTo(ok, { maxParallelCalls: 1 })
      await Promise.all([get(pipeline, '/things/a'), get(pipeline, '/things/b')])
      return pipeline
    }

    function answerTo(pipeline: Pipeline, path: string, make: () => void): Promise<unknown> {
      const request = { method: 'GET', path, headers: {}, body: null } as const
      return new Promise((resolve, reject) => {
        const settle = {
          resolve() {
            make()
            resolve(null)
          },
          reject,
        }
        pipeline.sendSettling(request, { operation: read, call: testCall() }, settle)
      })
    }

    it('sends that one before anything is made of the answer', async () => {
      const pipeline = await narrowPipeline()
      const happened: string[] = []
      const onSent = (): unknown => happened.push('sent')
      subscribe('undici:client:sendHeaders', onSent)
      try {
        await Promise.all([
          answerTo(pipeline, '/things/1', () => happened.push('first is made something of')),
          get(pipeline, '/things/2'),
        ])
      } finally {
        unsubscribe('undici:client:sendHeaders', onSent)
      }
      expect(happened).toEqual(['sent', 'sent', 'first is made something of'])
    })

    it('still tells the caller what goes wrong in making something of it', async () => {
      const pipeline = await narrowPipeline()
      const failure = new Error('cannot be read')
      const first = answerTo(pipeline, '/things/1', () => {
        throw failure
      })
      await Promise.all([expect(first).rejects.toBe(failure), get(pipeline, '/things/2')])
    })
  })

  it('gives up waiting for a place when the caller goes', async () => {
    const { pipeline, upstream } = await pipelineTo(() => {}, { maxParallelCalls: 1 })
    const first = testCall()
    const running = get(pipeline, '/things/1', first)
    while (upstream.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const second = testCall()
    const waiting = get(pipeline, '/things/2', second)
    second.abort()
    await expect(waiting).rejects.toMatchObject({ kind: 'aborted', outcome: 'notApplied' })
    first.abort()
    await expect(running).rejects.toMatchObject({ kind: 'aborted' })
    expect(upstream.requests).toEqual(['GET /things/1'])
  })
})

describe('an attempt', () => {
  it('that gets no answer in its time is a timeout, after the retries of a safe call', async () => {
    const { pipeline, upstream } = await pipelineTo(() => {}, { attemptTimeoutMs: 100 })
    await expect(get(pipeline, '/things/1')).rejects.toMatchObject({
      kind: 'timeout',
      provider: 'acme',
      operation: 'things.get',
    })
    expect(upstream.requests).toHaveLength(3)
  })

  it('whose body never ends is a timeout too', async () => {
    const { pipeline } = await pipelineTo((_, response) => response.write('{"a":'), {
      attemptTimeoutMs: 20,
      maxRetries: 0,
    })
    await expect(get(pipeline, '/things/1')).rejects.toMatchObject({ kind: 'timeout' })
  })

  it('ends with the deadline of the request, however long attempts may take', async () => {
    const { pipeline } = await pipelineTo(() => {}, { attemptTimeoutMs: 60_000 })
    await expect(get(pipeline, '/things/1', testCall(30))).rejects.toMatchObject({ kind: 'timeout' })
  })

  it('is recorded with route, number, status and failure, and never with an id', async () => {
    const seen: Attempt[] = []
    const { pipeline } = await pipelineTo(then(503, 200), { record: (attempt) => seen.push(attempt) })
    const call = testCall()
    await get(pipeline, '/things/secret-id', call)
    expect(call.attempts).toEqual(seen)
    expect(seen).toMatchObject([
      { provider: 'acme', route: 'GET /things/{id}', attempt: 1, status: 503, failure: null },
      { provider: 'acme', route: 'GET /things/{id}', attempt: 2, status: 200, failure: null },
    ])
    expect(JSON.stringify(seen)).not.toContain('secret-id')
  })
})

describe('a retry', () => {
  it.each([429, 502, 503, 504])('is made of a safe call after %i', async (status) => {
    const { pipeline, upstream } = await pipelineTo(then(status, status, 200))
    expect((await get(pipeline, '/things/1')).status).toBe(200)
    expect(upstream.requests).toHaveLength(3)
  })

  it.each([400, 401, 403, 404, 409, 422, 500])('is not made after %i', async (status) => {
    const { pipeline, upstream } = await pipelineTo(then(status))
    expect((await get(pipeline, '/things/1')).status).toBe(status)
    expect(upstream.requests).toHaveLength(1)
  })

  it('is never made of an unsafe call', async () => {
    const { pipeline, upstream } = await pipelineTo(then(503, 200))
    expect((await post(pipeline)).status).toBe(503)
    expect(upstream.requests).toHaveLength(1)
  })

  it('is made of a write that the vendor calls safe', async () => {
    const { pipeline, upstream } = await pipelineTo(then(503, 200))
    expect((await post(pipeline, testCall(), { ...create, safe: true })).status).toBe(200)
    expect(upstream.requests).toHaveLength(2)
  })

  it('waits as long as the upstream says', async () => {
    const { pipeline, clock } = await pipelineTo((_, response, number) => {
      response.writeHead(number === 1 ? 429 : 200, number === 1 ? { 'retry-after': '3' } : {}).end('{}')
    })
    await get(pipeline, '/things/1')
    expect(clock.sleeps).toEqual([3_000])
  })

  it('waits until the window begins anew', async () => {
    const reset = Math.ceil(Date.now() / 1000) + 2
    const { pipeline, clock } = await pipelineTo((_, response, number) => {
      response.writeHead(number === 1 ? 429 : 200, number === 1 ? { 'x-ratelimit-reset': String(reset) } : {}).end('{}')
    })
    await get(pipeline, '/things/1')
    expect(clock.sleeps[0]).toBeGreaterThan(900)
    expect(clock.sleeps[0]).toBeLessThanOrEqual(3_000)
  })

  it('is not waited for beyond the deadline: the answer is given at once', async () => {
    const { pipeline, upstream, clock } = await pipelineTo((_, response) => {
      response.writeHead(429, { 'retry-after': '60' }).end('{}')
    })
    expect((await get(pipeline, '/things/1')).status).toBe(429)
    expect(upstream.requests).toHaveLength(1)
    expect(clock.sleeps).toEqual([])
  })

  it('backs off further with each attempt, with jitter', async () => {
    const { pipeline, clock } = await pipelineTo(then(503, 503, 503))
    await get(pipeline, '/things/1')
    expect(clock.sleeps).toEqual([50, 100])
  })
})

describe('the retry budget', () => {
  it('lets retries add no more than a tenth of the calls, and a few where there are hardly any', async () => {
    const { pipeline, upstream } = await pipelineTo(
      (_, response) => {
        response.statusCode = 503
        response.end('{}')
      },
      { resilience: { breaker: { minimumAttempts: 1_000 }, retryBudget: { floor: 3 } } },
    )
    for (let index = 0; index < 3; index += 1) await get(pipeline, `/things/${index}`)
    expect(upstream.requests).toHaveLength(3 + 3)
    await Promise.all(Array.from({ length: 97 }, (_, index) => get(pipeline, `/others/${index}`)))
    expect(upstream.requests).toHaveLength(100 + 10)
  })
})

describe('a provider that fails', () => {
  const breaker = { windowMs: 1_000, minimumAttempts: 4, openMs: 500 }
  const failing =
    (isFailing: () => boolean): Respond =>
    (request, response) => {
      if (!isFailing()) response.end('{}')
      else if (request.url?.endsWith('/reset')) request.socket.destroy()
      else if (!request.url?.endsWith('/hang')) response.writeHead(500).end('{}')
    }

  it.each([['500'], ['reset'], ['hang']])('with %s is left alone, and calls fail at once with a time', async (how) => {
    const clock = manualClock(Date.now())
    const { pipeline, upstream } = await pipelineTo(
      failing(() => true),
      {
        clock,
        maxRetries: 0,
        attemptTimeoutMs: 150,
        resilience: { breaker },
      },
    )
    const outcomes = Array.from({ length: 4 }, (_, index) => get(pipeline, `/things/${index}/${how}`))
    await Promise.allSettled(outcomes)
    await clock.advance(100)
    await expect(get(pipeline, '/things/5')).rejects.toMatchObject({
      kind: 'unavailable',
      retryAfterSeconds: 0.4,
      outcome: 'notApplied',
    })
    await expect(post(pipeline)).rejects.toMatchObject({ kind: 'unavailable', outcome: 'notApplied' })
    expect(upstream.requests).toHaveLength(4)
    expect(pipeline.health()).toMatchObject({ status: 'down', retryAt: new Date(clock.now() + 400) })
  })

  it('is tried by one call when its time is over, and served again after a good answer', async () => {
    const clock = manualClock(Date.now())
    let isFailing = true
    const { pipeline, upstream } = await pipelineTo(
      failing(() => isFailing),
      {
        clock,
        maxRetries: 0,
        resilience: { breaker },
      },
    )
    for (let index = 0; index < 4; index += 1) await get(pipeline, `/things/${index}`)
    isFailing = false
    await clock.advance(500)
    const calls = await Promise.allSettled(Array.from({ length: 5 }, (_, index) => get(pipeline, `/others/${index}`)))
    expect(calls.map(({ status }) => status)).toEqual(['fulfilled', ...Array.from({ length: 4 }, () => 'rejected')])
    expect(upstream.requests).toHaveLength(5)
    expect((await get(pipeline, '/things/9')).status).toBe(200)
    expect(pipeline.health()).toMatchObject({ status: 'up', retryAt: null })
  })

  it('is told to whoever still waits for a place', async () => {
    const { pipeline, upstream } = await pipelineTo(
      failing(() => true),
      {
        maxParallelCalls: 4,
        maxRetries: 0,
        resilience: { breaker },
      },
    )
    const calls = await Promise.allSettled(Array.from({ length: 40 }, (_, index) => get(pipeline, `/things/${index}`)))
    expect(calls.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(32)
    expect(upstream.requests.length).toBeLessThanOrEqual(8)
  })

  it.each([400, 401, 403, 404, 409, 422, 429])('is not one that answers %i', async (status) => {
    const { pipeline, upstream } = await pipelineTo(
      (_, response) => {
        response.statusCode = status
        response.end('{}')
      },
      { maxRetries: 0, resilience: { breaker } },
    )
    for (let index = 0; index < 6; index += 1) await get(pipeline, `/things/${index}`, testCall(3_600_000))
    expect(upstream.requests).toHaveLength(6)
    expect(pipeline.health().status).not.toBe('down')
  })

  it.each([
    ['one that leaves calls without an answer until their deadlines', 1_100, 'down'],
    ['not one whose calls began a moment before their deadlines', 0, 'up'],
  ] as const)('is %s', async (_, elapsedMs, status) => {
    const clock = manualClock(Date.now())
    const { pipeline, upstream } = await pipelineTo(
      failing(() => true),
      {
        clock,
        attemptTimeoutMs: 60_000,
        maxRetries: 0,
        resilience: { breaker },
      },
    )
    const calls = Array.from({ length: 4 }, (_call, index) => get(pipeline, `/things/${index}/hang`, testCall(300)))
    while (upstream.requests.length < 4) await new Promise((resolve) => setImmediate(resolve))
    await clock.advance(elapsedMs)
    await Promise.allSettled(calls)
    expect(pipeline.health().retryAt === null ? 'up' : 'down').toBe(status)
  })

  it('is not one whose callers go away', async () => {
    const { pipeline, upstream } = await pipelineTo(
      failing(() => true),
      { resilience: { breaker } },
    )
    for (let index = 1; index <= 6; index += 1) {
      const call = testCall()
      const answer = get(pipeline, `/things/${index}/hang`, call)
      while (upstream.requests.length < index) await new Promise((resolve) => setImmediate(resolve))
      call.abort()
      await expect(answer).rejects.toMatchObject({ kind: 'aborted' })
    }
    expect(pipeline.health()).toMatchObject({ status: 'up', retryAt: null })
  })
})

describe('a provider that is called too fast', () => {
  const tooFastOnce: Respond = (_, response, number) => {
    response.writeHead(number === 1 ? 429 : 200, number === 1 ? { 'retry-after': '3' } : {}).end('{}')
  }

  it('is left alone by everybody, and says until when', async () => {
    const clock = manualClock(Date.now())
    const { pipeline, upstream } = await pipelineTo(tooFastOnce, { clock, maxRetries: 0 })
    await get(pipeline, '/things/1')
    expect(pipeline.health()).toMatchObject({ status: 'degraded', retryAt: new Date(clock.now() + 3_000) })
    const other = get(pipeline, '/things/2')
    await expect(get(pipeline, '/things/3', testCall(1_000))).rejects.toMatchObject({
      kind: 'rateLimited',
      retryAfterSeconds: 3,
    })
    expect(upstream.requests).toHaveLength(1)
    await clock.advance(3_000)
    expect((await other).status).toBe(200)
    expect(pipeline.health()).toMatchObject({ status: 'up', retryAt: null })
  })

  it('sees an unsafe call wait for its turn, but only once', async () => {
    const { pipeline, upstream, clock } = await pipelineTo(tooFastOnce)
    expect((await post(pipeline)).status).toBe(429)
    expect((await post(pipeline)).status).toBe(200)
    expect(clock.sleeps).toEqual([3_000])
    expect(upstream.requests).toHaveLength(2)
  })

  it('is never called faster than it is configured', async () => {
    const { pipeline, clock } = await pipelineTo(ok, { maxCallsPerSecond: 2 })
    for (let index = 0; index < 5; index += 1) await get(pipeline, `/things/${index}`)
    expect(clock.sleeps).toEqual([500, 500, 500])
  })

  it('sees nothing of a call whose deadline passed while it waited', async () => {
    const clock = manualClock(Date.now())
    const { pipeline, upstream } = await pipelineTo(() => {}, { clock, maxParallelCalls: 1, attemptTimeoutMs: 200 })
    const held = post(pipeline).catch(() => null)
    const late = post(pipeline, testCall(20))
    await clock.advance(30)
    await expect(late).rejects.toMatchObject({ kind: 'timeout', outcome: 'notApplied' })
    await held
    expect(upstream.requests).toHaveLength(1)
  })
})

describe('a lost answer', () => {
  const hangUp: Respond = (request) => request.socket.destroy()

  it('of an unsafe call leaves its outcome unknown, and it is not made again', async () => {
    const { pipeline, upstream } = await pipelineTo(hangUp)
    await expect(post(pipeline)).rejects.toMatchObject({ kind: 'unavailable', outcome: 'unknown' })
    expect(upstream.requests).toHaveLength(1)
  })

  it('of a safe write leaves its outcome unknown also when nothing could be asked again', async () => {
    const { pipeline, upstream } = await pipelineTo((request, response, number) =>
      number === 1 ? request.socket.destroy() : response.writeHead(429, { 'retry-after': '3600' }).end('{}'),
    )
    await expect(post(pipeline, testCall(), { ...create, safe: true })).rejects.toMatchObject({
      kind: 'unavailable',
      outcome: 'unknown',
    })
    expect(upstream.requests).toHaveLength(2)
  })

  it('of a read is asked for again', async () => {
    const { pipeline } = await pipelineTo((request, response, number) =>
      number === 1 ? request.socket.destroy() : response.end('{}'),
    )
    expect((await get(pipeline, '/things/1')).status).toBe(200)
  })

  it('cannot be lost where nobody listens: then nothing was applied', async () => {
    const upstream = await startUpstreamServer(ok)
    await upstream.close()
    const pipeline = createPipeline({
      provider: 'acme',
      origin: upstream.origin,
      authorization: { headers: () => ({}) },
      maxParallelCalls: 1,
      attemptTimeoutMs: 1_000,
      maxRetries: 0,
    })
    cleanups.push(() => pipeline.close())
    await expect(post(pipeline)).rejects.toMatchObject({ kind: 'unavailable', outcome: 'notApplied' })
  })
})

describe('credentials that cannot be had', () => {
  it('are a failure of the call that they were for, which was never sent', async () => {
    const failure = new ProviderError({
      provider: 'acme',
      kind: 'unavailable',
      operation: 'token',
      message: 'acme failed to answer token',
      status: 503,
      retryAfterSeconds: 7,
      outcome: 'unknown',
    })
    const { pipeline, upstream } = await pipelineTo(ok, {
      authorization: { headers: () => Promise.reject(failure) },
    })
    await expect(post(pipeline)).rejects.toMatchObject({
      kind: 'unavailable',
      operation: 'things.create',
      outcome: 'notApplied',
      status: 503,
      retryAfterSeconds: 7,
    })
    await expect(get(pipeline, '/things/1')).rejects.toMatchObject({ operation: 'things.get' })
    expect(upstream.requests).toEqual([])
  })
})

describe('a login', () => {
  const login: Operation = { name: 'login', route: 'POST /login', safe: true }
  const signIn = ({ send }: Pipeline) =>
    send(
      { method: 'POST', path: '/login', headers: {}, body: '{}' },
      { operation: login, call: testCall(), authorized: false },
    )

  it('is not repeated when there were too many already', async () => {
    const { pipeline, upstream } = await pipelineTo(then(429, 200))
    expect((await signIn(pipeline)).status).toBe(429)
    expect(upstream.requests).toHaveLength(1)
  })

  it('is repeated when the upstream was busy', async () => {
    const { pipeline } = await pipelineTo(then(503, 200))
    expect((await signIn(pipeline)).status).toBe(200)
  })
})

describe('a token that is refused', () => {
  it('is renewed once, also for an unsafe call, and the call goes again', async () => {
    let renewals = 0
    const { pipeline, upstream } = await pipelineTo(then(401, 200), {
      authorization: { headers: () => ({}), renew: () => (renewals += 1) },
    })
    expect((await post(pipeline)).status).toBe(200)
    expect(upstream.requests).toHaveLength(2)
    expect(renewals).toBe(1)
  })

  it('is not renewed again when the new one is refused too', async () => {
    const { pipeline, upstream } = await pipelineTo(then(401, 401, 401), {
      authorization: { headers: () => ({}), renew: () => {} },
    })
    expect((await get(pipeline, '/things/1')).status).toBe(401)
    expect(upstream.requests).toHaveLength(2)
  })

  it('fails its call at once when it cannot be told whether it was refused, and takes no place with it', async () => {
    const authorization = {
      headers: () => ({}),
      renew: () => {},
      isRefusal: () => {
        throw new TypeError('a bug')
      },
    }
    const { pipeline } = await pipelineTo(then(401, 401, 401), { authorization, maxParallelCalls: 1 })
    for (const send of [() => get(pipeline, '/things/1'), () => get(pipeline, '/things/1'), () => post(pipeline)]) {
      await expect(send()).rejects.toThrow('a bug')
    }
  })
})

describe('health', () => {
  it('is up after a good answer, degraded after a failure, and down after several', async () => {
    const { pipeline } = await pipelineTo(
      (request, response, number) => (number === 1 || number > 4 ? response.end('{}') : request.socket.destroy()),
      { maxRetries: 0 },
    )
    const attempt = () =>
      get(pipeline, '/things/1').then(
        () => pipeline.health().status,
        () => pipeline.health().status,
      )
    expect(await attempt()).toBe('up')
    expect(await attempt()).toBe('degraded')
    await attempt()
    expect(await attempt()).toBe('down')
    expect(pipeline.health().lastError).toBe('acme could not be reached for things.get')
    expect(await attempt()).toBe('up')
    expect(pipeline.health().lastError).toBeNull()
  })

  it('names an operation that the upstream no longer offers, which is refused without a call while others go on', async () => {
    const { pipeline, upstream } = await pipelineTo((request, response) => {
      response.statusCode = request.url === '/things' ? 410 : 200
      response.end('{}')
    })
    for (let index = 0; index < 3; index += 1) await post(pipeline, testCall(3_600_000))
    await expect(post(pipeline, testCall(3_600_000))).rejects.toMatchObject({
      kind: 'unsupported',
      outcome: 'notApplied',
      retryAfterSeconds: 60,
    })
    expect(upstream.requests).toHaveLength(3)
    expect((await get(pipeline, '/things/1', testCall(3_600_000))).status).toBe(200)
    expect(pipeline.health()).toMatchObject({ status: 'degraded', lastError: 'No longer offered: things.create' })
  })

  it('tells how many calls the upstream will still take', async () => {
    const { pipeline } = await pipelineTo((_, response) =>
      response.writeHead(200, { 'x-ratelimit-remaining': '17' }).end('{}'),
    )
    expect(pipeline.health().rateLimitRemaining).toBeNull()
    await get(pipeline, '/things/1')
    expect(pipeline.health().rateLimitRemaining).toBe(17)
  })
})
