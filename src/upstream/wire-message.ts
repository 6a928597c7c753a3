import type { HttpMethod } from './operation.ts'

/** What goes over the wire in one attempt. */
export interface WireRequest {
  readonly method: HttpMethod
  /** Path and query, percent-encoded, beginning with a slash. The origin is the pipeline's and nobody else's to choose. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | null
}

/** An answer, read to its end. */
export interface WireResponse {
  readonly status: number
  readonly headers: ResponseHeaders
  readonly body: Buffer
}

/** Names in lower case; a repeated header is joined by commas. */
export interface ResponseHeaders {
  get(name: string): string | undefined
  entries(): Iterable<readonly [name: string, value: string]>
}
