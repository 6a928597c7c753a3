import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Call } from '../../../src/identity/call.ts'
import type { PendingUserActions, PendingUserReader } from '../../../src/identity/provider.ts'
import type { PendingUser } from '../../../src/identity/records.ts'
import type { ConnectedProvider } from '../../../src/upstream/definition.ts'
import { connectToSandbox, startSandbox, testCall, type TestSandbox } from '../../support/sandbox.ts'
import { present } from '../../support/present.ts'
import { register, signInByEmail } from './end-user.ts'

const byEmail = '/groups/{groupId}/apps/{appId}/user_registrations/by_email/{email}'
const email = "o'neill+new/one?x#y%z@example.test"
const password = 'correct-horse-9'

let sandbox: TestSandbox
let connected: ConnectedProvider
let pendingUsers: PendingUserReader & PendingUserActions

beforeAll(async () => {
  sandbox = await startSandbox()
  connected = await connectToSandbox('app-services', sandbox.environment)
  pendingUsers = present(connected.provider.pendingUsers)
})

beforeEach(async () => {
  sandbox.sandbox.reset()
  await register(sandbox.origin, email, password)
  await connected.provider.check(testCall()) // signs in again, which is not what calls are counted for
  sandbox.clearCalls()
})

afterAll(async () => {
  await connected.close()
  await sandbox.close()
})

async function find(address: string): Promise<PendingUser | undefined> {
  const { edges } = await pendingUsers.list({ first: 100, after: null }, testCall())
  return edges.map(({ node }) => node).find((pending) => pending.email === address)
}

describe('a registration', () => {
  it('is confirmed with one call, and becomes a user at the first sign-in', async () => {
    expect(await signInByEmail(sandbox.origin, email, password)).toBe(401)
    sandbox.clearCalls()
    expect(await present(pendingUsers.confirm)(email, testCall())).toBeNull()
    expect(sandbox.calls('app-services')).toEqual({ [`app-services POST ${byEmail}/confirm`]: 1 })
    expect(await find(email)).toMatchObject({ confirmed: true })
    expect(await signInByEmail(sandbox.origin, email, password)).toBe(200)
    expect(await find(email)).toBeUndefined()
  })

  it('gets its email again with one call, whose secret goes nowhere', async () => {
    expect(await present(pendingUsers.resendConfirmation)(email, testCall())).toBeNull()
    expect(sandbox.calls('app-services')).toEqual({ [`app-services POST ${byEmail}/send_confirm`]: 1 })
  })

  it('is deleted with one call', async () => {
    await present(pendingUsers.delete)(email, testCall())
    expect(sandbox.calls('app-services')).toEqual({ [`app-services DELETE ${byEmail}`]: 1 })
    expect(await find(email)).toBeUndefined()
    expect(await register(sandbox.origin, email, password)).toBe(201)
  })

  it('that was confirmed before is a conflict', async () => {
    await present(pendingUsers.confirm)(email, testCall())
    for (const act of [present(pendingUsers.confirm), present(pendingUsers.resendConfirmation)]) {
      await expect(act(email, testCall())).rejects.toMatchObject({
        kind: 'conflict',
        providerCode: 'UserAlreadyConfirmed',
        argument: ['email'],
      })
    }
  })

  it('of nobody is not found', async () => {
    const acts: readonly ((address: string, call: Call) => Promise<unknown>)[] = [
      present(pendingUsers.confirm),
      present(pendingUsers.resendConfirmation),
      present(pendingUsers.delete),
    ]
    for (const address of ['nobody@example.test', email.toUpperCase(), '', '..']) {
      for (const act of acts) await expect(act(address, testCall())).rejects.toMatchObject({ kind: 'notFound' })
    }
  })

  it.each(['confirm', 'send_confirm'])(
    'is left unknown by a lost answer to %s, which is not repeated',
    async (action) => {
      const route = `${byEmail}/${action}`
      await sandbox.fault({ provider: 'app-services', route, kind: 'status', status: 503 })
      const act = present(action === 'confirm' ? pendingUsers.confirm : pendingUsers.resendConfirmation)
      await expect(act(email, testCall())).rejects.toMatchObject({ kind: 'unavailable', outcome: 'unknown' })
      expect(sandbox.calls('app-services')).toEqual({ [`app-services POST ${route}`]: 1 })
    },
  )
})
