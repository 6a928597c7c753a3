import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PendingUserReader } from '../../../src/identity/provider.ts'
import type { PendingUser } from '../../../src/identity/records.ts'
import type { ConnectedProvider } from '../../../src/upstream/definition.ts'
import { connectToSandbox, startSandbox, testCall, type TestSandbox } from '../../support/sandbox.ts'
import { walk } from '../../support/walk.ts'
import { present } from '../../support/present.ts'

let sandbox: TestSandbox
let connected: ConnectedProvider
let pendingUsers: PendingUserReader

beforeAll(async () => {
  // So many that registrations fill more than a page of the upstream's.
  sandbox = await startSandbox({ users: 1500 })
  connected = await connectToSandbox('app-services', sandbox.environment)
  pendingUsers = present(connected.provider.pendingUsers)
  await connected.provider.check(testCall())
})

afterAll(async () => {
  await connected.close()
  await sandbox.close()
})

function walkPending(first: number): Promise<PendingUser[]> {
  return walk((page) => pendingUsers.list(page, testCall()), first)
}

describe('pending users', () => {
  it('are listed once each, oldest first, whatever the page size', async () => {
    const all = await walkPending(100)
    expect(all.length).toBeGreaterThan(50)
    const times = all.map(({ createdAt }) => createdAt?.getTime() ?? 0)
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    for (const first of [1, 3, 50]) expect(await walkPending(first)).toEqual(all)
  })

  it('say whether they have been confirmed, where the upstream does', async () => {
    const all = await walkPending(100)
    expect(new Set(all.map(({ confirmed }) => confirmed))).toEqual(new Set([true, null]))
    for (const { email } of all) expect(email).toContain('@')
  })

  it('take one call for a page', async () => {
    sandbox.clearCalls()
    await pendingUsers.list({ first: 50, after: null }, testCall())
    expect(sandbox.calls('app-services')).toEqual({
      'app-services GET /groups/{groupId}/apps/{appId}/user_registrations/pending_users': 1,
    })
  })
})
