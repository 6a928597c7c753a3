import type { Call } from '../identity/call.ts'
import type { Operation } from './operation.ts'

/** What a request is sent for. */
export interface SendOptions {
  readonly operation: Operation
  readonly call: Call
  /** False only for requests that fetch the credentials themselves. */
  readonly authorized?: boolean
}
