import { createRequire } from 'node:module'
import { defineConfig } from 'rolldown'

/** The program with all that it needs, in a few files that start several times as fast: `npm run build`. */
export default defineConfig({
  input: { cli: 'src/start.ts' },
  platform: 'node',
  // graphql offers one copy of itself to Node and another to bundlers; with both in one program nothing is an instance of anything.
  resolve: { alias: { graphql$: createRequire(import.meta.url).resolve('graphql') } },
  output: { dir: 'dist', format: 'esm', cleanDir: true, minify: 'dce-only', chunkFileNames: '[name]-[hash].js' },
})
