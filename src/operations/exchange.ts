import type { Caller } from '../access/caller.ts'
import type { ReadHeader } from '../access/credentials.ts'
import type { Waiting } from '../requests/patience.ts'
import type { RequestWatch } from '../telemetry/request-watch.ts'

/** What is known of an HTTP request whose caller is known. */
export interface Asking {
  readonly method: string
  readonly header: ReadHeader
  readonly caller: Caller
  /** Whether it brings one operation, with nothing before or after it. */
  readonly isAlone: boolean
  /** Follows it for log, metrics and traces. `null`: nobody does. */
  readonly watch: RequestWatch | null
}

/** An HTTP request whose operations are answered: one, or those of a batch. */
export interface Exchange extends Asking {
  readonly waiting: Waiting
  /** Epoch milliseconds after which nobody waits for an answer. */
  readonly deadline: number
  /** Milliseconds that an answer over several providers waits for the slow ones. */
  readonly softDeadlineMs: number
  /** What its operations may cost together, as far as they have been looked at. */
  readonly spent: { calls: number }
}
