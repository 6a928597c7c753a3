import { readFile, writeFile } from 'node:fs/promises'
import { type CodegenConfig, generate } from '@graphql-codegen/cli'
import { printSdl } from './schema/print.ts'

/**
 * Prints the schema and types the operations that tests use. `node codegen.ts --check` writes nothing and ends with 1 when a committed
 * file differs from what would be written.
 */
const publicSdl = printSdl({ isSubgraph: false, hasNodeFields: true })
const subgraphSdl = printSdl({ isSubgraph: true, hasNodeFields: true })

const operations: CodegenConfig = {
  schema: publicSdl, // printed, because the generator's own copy of graphql would not take our schema object
  documents: 'test/operations/*.graphql',
  silent: true,
  generates: {
    'test/generated/operations.ts': {
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        documentMode: 'string',
        scalars: { DateTime: 'string', JSON: 'unknown' },
      },
    },
  },
}

interface Output {
  readonly filename: string
  readonly content: string
}

const generated = (await generate(operations, false)) as Output[] // what it answers when it writes nothing
const outputs: Output[] = [
  { filename: 'schema/schema.graphql', content: publicSdl },
  { filename: 'schema/subgraph.graphql', content: subgraphSdl },
  ...generated,
]

if (process.argv.includes('--check')) {
  const stale: string[] = []
  for (const { filename, content } of outputs) {
    const committed = await readFile(filename, 'utf8').catch(() => null)
    if (committed !== content) stale.push(filename)
  }
  for (const filename of stale) console.error(`${filename} is not what the schema prints: run npm run codegen`)
  process.exitCode = stale.length === 0 ? 0 : 1
} else {
  for (const { filename, content } of outputs) await writeFile(filename, content)
}
