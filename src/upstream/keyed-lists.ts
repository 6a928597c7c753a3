/**
 * Lists in which to look for things by their key: in place of a `Map` of things that come and go all the time, for the reason that
 * `crowd.ts` gives. Answers the one list that the key belongs in, where others' things may be, too. With more in them than there are lists
 * they only become longer.
 */
export type KeyedLists<Item> = (key: string) => Item[]

const listCount = 256

export function createKeyedLists<Item>(): KeyedLists<Item> {
  const lists: Item[][] = Array.from({ length: listCount }, () => [])
  return (key) => lists[hashOf(key) % listCount] ?? []
}

function hashOf(key: string): number {
  let hash = 0
  for (let index = 0; index < key.length; index += 1) hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0
  return hash >>> 0
}
