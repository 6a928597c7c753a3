import { type ExecutionResult, GraphQLError } from 'graphql'
import { bodyOf, type Refusal } from '../requests/refusal.ts'
import type { MediaType } from './media-type.ts'

/** An answer, as it goes over HTTP. */
export interface HttpAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What an error says of the HTTP answer that it is in; not for the client to see. */
interface HttpExtension {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** It is of the request, which only one of the media types tells in its status (GraphQL over HTTP, 6.4.1). */
  readonly spec?: boolean
}

/** The answer to one operation whose errors are fit for its client. */
export function answerOf(result: ExecutionResult, mediaType: MediaType): HttpAnswer {
  const contentType = `${mediaType}; charset=utf-8`
  if (!result.errors) return { status: 200, headers: { 'content-type': contentType }, body: JSON.stringify(result) }
  let status = 0
  let headers: Record<string, string> = { 'content-type': contentType }
  let isUnexpected = false
  for (const error of result.errors) {
    const http: HttpExtension | undefined = error.extensions['http'] // as our own errors say it
    if (!http) isUnexpected ||= isOfOurs(error)
    if (http?.headers) headers = { ...headers, ...http.headers }
    if (http?.spec && mediaType === 'application/json') continue
    status = Math.max(status, http?.status ?? 0)
  }
  if (status === 0) status = isUnexpected && !('data' in result) ? 500 : 200
  return { status, headers, body: JSON.stringify({ ...result, errors: result.errors.map(written) }) }
}

/** A bug of our own, and no mistake of the caller's. */
function isOfOurs(error: GraphQLError): boolean {
  return Boolean(error.originalError && !(error.originalError instanceof GraphQLError))
}

function written(error: GraphQLError): object {
  const { extensions, ...rest } = error.toJSON()
  const { http: _, ...shown } = extensions ?? {}
  return Object.keys(shown).length > 0 ? { ...rest, extensions: shown } : rest
}

export function answerOfRefusal(refusal: Refusal): HttpAnswer {
  const { status, headers } = refusal
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(bodyOf(refusal)),
  }
}
