import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 20_000,
    // Each file starts what it needs and shares nothing, so that no test depends on another.
    isolate: true,
    pool: 'forks',
  },
})
