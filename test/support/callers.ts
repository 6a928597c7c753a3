import { createAuthenticator } from '../../src/access/authenticate.ts'
import type { Caller } from '../../src/access/caller.ts'
import { scopes } from '../../src/access/scopes.ts'
import type { IdentityProvider } from '../../src/identity/provider.ts'
import type { ServerOptions } from '../../src/server.ts'
import { createTestGateway, type GraphqlAnswer, type TestGateway } from './gateway.ts'

/** Somebody with all scopes, but for what a test says. */
export function callerWith(changes: Partial<Caller> = {}): Caller {
  return { subject: 'somebody', issuer: null, scopes: new Set(scopes), providers: null, account: null, ...changes }
}

/** An end user, who is this account. */
export function endUser(provider: string, nativeId: string): Caller {
  return callerWith({ scopes: new Set(), account: { provider, nativeId } })
}

export interface CallersGateway extends TestGateway {
  ask(caller: string, document: string, variables?: Readonly<Record<string, unknown>>): Promise<GraphqlAnswer>
}

/** Refuses everybody. */
const nobody = createAuthenticator({ apiKeys: [] }).authenticate

/** A gateway that knows its callers by their names: each shows the name as key. */
export function createGatewayFor(
  callers: Readonly<Record<string, Caller>>,
  providers: readonly IdentityProvider[],
  overrides: Partial<ServerOptions> = {},
): CallersGateway {
  const gateway = createTestGateway(providers, 10_000, {
    ...overrides,
    authenticate: (request) => callers[request.header('x-api-key') ?? ''] ?? nobody(request),
  })
  return {
    ...gateway,
    ask: (caller, document, variables = {}) => gateway.query(document, variables, { 'x-api-key': caller }),
  }
}
