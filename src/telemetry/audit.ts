import { createWriteStream, openSync } from 'node:fs'
import { once } from 'node:events'
import type { Outcome } from '../identity/errors.ts'

/** Who asked for which change of what, and what became of it. Never what the change was: no input is in it. */
export interface AuditRecord {
  /** When it was asked for: ISO 8601, UTC. */
  readonly time: string
  /** The id of the request, as in the log and in `x-request-id`; `null` where it has none. */
  readonly requestId: string | null
  /** Who asked: the name of an API key, or the `sub` of a token. */
  readonly subject: string
  /** Who vouches for `subject`; `null` for an API key. */
  readonly issuer: string | null
  /** The mutation: `disableUser`. `mutation`: an operation of too many, refused as a whole. */
  readonly operation: string
  /** The name of the provider that was asked; `null` where the input named none that there is, or the caller may not do this at all. */
  readonly provider: string | null
  /** Global ids of the records that the input named, and of what was made. Empty where there is no id, such as of a registration. */
  readonly targets: readonly string[]
  readonly outcome: Outcome
  /** The provider's own ids of the requests that were to change something, in order; empty where it gives none, or where none was sent. */
  readonly providerRequestIds: readonly string[]
  /** The code of the first error; `null` when there was none. */
  readonly code: string | null
  readonly durationMs: number
}

/** Takes the record of one mutation. Must not throw. */
export type AuditSink = (record: AuditRecord) => void

export interface AuditLog {
  readonly write: AuditSink
  /** Ends when all is written. */
  close(): Promise<void>
}

/**
 * One JSON line per record. `off`, `stdout`, or the path of a file, to which is only ever appended; a file that cannot be opened throws.
 * A record that cannot be written is not lost in silence: `onError` is told.
 */
export function openAuditLog(destination: string, onError: (error: Error) => void): AuditLog {
  if (destination === 'off') return { write: () => {}, close: async () => {} }
  if (destination === 'stdout') {
    return { write: (record) => void process.stdout.write(lineOf(record)), close: async () => {} }
  }
  // Nobody but us has any business in it.
  const stream = createWriteStream(destination, { fd: openSync(destination, 'a', 0o600) })
  stream.on('error', onError)
  return {
    write: (record) => void stream.write(lineOf(record)),
    async close() {
      if (stream.destroyed) return
      stream.end()
      await once(stream, 'close')
    },
  }
}

function lineOf(record: AuditRecord): string {
  return `${JSON.stringify(record)}\n`
}
