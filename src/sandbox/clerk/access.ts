import type { Guard } from '../router.ts'
import { type ClerkFailure, failure, failureResponse } from './failures.ts'

/** The only secret key that this tenant accepts. */
export const secretKey = 'sk_test_sandbox_0Zk3vQ7mXr5Yt9Lw2Bn8'

/** The dated versions that exist (clerk.md 1.3); all are answered as the newest. */
const apiVersions = ['2021-02-05', '2024-10-01', '2025-03-12', '2025-04-10', '2025-11-10', '2026-05-12']

/** Refuses requests that Clerk would refuse on any route. */
export function createGuard(nextTrace: () => number): Guard {
  return ({ headers, query, body }, route) => {
    const refused =
      checkCredentials(headers) ??
      checkVersion(headers, query) ??
      (body === undefined ? null : checkType(headers, route))
    return refused && failureResponse(refused, nextTrace())
  }
}

function checkCredentials(headers: Headers): ClerkFailure | null {
  const key = /^Bearer (\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (key === undefined) {
    return failure(
      401,
      'authorization_header_format_invalid',
      'Invalid Authorization header format',
      'Invalid Authorization header format. Must be of the form "Bearer <secret key>".',
    )
  }
  if (key === secretKey) return null
  return failure(
    401,
    'clerk_key_invalid',
    'The provided Clerk Secret Key is invalid.',
    'The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.',
  )
}

function checkVersion(headers: Headers, query: URLSearchParams): ClerkFailure | null {
  const header = headers.get('clerk-api-version')
  const parameter = query.get('__clerk_api_version')
  const version = header ?? parameter
  if (version === null) return null
  if (apiVersions.includes(version) && (header === null || parameter === null)) return null
  return failure(
    400,
    'api_version_invalid',
    'Invalid API version',
    'The API version must be a known one, given once: as a header or as a query parameter.',
  )
}

function checkType(headers: Headers, route: string): ClerkFailure | null {
  const type = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase()
  const wanted = route.endsWith('/profile_image') ? 'multipart/form-data' : 'application/json'
  if (type === wanted) return null
  return failure(415, 'unsupported_content_type', 'Unsupported content type', `The content type must be ${wanted}.`)
}
