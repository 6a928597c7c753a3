import { LRUCache } from 'lru-cache'

/** Characters of documents that are kept parsed. */
const maxLength = 8_000_000

/** What has been read before need not be read again. Bounded by length, because a document may be as long as a body. */
export function createDocumentCache<Value extends object>() {
  const cache = new LRUCache<string, Value>({
    maxSize: maxLength,
    sizeCalculation: (_, text) => Math.max(text.length, 1),
  })
  return {
    get: (text: string): Value | undefined => cache.get(text),
    set: (text: string, value: Value): void => void cache.set(text, value),
  }
}
