import { type DocumentStore, hashOf } from '../limits/persisted.ts'
import type { SharedStore } from './store.ts'

/** Each time it is asked for, a document is kept for another day. */
const getDocument = `
local document = redis.call('GET', KEYS[1])
if document then redis.call('EXPIRE', KEYS[1], 86400) end
return document`

const setDocument = `
redis.call('SET', KEYS[1], ARGV[1], 'EX', 86400)
return 1`

/**
 * Documents that clients registered at any process. What this one knows it does not ask for. A text that has another hash is somebody
 * else's, whoever put it there: it would run with the rights of the caller who asks for it.
 */
export function createSharedDocumentStore(store: SharedStore, own: DocumentStore): DocumentStore {
  return {
    async get(hash) {
      const known = await own.get(hash)
      if (known !== undefined) return known
      const answer = await store.run(getDocument, `document:${hash}`, [])
      if (typeof answer?.value !== 'string' || hashOf(answer.value) !== hash) return undefined
      await own.set(hash, answer.value)
      return answer.value
    },
    async set(hash, document) {
      await own.set(hash, document)
      await store.run(setDocument, `document:${hash}`, [document])
    },
  }
}
