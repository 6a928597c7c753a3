import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Refusal } from '../requests/refusal.ts'

/** Documents by the hexadecimal SHA-256 of their text. */
export interface DocumentStore {
  /** `undefined`: not known, or not any more. */
  get(hash: string): Promise<string | undefined> | string | undefined
  /** Keeps a document for as long as there is room. */
  set(hash: string, document: string): Promise<void> | void
}

/** Characters that are kept of all documents together. */
const maxLength = 8_000_000

/** In the memory of this process: what was not asked for longest goes first. */
export function createMemoryDocumentStore(): DocumentStore {
  const documents = new LRUCache<string, string>({
    maxSize: maxLength,
    sizeCalculation: (document) => Math.max(document.length, 1),
  })
  return {
    get: (hash) => documents.get(hash),
    set: (hash, document) => void documents.set(hash, document),
  }
}

/** What a request says of its document. */
export interface DocumentRequest {
  readonly query?: string | null | undefined
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined
  /** By which a client names a document that both sides know. */
  readonly documentId?: unknown
}

export type FoundDocument = { readonly document: string } | { readonly refusal: Refusal }

/** Finds the document that a request means, before it is read. `null`: the request brings it itself, as usual. */
export type FindDocument = (request: DocumentRequest) => Promise<FoundDocument | null> | FoundDocument | null

/**
 * Automatic persisted queries: a client sends the hash of a document alone, and the document with it only when it is told that the hash
 * is not known.
 */
export function findByHash(store: DocumentStore): FindDocument {
  return ({ query, extensions }) => {
    const hash = hashIn(extensions)
    if (hash === null) return null
    if (hash === undefined) return { refusal: refusal('`extensions.persistedQuery` needs version 1 and a sha256Hash') }
    if (typeof query !== 'string' || query === '') return findKept(store, hash)
    if (hashOf(query) !== hash) return { refusal: refusal('The sha256Hash is not that of the query') }
    return keep(store, hash, query)
  }
}

async function findKept(store: DocumentStore, hash: string): Promise<FoundDocument> {
  const document = await store.get(hash)
  // Clients know what to do by these very words.
  return document === undefined ? { refusal: refusal('PersistedQueryNotFound', 200) } : { document }
}

async function keep(store: DocumentStore, hash: string, document: string): Promise<FoundDocument> {
  await store.set(hash, document)
  return { document }
}

/** Only the documents of this list are served, by their hash, their name in the list, or their text. */
export function findKnown(documents: ReadonlyMap<string, string>): FindDocument {
  const byHash = new Map([...documents.values()].map((document) => [hashOf(document), document]))
  return ({ query, extensions, documentId }) => {
    const id = typeof documentId === 'string' ? documentId.replace(/^sha256:/, '') : (hashIn(extensions) ?? null)
    const named = id === null ? null : (byHash.get(id) ?? documents.get(id))
    const sent = typeof query === 'string' && query !== '' ? byHash.get(hashOf(query)) : undefined
    const document = named === null ? sent : named
    const isOther = typeof query === 'string' && query !== '' && document !== undefined && sent !== document
    return document === undefined || isOther
      ? { refusal: { ...refusal('Only operations that were registered are served here'), code: 'FORBIDDEN' } }
      : { document }
  }
}

export function hashOf(document: string): string {
  return createHash('sha256').update(document).digest('hex')
}

/** `null`: there is none. `undefined`: it is wrong. */
function hashIn(extensions: DocumentRequest['extensions']): string | null | undefined {
  const persisted = extensions?.['persistedQuery']
  if (persisted === undefined || persisted === null) return null
  if (typeof persisted !== 'object') return undefined
  const { version, sha256Hash } = persisted as Readonly<Record<string, unknown>> // whatever it holds
  return version === 1 && typeof sha256Hash === 'string' && /^[0-9a-f]{64}$/.test(sha256Hash) ? sha256Hash : undefined
}

function refusal(message: string, status = 400): Refusal {
  return { status, code: 'BAD_USER_INPUT', message, headers: {} }
}
