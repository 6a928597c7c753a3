import { serverAudits } from 'graphql-http'
import { describe, expect, it } from 'vitest'
import { createTestGateway, testApiKey } from '../support/gateway.ts'

/** The audit asks only for the type names of the root, so no provider is needed. */
const gateway = createTestGateway([])

/** The gateway's own `fetch`, for a caller who is known. */
async function fetchAsCaller(url: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('x-api-key', testApiKey)
  return gateway.fetch(new Request(url, { ...init, headers }))
}

/** Every MUST and SHOULD, and what the specification leaves open besides: nothing is a mere notice so far. */
describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: 'http://gateway.test/graphql', fetchFn: fetchAsCaller })

  it.each(audits.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))('%s', async (_, audit) => {
    const result = await audit.fn()
    const reason = 'reason' in result ? result.reason : ''
    expect(result.status, reason).toBe('ok')
  })

  it('is audited by every audit there is', () => {
    expect(audits).toHaveLength(61)
  })
})
