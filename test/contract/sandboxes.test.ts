import type { ProviderKind } from '../../src/identity/records.ts'
import { providerDefinitions } from '../../src/providers/index.ts'
import { connectToSandbox, startSandbox } from '../support/sandbox.ts'
import { type Skip, describeProvider } from './provider-contract.ts'

/** What a vendor cannot have, each with its reason. */
const skips: Partial<Record<ProviderKind, readonly Skip[]>> = {}

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
    skip: skips[kind] ?? [],
  })
}
