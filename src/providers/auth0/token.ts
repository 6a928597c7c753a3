import { errorOfAnswer, jsonOf } from '../../upstream/answer.ts'
import type { Clock } from '../../upstream/clock.ts'
import { basePathOf } from '../../upstream/http.ts'
import type { Operation } from '../../upstream/operation.ts'
import type { Pipeline } from '../../upstream/pipeline.ts'
import { createTokenSource, type TokenSource } from '../../upstream/token.ts'
import { parseWire } from '../../upstream/wire.ts'
import { object } from '../../upstream/wire/structures.ts'
import { nonEmptyString, number } from '../../upstream/wire/values.ts'
import { readTokenError } from './errors.ts'

/** A token more than wanted does no harm, so that the request may be repeated. */
const fetchTokenOperation: Operation = { name: 'token', route: 'POST /oauth/token', safe: true }

const tokenAnswer = object((wire) => ({
  access_token: nonEmptyString(wire['access_token']),
  expires_in: number(wire['expires_in']),
}))

/** What a token is asked for with. Times are in milliseconds. */
export interface TokenOptions {
  /** Asked for late, because the pipeline itself needs the token. */
  readonly pipeline: () => Pipeline
  readonly baseUrl: string
  readonly domain: string
  readonly clientId: string
  readonly clientSecret: string
  readonly timeoutMs: number
  readonly pauseMs: number | undefined
  readonly clock: Clock
}

/** Management API tokens by client credentials (auth0.md 1.4). */
export function createAuth0TokenSource(options: TokenOptions): TokenSource {
  const { clock, timeoutMs, pauseMs } = options
  const path = `${basePathOf(options.baseUrl)}/oauth/token`
  return createTokenSource({
    timeoutMs,
    pauseMs,
    renewBeforeMs: 60_000,
    clock,
    async fetchToken(call) {
      const pipeline = options.pipeline()
      const { provider } = pipeline
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: options.clientId,
        client_secret: options.clientSecret,
        // The tenant's own address, also where it is reached under another.
        audience: `https://${options.domain}/api/v2/`,
      })
      const response = await pipeline.send(
        {
          method: 'POST',
          path,
          headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
          body: form.toString(),
        },
        { operation: fetchTokenOperation, call, authorized: false },
      )
      if (response.status < 200 || response.status >= 300) {
        throw errorOfAnswer(response, fetchTokenOperation, provider, readTokenError, clock.now())
      }
      const body = jsonOf(response, fetchTokenOperation, provider)
      const { access_token, expires_in } = parseWire(tokenAnswer, body, { provider, operation: 'token' })
      return { value: access_token, expiresAt: new Date(clock.now() + expires_in * 1000) }
    },
  })
}
