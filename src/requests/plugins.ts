import type { FetchAPI, Plugin } from 'graphql-yoga'
import { corsHeaders, type CorsOptions, preflightHeaders } from './cors.ts'
import type { ReadHeader } from '../access/credentials.ts'
import { bodyOf, type Refusal } from './refusal.ts'
import { securityHeaders } from './security-headers.ts'

/** Answers a request that this check refuses. */
export function useRefusal(check: (header: ReadHeader, method: string) => Refusal | null): Plugin {
  return {
    onRequest({ request, endResponse, fetchAPI }) {
      const refusal = check((name) => request.headers.get(name), request.method)
      if (refusal) endResponse(responseOf(refusal, fetchAPI))
    },
  }
}

const refusals = new WeakMap<Response, Refusal>()

export function responseOf(refusal: Refusal, { Response: ResponseOfServer }: FetchAPI): Response {
  const { status, headers } = refusal
  const response = ResponseOfServer.json(bodyOf(refusal), { status, headers })
  refusals.set(response, refusal)
  return response
}

/** The refusal that this response was made of; `undefined`: it is none. */
export function refusalBehind(response: Response): Refusal | undefined {
  return refusals.get(response)
}

/** Answers browsers that ask before they send, and lets pages of the origins that are allowed read answers. */
export function useCors(options: CorsOptions): Plugin {
  return {
    onRequest({ request, endResponse, fetchAPI }) {
      const headers = preflightHeaders(options, request.method, (name) => request.headers.get(name))
      if (headers) endResponse(new fetchAPI.Response(null, { status: 204, headers }))
    },
    onResponse({ request, response }) {
      setMissing(
        response,
        corsHeaders(options, (name) => request.headers.get(name)),
      )
    },
  }
}

export function useSecurityHeaders(): Plugin {
  return { onResponse: ({ response }) => setMissing(response, securityHeaders) }
}

function setMissing({ headers }: Response, wanted: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(wanted)) if (!headers.has(name)) headers.set(name, value)
}
