/** Something that may wait a moment. */
export interface Postponed {
  /** Must not throw. */
  proceed(): void
}

let postponed: Postponed[] = []

/**
 * Proceeds when what has been sent in this turn of the event loop has been written: on a connection that was used before, undici writes at
 * the end of the turn (`setImmediate`). So the upstream is at work on what it was sent while we are on what it answered.
 */
export function afterSending(work: Postponed): void {
  postponed.push(work)
  if (postponed.length === 1) setImmediate(() => setImmediate(proceedAll))
}

function proceedAll(): void {
  const all = postponed
  postponed = []
  for (const work of all) work.proceed()
}
