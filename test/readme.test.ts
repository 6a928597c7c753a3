import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../src/config.ts'
import { providerDefinitions } from '../src/providers/index.ts'
import { sandboxEnvironment } from '../src/sandbox/sandbox.ts'
import { issuerVariables } from '../src/settings/issuers.ts'
import { createTestGateway } from './support/gateway.ts'
import { connectAll } from './support/sandbox.ts'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '')

describe('the README', () => {
  it('shows a query and the answer that it has on the sandbox', async () => {
    const body = /-d '(\{"query".*\})'/.exec(readme)?.[1] ?? ''
    const { query } = JSON.parse(body) as { query: string }
    const [answer = ''] = blocks('json')
    const connected = await connectAll()
    try {
      const { data, errors } = await createTestGateway(connected.providers).query(query)
      expect({ data, errors }).toEqual({ ...(JSON.parse(answer) as object), errors: [] })
    } finally {
      await connected.close()
    }
  })

  it('shows a config file that is accepted', () => {
    const file: unknown = JSON.parse(blocks('json').find((block) => block.includes('"apiKeys"')) ?? '')
    const environment = { CUSTOMERS_AUTH0_SECRET: 'secret', STAFF_CLERK_KEY: 'sk_test_secret' }
    const config = readConfig({ environment, file, definitions: providerDefinitions })
    expect(config.providers.map(({ name }) => name)).toEqual(['customers', 'staff'])
  })

  it('shows issuers that are accepted', () => {
    const file: unknown = JSON.parse(blocks('json').find((block) => block.includes('"issuers"')) ?? '')
    const environment = sandboxEnvironment('http://127.0.0.1:4010')
    expect(readConfig({ environment, file, definitions: providerDefinitions }).issuers).toHaveLength(3)
  })

  it('names every variable that a provider reads', () => {
    for (const definition of Object.values(providerDefinitions)) {
      for (const variable of Object.keys(definition.environment)) expect(readme).toContain(variable)
    }
  })

  it('names every variable that says whose tokens are accepted', () => {
    for (const variable of Object.values(issuerVariables)) expect(readme).toContain(`\`${variable}\``)
  })

  it('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\((?!http)([^)#]+)\)/g)].map((match) => match[1] ?? '')
    expect(links.length).toBeGreaterThan(3)
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([])
  })
})

describe('.env.example', () => {
  it('lists every variable that configures a provider, but for the addresses of sandboxes', () => {
    const example = readFileSync(join(root, '.env.example'), 'utf8')
    for (const definition of Object.values(providerDefinitions)) {
      for (const variable of Object.keys(definition.environment)) {
        if (!variable.endsWith('_BASE_URL')) expect(example).toContain(`${variable}=`)
      }
    }
  })
})
