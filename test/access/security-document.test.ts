import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { securityPath, withTables } from '../../scripts/scopes.ts'

const document = readFileSync(securityPath, 'utf8')

test('docs/security.md says of scopes and end users what the schema declares (npm run docs:scopes writes it)', () => {
  expect(document).toBe(withTables(document))
})

test('docs/security.md names tests and pages that are there', () => {
  const root = join(import.meta.dirname, '../..')
  const named = [...document.matchAll(/`(test\/[\w/.-]+)`|\]\(([^)#]+)\)/g)].map(([, file, link]) =>
    file === undefined ? join('docs', link ?? '') : file,
  )
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
})
