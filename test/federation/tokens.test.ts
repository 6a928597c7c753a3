import { unifiedGraphHandler } from '@graphql-hive/router-runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orderBook } from '../../examples/supergraph/order-book.ts'
import { makeKey, type SigningKey, startIssuer, type TestIssuer } from '../access/test-issuer.ts'
import { createTestGateway } from '../support/gateway.ts'
import { type ConnectedSandbox, connectAll } from '../support/sandbox.ts'
import { startRouter, startSubgraphs, type Subgraphs, type TestRouter } from './supergraph.ts'

describe.each([
  ['the gateway runtime', undefined],
  ['the router runtime', unifiedGraphHandler],
] as const)('a caller with a token, behind %s', (_, handler) => {
  let connected: ConnectedSandbox
  let issuer: TestIssuer
  let key: SigningKey
  let subgraphs: Subgraphs
  let router: TestRouter

  beforeAll(async () => {
    connected = await connectAll()
    issuer = await startIssuer()
    key = await makeKey('one')
    issuer.publish(key)
    const { authenticate } = issuer.authenticator
    subgraphs = await startSubgraphs(createTestGateway(connected.providers, 10_000, { authenticate }), orderBook)
    router = await startRouter(subgraphs, handler)
  })
  afterAll(async () => {
    await router.close()
    await subgraphs.close()
    await issuer.close()
    await connected.close()
  })

  const document = '{ orders(first: 4) { id customer { nativeId status } } }'

  async function ask(scope: string) {
    const authorization = `Bearer ${await issuer.mint(key, { scope })}`
    const { data, errors } = await router.query(document, { authorization })
    const { orders } = data as { readonly orders: readonly Readonly<Record<string, Record<string, unknown>>>[] } // as asked for
    return { statuses: orders.map(({ customer }) => customer?.['status'] ?? null), errors }
  }

  it('is known to the gateway, and has what the scopes of the token open', async () => {
    const { statuses, errors } = await ask('users:read')
    expect(errors).toEqual([])
    expect(statuses).toEqual(Array.from({ length: 4 }, () => expect.any(String) as string))
  })

  it('is told which scope is missing, has the rest of the answer, and no provider is asked', async () => {
    connected.sandbox.clearCalls()
    const { statuses, errors } = await ask('groups:read')
    expect(statuses).toEqual([null, null, null, null])
    expect(errors.length).toBeGreaterThan(0)
    for (const { message, extensions } of errors) {
      expect(message).toBe('This caller lacks users:read (for `_entities`)')
      expect(extensions).toMatchObject({ code: 'FORBIDDEN', missingScopes: ['users:read'] })
    }
    expect(connected.sandbox.calls()).toEqual({})
  })
})
