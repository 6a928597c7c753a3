let postponed: (() => void)[] = []

/**
 * Calls `proceed` when what is sent in this turn of the event loop has been written: on a connection that was used before, undici writes at
 * the end of the turn (`setImmediate`). So the upstream is at work on what it was sent while we are on what it answered. A turn later,
 * because other answers of this one may have let others go after us. `proceed` must not throw.
 */
export function afterSending(proceed: () => void): void {
  postponed.push(proceed)
  if (postponed.length === 1) setImmediate(() => setImmediate(proceedAll))
}

function proceedAll(): void {
  const all = postponed
  postponed = []
  for (const proceed of all) proceed()
}
