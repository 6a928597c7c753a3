import { createHash } from 'node:crypto'

/** What stands for callers, addresses and targets in keys, which operators see in lists and logs of the store. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
