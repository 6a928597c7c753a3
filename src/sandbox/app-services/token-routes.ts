import { badRequest, invalidSession, missingParameter, RefusalError } from './errors.ts'
import { readToken, timeClaim } from './json-web-token.ts'
import { fieldsOf } from './parameters.ts'
import type { AppRoutes } from './routes.ts'
import { verifiedToken } from './user-token.ts'

/**
 * Checks signature and expiry and nothing else: tokens of users who were signed out, disabled or deleted are good until they expire
 * (app-services.md 4.1).
 */
export function registerTokenRoutes(routes: AppRoutes): void {
  routes.on('POST', '/users/verify_token', (request) => {
    const { token } = fieldsOf(request)
    if (typeof token !== 'string' || token === '') throw missingParameter('token')
    const read = readToken(token, request.app.definition.signingKey)
    if (read.kind === 'malformed') throw badRequest('token contains an invalid number of segments')
    // The vendor's pages give two bodies for this; the other one is below.
    if (read.kind === 'foreign') throw new RefusalError({ status: 401, error: 'signature is invalid' })
    if (read.claims['typ'] !== 'access') throw invalidSession()
    if (timeClaim(read.claims, 'exp') <= request.app.now()) return Response.json('token expired')
    return Response.json(verifiedToken(read.claims))
  })
}
