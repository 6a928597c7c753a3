import type { Call } from '../identity/call.ts'
import type { Operation } from './operation.ts'

/** What a request is sent for. */
export interface SendOptions {
  readonly operation: Operation
  readonly call: Call
  /** False only for requests that fetch the credentials themselves. */
  readonly authorized?: boolean
}

/** Until when somebody waits for an answer. Of a read that several share: until the last of them leaves. */
export interface Patience {
  readonly signal: AbortSignal
  /** Epoch milliseconds. May grow while others join. */
  deadline(): number
}
