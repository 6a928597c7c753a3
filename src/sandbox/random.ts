/** Random numbers that are the same in every run: a stream per text (mulberry32 over an FNV-1a hash). */
export interface RandomStream {
  /** From 0 up to 1. */
  next(): number
  /** A whole number from 0 up to `below`. */
  integer(below: number): number
  /** Throws for an empty list. */
  pick<Item>(items: readonly Item[]): Item
  /** True in this share of cases. */
  chance(share: number): boolean
  /** So many characters out of an alphabet. */
  text(length: number, alphabet: string): string
}

export const hexDigits = '0123456789abcdef'
export const alphanumeric = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export function randomStream(seed: string): RandomStream {
  let state = 0x811c9dc5
  for (let index = 0; index < seed.length; index += 1) {
    state = Math.imul(state ^ seed.charCodeAt(index), 0x01000193)
  }
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (below: number): number => Math.floor(next() * below)
  return {
    next,
    integer,
    pick(items) {
      if (items.length === 0) throw new Error('nothing to pick from')
      return items[integer(items.length)] as (typeof items)[number] // the index is below the length
    },
    chance: (share) => next() < share,
    text: (length, alphabet) => {
      let result = ''
      for (let index = 0; index < length; index += 1) result += alphabet[integer(alphabet.length)] ?? ''
      return result
    },
  }
}
