import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Attempt } from '../../src/identity/call.ts'
import { framesOf } from '../../src/telemetry/frames.ts'
import { type Log, type LogLevel, openLog } from '../../src/telemetry/log.ts'
import type { RequestSummary } from '../../src/telemetry/request-summary.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-'))
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0

/** The lines that were written, as objects. */
async function written(level: LogLevel, write: (log: Log) => void): Promise<readonly Record<string, unknown>[]> {
  const file = join(folder, `${(files += 1)}.log`)
  const log = openLog(level, file)
  write(log)
  await log.close()
  const text = await readFile(file, 'utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

const attempt: Attempt = {
  provider: 'clerk',
  route: 'GET /users/{user_id}',
  attempt: 1,
  status: 200,
  durationMs: 12.34,
  requestId: 'ray-1',
  callId: 'request-1',
  failure: null,
}

const summary: RequestSummary = {
  requestId: 'request-1',
  traceId: null,
  subject: 'web',
  issuer: 'https://issuer.example',
  operationName: 'People',
  operationType: 'query',
  outcome: 'partial',
  codes: ['PROVIDER_TIMEOUT'],
  status: 200,
  endedAt: Date.UTC(2026, 0, 31, 12),
  durationMs: 20.04,
  upstream: new Map([['clerk', { calls: 2, retries: 1, milliseconds: 30.55 }]]),
}

describe('the log', () => {
  it('has one line for a request, with who asked for what and what became of it', async () => {
    const [line, ...others] = await written('info', (log) => log.request(summary))
    expect(others).toEqual([])
    expect(line).toEqual({
      level: 'info',
      time: '2026-01-31T12:00:00.000Z',
      event: 'request',
      requestId: 'request-1',
      subject: 'web',
      issuer: 'https://issuer.example',
      operationName: 'People',
      operationType: 'query',
      outcome: 'partial',
      codes: ['PROVIDER_TIMEOUT'],
      status: 200,
      durationMs: 20,
      upstream: { clerk: { calls: 2, retries: 1, milliseconds: 30.6 } },
    })
  })

  it('names the trace of a request that is traced', async () => {
    const [line] = await written('info', (log) => log.request({ ...summary, traceId: 'a'.repeat(32) }))
    expect(line).toMatchObject({ traceId: 'a'.repeat(32) })
  })

  it.each([
    ['a server error as an error', { status: 503 }, 'error'],
    ['no answer in time as an error', { status: null, failure: 'timeout' }, 'error'],
    ['a connection that broke as an error', { status: null, failure: 'network' }, 'error'],
    ['a refusal as a warning', { status: 403 }, 'warn'],
    ['being too fast as a warning', { status: 429 }, 'warn'],
    ['a change of what is not there as a warning', { status: 404, route: 'DELETE /users/{user_id}' }, 'warn'],
  ] as const)('has %s', async (_, changes, level) => {
    const lines = await written('info', (log) => log.attempt({ ...attempt, ...changes }))
    expect(lines).toMatchObject([{ level, event: 'upstreamAttempt', provider: 'clerk', requestId: 'request-1' }])
  })

  it.each([
    ['an answer', {}],
    ['a look-up that finds nothing', { status: 404 }],
    ['a caller who left', { status: null, failure: 'aborted' }],
  ] as const)('has no line for %s, unless everything is wanted', async (_, changes) => {
    const write = (log: Log): void => log.attempt({ ...attempt, ...changes })
    expect(await written('info', write)).toEqual([])
    expect(await written('debug', write)).toMatchObject([{ level: 'debug', event: 'upstreamAttempt' }])
  })

  it('says why nobody was recognised, how often, and that the shared store came and went, or was changed', async () => {
    const lines = await written('warn', (log) => {
      log.callerRefused({ reason: 'expired', issuer: 'https://issuer.example' }, 3)
      log.sharedStoreDown('the connection was lost')
      log.sharedStoreUp()
      log.sharedRecordUnreadable()
    })
    expect(lines.map(({ time: _, ...line }) => line)).toEqual([
      { level: 'warn', event: 'callerRefused', reason: 'expired', issuer: 'https://issuer.example', count: 3 },
      { level: 'error', event: 'sharedStoreDown', reason: 'the connection was lost' },
      { level: 'warn', event: 'sharedStoreUp' },
      { level: 'warn', event: 'sharedRecordUnreadable' },
    ])
  })

  it('leaves out what is less serious than its level', async () => {
    const write = (log: Log): void => {
      log.request(summary)
      log.attempt({ ...attempt, status: 403 })
      log.breakerChanged('clerk', 'open')
    }
    expect((await written('warn', write)).map(({ event }) => event)).toEqual(['upstreamAttempt', 'breakerOpened'])
    expect((await written('error', write)).map(({ event }) => event)).toEqual(['breakerOpened'])
    expect(await written('off', write)).toEqual([])
  })

  it('takes nothing out of what it is given but the members that it names', async () => {
    const planted = { secret: 'planted-secret', headers: { authorization: 'planted-secret' } }
    const lines = await written('debug', (log) => {
      log.request({ ...summary, ...planted })
      log.attempt({ ...attempt, ...planted })
      log.callerRefused({ reason: 'expired', issuer: null, ...planted }, 1)
      log.internalError(
        Object.assign(new TypeError('planted-secret'), planted, { name: 'planted-secret' }),
        'request-1',
      )
    })
    expect(lines).toHaveLength(4)
    expect(JSON.stringify(lines)).not.toContain('planted-secret')
  })

  it('is written to the last line when the process ends at once', async () => {
    const program = `
      const { openLog } = await import('./src/telemetry/log.ts')
      const log = openLog('info')
      for (let number = 1; number <= 40; number += 1) log.credentialsRefused('provider-' + number)
      log.request({ codes: [], upstream: new Map(), endedAt: Date.now(), durationMs: 1 })
      process.exit()
    `
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: join(import.meta.dirname, '../..'),
    })
    const lines = stdout.trim().split('\n')
    expect(lines).toHaveLength(41)
    // What is being written at that moment may come after what is left.
    const found = lines.map((line) => JSON.parse(line) as { readonly event: string; readonly provider?: string })
    expect(new Set(found.map(({ event, provider }) => provider ?? event))).toEqual(
      new Set([...Array.from({ length: 40 }, (_, index) => `provider-${index + 1}`), 'request']),
    )
  })

  it('says of a bug of ours what it is and where, and in which request', async () => {
    const [line] = await written('error', (log) => log.internalError(new TypeError('of somebody'), 'request-7'))
    expect(line).toMatchObject({ level: 'error', event: 'internalError', name: 'TypeError', requestId: 'request-7' })
    const frames = line?.['frames'] as readonly string[]
    expect(frames[0]).toMatch(/log\.test\.ts:\d+:\d+/)
  })
})

describe('the frames of an error', () => {
  it('hold nothing of its message, though that looks like frames', () => {
    const message = 'of ada\n    at planted (/secret/of/ada.ts:1:1)\n    at ada@example.test'
    const frames = framesOf(new Error(message))
    expect(frames.length).toBeGreaterThan(0)
    expect(frames.join('\n')).not.toMatch(/ada|planted/)
  })

  it('are none where its message was changed, because nobody knows where it ends', () => {
    const error = new Error('planted\n    at planted (/secret.ts:1:1)')
    expect(error.stack).toContain('planted')
    error.message = 'something else'
    expect(framesOf(error)).toEqual([])
  })

  it('are none where there is no stack', () => {
    const error = new Error('no stack')
    delete error.stack
    expect(framesOf(error)).toEqual([])
  })
})
