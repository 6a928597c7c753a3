import { createRequire } from 'node:module'
import { defineConfig } from 'rolldown'

const require = createRequire(import.meta.url)

/** The program with all that it needs, in a few files that start several times as fast: `npm run build`. */
export default defineConfig({
  input: { cli: 'src/start.ts' },
  platform: 'node',
  resolve: {
    alias: {
      // graphql offers one copy of itself to Node and another to bundlers; with both in one program nothing is an instance of anything.
      graphql$: require.resolve('graphql'),
      // All of it would bring a fetch, a cache, web sockets and their like, and with them ten megabytes.
      undici$: require.resolve('./scripts/build/undici.cjs'),
      '@apollo/subgraph$': require.resolve('./scripts/build/apollo-subgraph.cjs'),
    },
  },
  output: {
    dir: 'dist',
    format: 'esm',
    cleanDir: true,
    chunkFileNames: '[name]-[hash].js',
    // Node keeps the text of what it runs: without what only people read, and in ASCII, which takes a byte a character. Names stay, for
    // the frames of errors in the log.
    minify: { compress: { keepNames: { function: true, class: true } }, mangle: false, codegen: { asciiOnly: true } },
  },
})
