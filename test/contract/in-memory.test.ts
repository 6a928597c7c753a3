import { createInMemoryProvider, populatedDirectory } from '../support/in-memory-provider.ts'
import { describeProvider } from './provider-contract.ts'

describeProvider('the provider in memory', {
  connect: async () => ({
    provider: createInMemoryProvider('memory', populatedDirectory('memory', 40)),
    upstreamCalls: () => 0,
    close: async () => {},
  }),
})
