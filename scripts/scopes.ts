import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isObjectType } from 'graphql'
import { accessOfField, accessOfType, isOpenToEndUsers } from '../schema/access.ts'
import { schema } from '../schema/index.ts'
import { scopes } from '../src/access/scopes.ts'

/** Where the tables stand. */
export const securityPath = join(import.meta.dirname, '../docs/security.md')

const roots = ['Query', 'Mutation']

/** What only holds other things, and takes what they take. */
const isContainer = (name: string): boolean => /(?:Connection|Edge)$/.test(name)

const types = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter(({ name }) => !name.startsWith('_'))
  .toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** One line per scope: the types and fields that take it, and the mutations that do, by themselves or by a field of their input. */
function scopesTable(): string {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {})
  const lines = scopes.map((scope) => {
    const readable = types
      .filter(({ name }) => !roots.includes(name) && !isContainer(name))
      .flatMap((type) => {
        if (accessOfType(type).scopes.includes(scope)) return [type.name]
        const fields = Object.values(type.getFields()).filter((field) => accessOfField(field).scopes.includes(scope))
        return fields.map((field) => `${type.name}.${field.name}`)
      })
    const done = mutations.filter((field) => accessOfField(field).scopes.includes(scope)).map(({ name }) => name)
    const byInput = mutations.flatMap((field) =>
      (accessOfField(field).reaches ?? [])
        .filter((reach) => reach.scope === scope)
        .map((reach) => `${field.name}(${reach.field})`),
    )
    return [scope, ...[readable, done, byInput].map((names) => names.map((name) => `\`${name}\``).join(' '))]
  })
  return table(
    ['Scope', 'Opens', 'Allows', 'Needed beside another, by an input field'],
    lines.map(([scope, ...cells]) => [`\`${scope}\``, ...cells]),
  )
}

/** One line per type of which end users may have something. */
function endUserTable(): string {
  const lines = types
    .filter((type) => !isContainer(type.name) && accessOfType(type).endUser !== '*')
    .map((type) => ({
      name: type.name,
      fields: Object.values(type.getFields()).filter((field) => isOpenToEndUsers(type, field)),
    }))
    .filter(({ fields }) => fields.length > 0)
    .map(({ name, fields }) => [`\`${name}\``, fields.map((field) => `\`${field.name}\``).join(' ')])
  return table(['Type', 'Fields'], lines)
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** The document with the tables that the schema makes. */
export function withTables(document: string): string {
  const tables = { scopes: scopesTable(), 'end users': endUserTable() }
  return Object.entries(tables).reduce((text, [name, content]) => {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`]
    const [from, to] = [text.indexOf(begin), text.indexOf(end)]
    if (from < 0 || to < from) throw new Error(`docs/security.md has no place for ${name}`)
    return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`
  }, document)
}

if (import.meta.main) await writeFile(securityPath, withTables(await readFile(securityPath, 'utf8')))
