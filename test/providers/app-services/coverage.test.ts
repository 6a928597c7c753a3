import { describe, expect, it } from 'vitest'
import type { GrantKind, User } from '../../../src/identity/records.ts'
import { hasVendorDocuments, loadCoverage, needsVendorDocuments } from '../../support/openapi.ts'
import { connectToSandbox, startSandbox, testCall } from '../../support/sandbox.ts'
import { present } from '../../support/present.ts'
import { register, signInAnonymously } from './end-user.ts'

describe.skipIf(!hasVendorDocuments)(`the adapter (${needsVendorDocuments})`, () => {
  it('reaches every route that the product has to reach', async () => {
    const sandbox = await startSandbox()
    const { provider, close } = await connectToSandbox('app-services', sandbox.environment)
    const { users } = provider
    const sessions = present(provider.sessions)
    const grants = present(provider.grants)
    const pendingUsers = present(provider.pendingUsers)
    const call = testCall()
    const page = { first: 100, after: null }
    const email = 'somebody.new@example.test'

    // The first call finds the session expired, so that it is renewed.
    const body = { error: 'invalid session: access token expired', error_code: 'InvalidSession' }
    await sandbox.fault({ provider: 'app-services', method: 'GET', kind: 'status', status: 401, body, times: 1 })
    const order = { field: 'createdAt', direction: 'desc' } as const
    const everybody = (await users.list({ ...page, filter: {}, order }, call)).edges.map(({ node }) => node)
    const server = present(everybody.find(({ identities }) => identities.every(({ service }) => service === 'api-key')))
    await present(users.count)({}, call)
    await present(users.listDevices)(server.nativeId, call)
    await present(users.listEvents)(server.nativeId, page, call)
    const read = async (id: string): Promise<User | null> => (await users.getMany([id], call))[0] ?? null
    const handle = { nativeId: server.nativeId, record: () => read(server.nativeId) }
    const kind: GrantKind = 'apiKey'
    const keys = await grants.listByUser(handle, { ...page, kind, clientId: null, sessionId: null }, call)
    const key = { ...present(keys.edges[0]).node, audience: null }
    await present(grants.revoke)(key, call)

    const endUser = await signInAnonymously(sandbox.origin)
    await present(provider.tokens).verify(endUser.accessToken, call)
    await present(sessions.revokeAll)(endUser.userId, call)
    const created = await present(users.create)({ email, password: 'correct-horse-9', skipChecks: false }, call)
    await present(users.changeEmail)(created.nativeId, { address: `moved.${email}`, verified: false }, call)
    await present(users.disable)(created.nativeId, 'no', call)
    await present(users.enable)(created.nativeId, call)
    await present(users.delete)(created.nativeId, call)

    await register(sandbox.origin, email, 'correct-horse-9')
    await pendingUsers.list(page, call)
    await present(pendingUsers.resendConfirmation)(email, call)
    await present(pendingUsers.confirm)(email, call)
    await present(pendingUsers.delete)(email, call)

    const reached = Object.keys(sandbox.calls('app-services'))
    const required = loadCoverage('app-services').must.map(([method, template]) => `app-services ${method} ${template}`)
    expect(required.filter((route) => !reached.includes(route))).toEqual([])
    await close()
    await sandbox.close()
  })
})
