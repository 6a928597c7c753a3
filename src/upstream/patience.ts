/** What somebody waits for. */
export interface Abandonable {
  /** Nobody waits for it any more. Must not throw. */
  onAbandoned(): void
}

/**
 * Until when somebody waits for an answer. Of a read that several share: until the last of them leaves.
 *
 * It does within each call what an AbortSignal would do at many times its cost: plain members, and one thing at a time to be told.
 */
export interface Patience {
  /** Epoch milliseconds. May grow while others join. */
  deadline: number
  isOver: boolean
  /** Why it is over. */
  reason: unknown
  /** Told when it is over. Whoever takes the place makes it empty again. */
  waitsFor: Abandonable | null
  /** Made for what understands nothing else. */
  controller: AbortController | null
}

export function createPatience(deadline: number): Patience {
  return { deadline, isOver: false, reason: undefined, waitsFor: null, controller: null }
}

/** Nobody waits any more. Further times do nothing. */
export function endPatience(patience: Patience, reason: unknown): void {
  if (patience.isOver) return
  patience.isOver = true
  patience.reason = reason
  const { waitsFor } = patience
  patience.waitsFor = null
  waitsFor?.onAbandoned()
  patience.controller?.abort(reason)
}

/** The same as a signal. */
export function signalOf(patience: Patience): AbortSignal {
  if (patience.controller === null) {
    patience.controller = new AbortController()
    if (patience.isOver) patience.controller.abort(patience.reason)
  }
  return patience.controller.signal
}
