import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { capabilitiesDocument, capabilitiesPath } from '../../scripts/capabilities.ts'
import { rows } from './rows.ts'
import { kinds } from './world.ts'

test('docs/capabilities.md is what the adapters offer (npm run docs:capabilities writes it)', async () => {
  expect(await readFile(capabilitiesPath, 'utf8')).toBe(await capabilitiesDocument())
})

test('what the matrix says is what was tried', async () => {
  const document = await capabilitiesDocument()
  for (const [name, row] of Object.entries(rows)) {
    const cells = kinds.map((kind) => (row.at[kind] ? 'yes' : ''))
    expect(document).toContain(`| \`${name}\` | ${cells.join(' | ')} |`)
  }
})
