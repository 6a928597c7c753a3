/**
 * What several processes of the gateway share. Anything in it may be lost at any time, and the store itself may be away: whoever uses it
 * goes on without. While it is known to be away nobody waits for it.
 */
export interface SharedStore {
  /**
   * Runs a Lua script on one key or several, at once for all processes. `null`: the store did not answer in time, refused, or is away. Never
   * rejects. No key holds a secret or anything about a person; a value that does is sealed.
   */
  run(
    script: string,
    keys: string | readonly string[],
    values: readonly (string | number)[],
  ): Promise<StoreAnswer | null>
  isUp(): boolean
  /** Never rejects. */
  close(): Promise<void>
}

export interface StoreAnswer {
  /** What the script returned: `null` for nil, else a number, a text, or a list of these. */
  readonly value: unknown
}

/** Hears of the store going away and coming back. `reason`: one sentence without address or password; `null` when it is back. */
export type StoreListener = (isUp: boolean, reason: string | null) => void
