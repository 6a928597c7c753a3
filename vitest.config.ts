import { createRequire } from 'node:module'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // graphql offers one copy of itself to Node and another to bundlers; with both in one process nothing is an instance of anything.
  resolve: { alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }] },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 20_000,
    // Each file starts what it needs and shares nothing, so that no test depends on another.
    isolate: true,
    pool: 'forks',
  },
})
