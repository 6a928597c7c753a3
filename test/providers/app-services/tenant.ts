import type { IdentityProvider, UserFilter } from '../../../src/identity/provider.ts'
import type { User } from '../../../src/identity/records.ts'
import { present } from '../../support/present.ts'
import { connectToSandbox, startSandbox, testCall, type TestSandbox } from '../../support/sandbox.ts'

/** A sandbox, and the adapter connected to it. */
export interface Tenant {
  readonly sandbox: TestSandbox
  readonly provider: IdentityProvider
  /** The user as the upstream has it now. */
  read(id: string): Promise<User | null>
  /** Somebody of whom this holds. */
  someone(holds: (user: User) => boolean, filter?: UserFilter): Promise<User>
  /** Back to the seeded state, signed in, with no calls counted. */
  reset(): Promise<void>
  close(): Promise<void>
}

export async function startTenant(): Promise<Tenant> {
  const sandbox = await startSandbox()
  const { provider, close } = await connectToSandbox('app-services', sandbox.environment)
  return {
    sandbox,
    provider,
    read: async (id) => (await provider.users.getMany([id], testCall()))[0] ?? null,
    async someone(holds, filter = {}) {
      const order = { field: 'createdAt', direction: 'asc' } as const
      const page = await provider.users.list({ first: 100, after: null, filter, order }, testCall())
      const user = present(page.edges.map(({ node }) => node).find(holds))
      sandbox.clearCalls()
      return user
    },
    async reset() {
      sandbox.sandbox.reset()
      await provider.check(testCall()) // signs in again, which is not what calls are counted for
      sandbox.clearCalls()
    },
    async close() {
      await close()
      await sandbox.close()
    },
  }
}
