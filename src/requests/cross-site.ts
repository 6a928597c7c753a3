import type { ReadHeader } from '../access/credentials.ts'
import type { Refusal } from './refusal.ts'

/** What a page may have a browser send to another site without asking it first (the Fetch standard's CORS-safelisted types). */
const simpleTypes: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
])

/** Headers that a browser sends to another site only after asking it. Any other would do; these are the ones that clients have. */
const askedFirst = [
  'x-api-key',
  'authorization',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'x-graphql-yoga-csrf',
]

/**
 * Refuses what any page could have somebody's browser send here: credentials that the browser adds by itself must not be enough. Fine is
 * a body that is no form's, or one of the headers above.
 */
export function refuseCrossSite(method: string, header: ReadHeader): Refusal | null {
  if (method === 'OPTIONS') return null
  const [type = ''] = (header('content-type') ?? '').split(';')
  const isSimple =
    method === 'GET' || method === 'HEAD' || type.trim() === '' || simpleTypes.has(type.trim().toLowerCase())
  if (!isSimple || askedFirst.some((name) => header(name))) return null
  const message = `Send application/json, or one of the headers ${askedFirst.slice(0, 3).join(', ')}: a page of another site could have sent this request`
  return { status: 403, code: 'FORBIDDEN', message, headers: {} }
}
