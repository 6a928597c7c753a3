import type { ProviderKind } from '../../src/identity/records.ts'
import { providerDefinitions } from '../../src/providers/index.ts'
import { connectToSandbox, startSandbox } from '../support/sandbox.ts'
import { describeProvider } from './provider-contract.ts'

for (const kind of Object.keys(providerDefinitions) as ProviderKind[]) {
  describeProvider(kind, {
    async connect() {
      const sandbox = await startSandbox({ users: 100 })
      const connected = await connectToSandbox(kind, sandbox.environment)
      return {
        provider: connected.provider,
        upstreamCalls: () => Object.values(sandbox.calls()).reduce((sum, count) => sum + count, 0),
        refuseNextDeletion: () =>
          sandbox.fault({
            provider: kind,
            method: 'DELETE',
            kind: 'status',
            status: 429,
            headers: { 'retry-after': '0' },
            times: 1,
          }),
        async close() {
          await connected.close()
          await sandbox.close()
        },
      }
    },
  })
}
