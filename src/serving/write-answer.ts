import type { ServerResponse } from 'node:http'
import type { ReadHeader } from '../access/credentials.ts'
import { corsHeaders, type CorsOptions } from '../requests/cors.ts'
import { securityHeaders } from '../requests/security-headers.ts'
import type { HttpAnswer } from './http-answer.ts'

/** Writes an answer in one piece, with what every answer says to browsers. Whoever has gone away reads none. */
export function writeAnswer(
  outgoing: ServerResponse,
  { status, headers, body }: HttpAnswer,
  { cors, header }: { readonly cors: CorsOptions; readonly header: ReadHeader },
): void {
  if (outgoing.destroyed) return
  const length = Buffer.byteLength(body)
  outgoing.writeHead(status, {
    ...securityHeaders,
    ...corsHeaders(cors, header),
    ...headers,
    'content-length': length,
  })
  // What is all ASCII is the same in both, and copied faster.
  outgoing.end(body, length === body.length ? 'latin1' : 'utf8')
}

/** The headers of a request by their names in lower case, as Node keeps them. */
export function headerReader(headers: NodeJS.Dict<string | string[]>): ReadHeader {
  return (name) => {
    const value = headers[name]
    return value === undefined ? null : String(value)
  }
}
