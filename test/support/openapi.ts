import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { parse as parseYaml } from 'yaml'
import type { VendorName } from '../../src/sandbox/people.ts'

/** A vendor's API description, as far as answers can be held against it. */
export interface OpenApi {
  /** What is wrong with an answer, one line each; empty: nothing. `template` is spelled as in the description, `body` is `undefined` for none. */
  validateResponse(method: string, template: string, status: number, body: unknown): string[]
  /** Whether the description gives a schema for a successful answer of this route. */
  hasResponseSchema(method: string, template: string): boolean
}

/** A method and a path template. */
export type Route = readonly [method: string, template: string]

type JsonObject = Readonly<Record<string, unknown>>

const fileNames: Readonly<Record<VendorName, string>> = {
  monocloud: 'monocloud.openapi.json',
  auth0: 'auth0.openapi.json',
  clerk: 'clerk.openapi.yml',
  'app-services': 'app-services.openapi.json',
}

const folder = process.env['VENDOR_DOCUMENTS']

/** Whether the folder of the vendors' documents is known; without it they cannot be read. */
export const hasVendorDocuments = Boolean(folder)

/** Why they are skipped without it; part of the name of a group of such tests: `describe.skipIf(!hasVendorDocuments)`. */
export const needsVendorDocuments = "needs VENDOR_DOCUMENTS, the folder of the vendors' documents"

/** The routes that the product has to reach (`must`) and those that it may leave out, from `coverage.json`. */
export function loadCoverage(vendor: VendorName): { readonly must: readonly Route[]; readonly may: readonly Route[] } {
  const coverage = JSON.parse(readDocument('coverage.json')) as Readonly<
    Record<VendorName, { must: Route[]; may: Route[] }>
  > // the file has no other shape
  return coverage[vendor]
}

export function loadOpenApi(vendor: VendorName): OpenApi {
  const fileName = fileNames[vendor]
  const text = readDocument(fileName)
  const parsed: unknown = fileName.endsWith('.json') ? JSON.parse(text) : parseYaml(text)
  const document = withoutNullable(parsed) as JsonObject // an OpenAPI document is an object
  // Descriptions carry keywords and formats of their own, which say nothing about validity.
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false, validateSchema: false })
  addFormats.default(ajv)
  ajv.addSchema(document, vendor)

  /** The answers of a route, by status, range (`2XX`) or `default`. */
  const responsesOf = (method: string, template: string): JsonObject | null =>
    at(document, ['paths', template, method.toLowerCase(), 'responses'])

  const responseOf = (responses: JsonObject, key: string): { path: readonly string[]; value: JsonObject } | null => {
    const value = at(responses, [key])
    if (!value) return null
    const reference = value['$ref']
    if (typeof reference !== 'string') return { path: [key], value }
    const path = reference.slice(2).split('/')
    const referred = at(document, path)
    return referred && { path, value: referred }
  }

  /** A JSON pointer to the schema of an answer's body, `null` when it has none. */
  const schemaPointer = (method: string, template: string, key: string): string | null => {
    const responses = responsesOf(method, template)
    const response = responses && responseOf(responses, key)
    if (!response) return null
    const mediaType = Object.keys(at(response.value, ['content']) ?? {}).find((type) => type.includes('json'))
    if (mediaType === undefined || !at(response.value, ['content', mediaType, 'schema'])) return null
    const start = response.path.length === 1 ? ['paths', template, method.toLowerCase(), 'responses'] : []
    return pointer([...start, ...response.path, 'content', mediaType, 'schema'])
  }

  return {
    validateResponse(method, template, status, body) {
      const responses = responsesOf(method, template)
      if (!responses) return [`${method} ${template} is not described`]
      const key = [String(status), `${Math.floor(status / 100)}XX`, 'default'].find((name) => name in responses)
      if (key === undefined) return [`${method} ${template} has no answer with status ${status}`]
      const reference = schemaPointer(method, template, key)
      if (reference === null) return body === undefined ? [] : [`${status} has no described body`]
      const validate = ajv.getSchema(vendor + reference)
      if (!validate) throw new Error(`${fileName} has no schema at ${reference}`)
      if (validate(body)) return []
      return (validate.errors ?? []).map(
        (error) => `${error.instancePath || '/'} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
      )
    },
    hasResponseSchema(method, template) {
      const keys = Object.keys(responsesOf(method, template) ?? {})
      return keys.some((key) => key.startsWith('2') && schemaPointer(method, template, key) !== null)
    },
  }
}

function readDocument(fileName: string): string {
  if (!folder) throw new Error("VENDOR_DOCUMENTS does not name the folder of the vendors' documents")
  return readFileSync(join(folder, fileName), 'utf8')
}

function at(value: JsonObject, path: readonly string[]): JsonObject | null {
  let current: unknown = value
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return null
    current = (current as JsonObject)[key] // an object, just checked
  }
  return typeof current === 'object' && current !== null ? (current as JsonObject) : null // an object, just checked
}

function pointer(path: readonly string[]): string {
  return `#/${path.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`
}

/** OpenAPI 3.0 says `nullable: true` where JSON Schema has a type `null`. */
function withoutNullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNullable)
  if (typeof value !== 'object' || value === null) return value
  const converted = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutNullable(member)]))
  if (converted['nullable'] !== true) return converted
  const { nullable: _, ...schema } = converted
  return { anyOf: [schema, { type: 'null' }] }
}
