import { describe, expect, it } from 'vitest'
import { connectToSandbox, startSandbox, testCall } from '../support/sandbox.ts'
import { describeFaults } from './fault-suite.ts'

describeFaults('app-services', {
  newUser: (email) => ({ email, password: 'Correct-horse-9-battery', skipChecks: false }),
  hasTokens: true,
})

describe('a retired family of endpoints', () => {
  it('is unsupported, leaves the others in service, and is no failure of the vendor', async () => {
    const sandbox = await startSandbox({ users: 20 })
    const { provider, close } = await connectToSandbox('app-services', sandbox.environment)
    try {
      const route = '/groups/{groupId}/apps/{appId}/user_registrations*'
      await sandbox.fault({ provider: 'app-services', route, kind: 'status', status: 404 })
      const page = { first: 5, after: null }
      for (let index = 0; index < 12; index += 1) {
        await expect(provider.pendingUsers?.list(page, testCall())).rejects.toMatchObject({ kind: 'unsupported' })
      }
      await provider.check(testCall())
      expect(provider.health()).toMatchObject({ status: 'up', retryAt: null })
    } finally {
      await close()
      await sandbox.close()
    }
  })
})
