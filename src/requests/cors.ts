import type { ReadHeader } from '../access/credentials.ts'

/** Whose pages may read our answers. */
export interface CorsOptions {
  /** Whole origins, `https://app.example.com`. Empty: nobody's. */
  readonly origins: readonly string[]
  /** Whether browsers may send cookies and client certificates along. */
  readonly allowCredentials: boolean
}

type Headers = Readonly<Record<string, string>>

/** Seconds for which a browser need not ask again. */
const maxAgeSeconds = 600

const allowedHeaders =
  'content-type, accept, authorization, x-api-key, x-request-id, x-request-timeout-ms, x-cost, x-upstream, apollo-require-preflight, traceparent, tracestate'

const exposedHeaders = 'retry-after, x-request-id'

/** What the answer to a page of another site says beside what it says to everybody. An origin that is not listed is told nothing. */
export function corsHeaders({ origins, allowCredentials }: CorsOptions, header: ReadHeader): Headers {
  if (origins.length === 0) return {}
  const origin = header('origin')
  // Caches must not give one origin the answer of another.
  if (origin === null || !origins.includes(origin)) return { vary: 'origin' }
  return {
    vary: 'origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': exposedHeaders,
    ...(allowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
  }
}

/** The whole answer to a browser that asks before it sends; `null`: this is no such question. Its status is 204. */
export function preflightHeaders(options: CorsOptions, method: string, header: ReadHeader): Headers | null {
  if (method !== 'OPTIONS' || header('origin') === null || header('access-control-request-method') === null) return null
  const headers = corsHeaders(options, header)
  if (!headers['access-control-allow-origin']) return headers
  return {
    ...headers,
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': allowedHeaders,
    'access-control-max-age': String(maxAgeSeconds),
  }
}
