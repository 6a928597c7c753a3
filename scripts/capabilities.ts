import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createPublicSchema } from '../schema/index.ts'
import { isOfferedBy } from '../schema/mutations/define.ts'
import type { IdentityProvider } from '../src/identity/provider.ts'
import { providerDefinitions, readConfig } from '../src/index.ts'
import { sandboxEnvironment } from '../src/sandbox/sandbox.ts'

/** Where the matrix stands. */
export const capabilitiesPath = join(import.meta.dirname, '../docs/capabilities.md')

const names = { monocloud: 'MonoCloud', auth0: 'Auth0', clerk: 'Clerk', 'app-services': 'App Services' } as const

/** The matrix of mutations and providers, made from what the adapters have. Calls no provider. */
export async function capabilitiesDocument(): Promise<string> {
  const { providers: configs } = readConfig({
    environment: sandboxEnvironment('http://127.0.0.1'),
    definitions: providerDefinitions,
  })
  const connected = await Promise.all(configs.map(({ definition, settings }) => definition.connect(settings, {})))
  const providers = connected.map(({ provider }) => provider)
  const fields = Object.values(createPublicSchema({ hasNodeFields: true }).getMutationType()?.getFields() ?? {})
  const document = documentOf(
    providers,
    fields.map((field) => ({
      name: field.name,
      offered: providers.map((provider) => isOfferedBy(provider, field)),
    })),
  )
  await Promise.all(connected.map((connection) => connection.close()))
  return document
}

interface Line {
  readonly name: string
  /** In the order of the providers. */
  readonly offered: readonly boolean[]
}

function documentOf(providers: readonly IdentityProvider[], lines: readonly Line[]): string {
  const counts = providers.map((_, index) => String(lines.filter(({ offered }) => offered[index]).length))
  const rows = [
    ['Mutation', ...providers.map(({ kind }) => names[kind])],
    ['---', ...providers.map(() => '---')],
    ...lines.map(({ name, offered }) => [`\`${name}\``, ...offered.map((isOffered) => (isOffered ? 'yes' : ''))]),
    [`${lines.length} in all`, ...counts],
  ]
  return `# Which mutation works where

Made from the adapters by \`npm run docs:capabilities\`; a test holds that it is current. Where a field is empty, the mutation answers
\`errors: [{ code: UNSUPPORTED }]\` and makes no call. \`IdentityProvider.capabilities\` tells it of a running gateway, in one word where
several mutations go together. What a provider offers may still be refused for some arguments (\`UNSUPPORTED\` with the \`path\` of the
argument) or by its plan (\`PLAN_REQUIRED\`).

${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`
}

if (import.meta.main) await writeFile(capabilitiesPath, await capabilitiesDocument())
