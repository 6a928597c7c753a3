import { z } from 'zod'
import { failure } from '../failures.ts'
import { readForm } from '../forms.ts'
import { parameter, type Routes } from '../routes.ts'
import { mintSessionToken, publicJwk } from '../session-token.ts'
import { isLive } from '../state/sessions.ts'
import { findSession } from './session-reads.ts'

const tokenForm = z.object({ expires_in_seconds: z.int().min(30).max(315_360_000).nullish() })

/** What verifying and trying out session tokens takes. */
export function sessionTokens(routes: Routes): void {
  routes.on('GET', '/jwks', async () => ({ keys: [await publicJwk()] }))

  routes.on('POST', '/sessions/{session_id}/tokens', async (request, tenant) => {
    const session = findSession(tenant, parameter(request, 'session_id'))
    if (!isLive(session)) throw failure(400, 'invalid_session_token', 'Invalid session', 'The session is over.')
    const { expires_in_seconds: lifetimeSeconds } = readForm(tokenForm, request.body)
    // The application, as the front end's API names it in the tokens that it hands out.
    const origin = request.headers.get('origin')
    const jwt = await mintSessionToken({
      userId: session.user_id,
      sessionId: session.id,
      issuedAt: tenant.now(),
      ...(origin === null ? {} : { authorizedParty: origin }),
      ...(typeof lifetimeSeconds === 'number' ? { lifetimeSeconds } : {}),
    })
    return { object: 'token', jwt }
  })
}
