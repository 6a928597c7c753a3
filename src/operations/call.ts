import type { AttemptRecorder, Call } from '../identity/call.ts'
import type { Exchange } from './exchange.ts'

/** The call that an operation makes at providers. `record` sees its attempts, too. */
export function callOf({ waiting, deadline, watch }: Exchange, record: AttemptRecorder): Call {
  const { signal } = waiting
  if (!watch) return { signal, deadline, record }
  return {
    signal,
    deadline,
    id: watch.requestId,
    record(attempt) {
      watch.record(attempt)
      record(attempt)
    },
    ...(watch.trace && { trace: watch.trace }),
  }
}
