import { once } from 'node:events'
import { destination, pino } from 'pino'
import type { Attempt } from '../identity/call.ts'
import { createBatch } from './batch.ts'
import { framesOf } from './frames.ts'
import type { CallerRefusal } from './refusal-log.ts'
import type { RequestSummary } from './request-summary.ts'

export const logLevels = ['off', 'error', 'warn', 'info', 'debug'] as const

/** The least serious lines that are written. `off`: none. */
export type LogLevel = (typeof logLevels)[number]

/**
 * Writes what happened, one JSON line each. Every function takes what it names out of its argument, member by member: an object is never
 * handed on, so that nothing gets into a line that was not meant for it.
 */
export interface Log {
  /** One line per request. */
  request(summary: RequestSummary): void
  /** An attempt that failed, or any other when everything is wanted. */
  attempt(attempt: Attempt): void
  breakerChanged(provider: string, state: 'open' | 'closed'): void
  credentialsRefused(provider: string): void
  /** Nobody was recognised, `count` times for the same reason. */
  callerRefused(refusal: CallerRefusal, count: number): void
  /** The store that processes share went away. `reason`: a sentence without address or password. */
  sharedStoreDown(reason: string | null): void
  /** It is back. */
  sharedStoreUp(): void
  /** A record in it cannot be opened, and is read afresh: it was changed there, or is of another version. */
  sharedRecordUnreadable(): void
  /** Our own bug: its name and where it was. Its message may quote data, and stays out. `requestId` `null`: it was in no request. */
  internalError(error: Error, requestId: string | null): void
  /** Spans that could not be handed over. */
  traceExportFailed(): void
  /** Lines that were dropped because nobody read what was written, since the start. */
  dropped(): number
  /** Ends when all is written. Later lines are not. A process that ends without it writes what is left as it exits. */
  close(): Promise<void>
}

/** A pipe takes so many bytes in one piece, so that lines of several writers do not mix. */
const bytesPerWrite = 4_096

/** Fewer bytes wait for more: to write each line by itself costs ten times as much as to make it. */
const bytesWorthWriting = 3_072

/** Milliseconds that a line waits at most, once it is made. */
const longestWaitMs = 200

/** Milliseconds that a request waits at most for its line to be made. */
const longestRequestWaitMs = 50

/** Bytes kept for a reader that does not read. */
const maxWaitingBytes = 16_000_000

/** `descriptor`: where to write; left out: standard output. */
export function openLog(level: LogLevel, descriptor: number | string = 1): Log {
  const stream = destination({
    dest: descriptor,
    sync: false,
    minLength: bytesWorthWriting,
    maxWrite: bytesPerWrite,
    maxLength: maxWaitingBytes,
    periodicFlush: longestWaitMs,
  })
  /** Epoch milliseconds of what is being written; `null`: it happens now. */
  let happenedAt: number | null = null
  let dropped = 0
  stream.on('drop', () => (dropped += 1))
  let isBroken = false
  // Whoever read the log has gone, or the disk is full; what is left to do does not depend on it.
  stream.on('error', () => (isBroken = true))
  const writer = pino(
    {
      level: level === 'off' ? 'silent' : level,
      base: null,
      timestamp: () => `,"time":"${new Date(happenedAt ?? Date.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  )

  const requests = createBatch<RequestSummary>(longestRequestWaitMs, (summary) => {
    happenedAt = summary.endedAt
    writeRequest(summary)
    happenedAt = null
  })
  // The stream writes by itself at the exit what it has been given by then.
  const writeLast = (): void => {
    requests.tellAll()
    if (!isBroken) stream.flushSync()
  }
  process.on('exit', writeLast)

  function writeRequest(summary: RequestSummary): void {
    const { requestId, traceId, subject, issuer, operationName, operationType, outcome, codes, status } = summary
    writer.info({
      event: 'request',
      requestId,
      ...(traceId === null ? {} : { traceId }),
      subject,
      issuer,
      operationName,
      operationType,
      outcome,
      codes,
      status,
      durationMs: rounded(summary.durationMs),
      upstream: usageOf(summary),
    })
  }

  return {
    request(summary) {
      if (writer.isLevelEnabled('info')) requests.add(summary)
    },
    attempt(attempt) {
      const seriousness = levelOf(attempt)
      if (!writer.isLevelEnabled(seriousness)) return
      const { provider, route, status, failure, attempt: number, requestId, callId } = attempt
      writer[seriousness]({
        event: 'upstreamAttempt',
        provider,
        route,
        status,
        failure,
        attempt: number,
        durationMs: rounded(attempt.durationMs),
        providerRequestId: requestId,
        requestId: callId,
      })
    },
    breakerChanged(provider, state) {
      if (state === 'open') writer.error({ event: 'breakerOpened', provider })
      else writer.warn({ event: 'breakerClosed', provider })
    },
    credentialsRefused(provider) {
      writer.error({ event: 'credentialsRefused', provider })
    },
    callerRefused({ reason, issuer }, count) {
      writer.warn({ event: 'callerRefused', reason, issuer, count })
    },
    sharedStoreDown(reason) {
      writer.error({ event: 'sharedStoreDown', reason })
    },
    sharedStoreUp() {
      writer.warn({ event: 'sharedStoreUp' })
    },
    sharedRecordUnreadable() {
      writer.warn({ event: 'sharedRecordUnreadable' })
    },
    internalError(error, requestId) {
      writer.error({ event: 'internalError', requestId, name: error.constructor.name, frames: framesOf(error) })
    },
    traceExportFailed() {
      writer.warn({ event: 'traceExportFailed' })
    },
    dropped: () => dropped,
    async close() {
      requests.tellAll()
      process.off('exit', writeLast)
      writer.level = 'silent'
      if (isBroken) return
      // Rejects when the stream breaks now.
      const closed = once(stream, 'close').catch(() => {})
      stream.end()
      await closed
    },
  }
}

/** A server that fails is an error, a refusal a warning, and that something is not there no news. */
function levelOf({ status, failure, route }: Attempt): 'error' | 'warn' | 'debug' {
  if (status === null) return failure === 'aborted' ? 'debug' : 'error'
  if (status >= 500) return 'error'
  if (status < 400 || (status === 404 && route.startsWith('GET '))) return 'debug'
  return 'warn'
}

function usageOf({ upstream }: RequestSummary): Record<string, object> {
  const usage: Record<string, object> = {}
  for (const [provider, { calls, retries, milliseconds }] of upstream) {
    usage[provider] = { calls, retries, milliseconds: rounded(milliseconds) }
  }
  return usage
}

/** Tenths of a millisecond. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10
}
