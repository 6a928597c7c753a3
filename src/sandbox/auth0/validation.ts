import { z } from 'zod'
import { Refusal } from './refusal.ts'

/** What the vendor says of a parameter behind its name (auth0.md 3.1), where its API description has a text for it. */
const descriptions: Readonly<Record<string, string>> = {
  page: 'Page index of the results to return. First page is 0',
  per_page: 'Number of results per page',
  take: 'Number of results per page. Defaults to 50',
  from: 'Optional Id from which to start selection',
  include_totals:
    'Return results inside an object that contains the total result count (true) or as a direct array of results (false, default)',
  email: "The user's email",
  connection: 'Name of the connection this user should be created in',
}

/** A whole number in a query or a path. */
export function integerParameter(minimum: number, maximum?: number): z.ZodType<number, string> {
  const bounds = z.number().min(minimum)
  return z
    .string()
    .regex(/^-?\d+$/, { error: (issue) => `Expected type integer but found type string: ${text(issue.input)}` })
    .transform(Number)
    .pipe(maximum === undefined ? bounds : bounds.max(maximum))
}

/** A whole number in a body. */
export function integerMember(minimum: number): z.ZodType<number> {
  return z.int().min(minimum)
}

/** `true` or `false` in a query. */
export const flagParameter = z
  .enum(['true', 'false'], { error: 'Expected type boolean but found type string' })
  .transform((value) => value === 'true')

/** Whose value passes the test, or is refused in the words of the vendor's validator. */
export function format(name: string, test: (value: string) => boolean): z.ZodType<string> {
  return z
    .string()
    .refine(test, { error: (issue) => `Object didn't pass validation for format ${name}: ${text(issue.input)}` })
}

/** A provider, a pipe and any text (auth0.md 5.1). */
export const userId = format('user-id', (id) => id.length <= 300 && /^[^|]+\|[^]+$/.test(id))
/** As loose as addresses are. */
export const emailAddress = format('email', (address) => /^[^\s@]+@[^\s@]+$/.test(address))
/** Absolute, of any scheme. */
export const url = format('url', (address) => URL.canParse(address))

/** Checks a query. Other parameters than the schema's are refused, as are those given twice. */
export function readQuery<Schema extends z.ZodType>(schema: Schema, query: URLSearchParams): z.infer<Schema> {
  const members: Record<string, unknown> = {}
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name)
    members[name] = values.length > 1 ? values : values[0]
  }
  return read(schema, members, 'Query', 'invalid_query_string')
}

/** Checks path parameters. */
export function readPath<Schema extends z.ZodType>(
  schema: Schema,
  params: Readonly<Record<string, string>>,
): z.infer<Schema> {
  return read(schema, params, 'Path', 'invalid_uri')
}

/** A body that was left out is checked as an empty one: the vendor's package leaves out bodies without members. */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  return read(schema, body ?? {}, 'Payload', 'invalid_body')
}

function read<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  part: 'Query' | 'Path' | 'Payload',
  errorCode: string,
): z.infer<Schema> {
  const result = schema.safeParse(value, { reportInput: true })
  if (result.success) return result.data
  const [issue] = result.error.issues
  if (!issue) throw new Error('a failed check without an issue')
  throw new Refusal(400, `${part} validation error: '${why(issue)}'${where(issue, part)}.`, errorCode)
}

/** In the words of z-schema, which the vendor validates with. */
function why(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `Additional properties not allowed: ${issue.keys.join(',')}`
    case 'invalid_type':
      return issue.input === undefined
        ? `Missing required property: ${String(issue.path.at(-1))}`
        : `Expected type ${issue.expected === 'record' ? 'object' : issue.expected} but found type ${typeName(issue.input)}`
    case 'too_small':
      return size(issue.origin, issue.input, issue.minimum, 'short', 'less', 'minimum')
    case 'too_big':
      return size(issue.origin, issue.input, issue.maximum, 'long', 'greater', 'maximum')
    case 'invalid_value':
      return issue.input === undefined
        ? `Missing required property: ${String(issue.path.at(-1))}`
        : isOwnMessage(issue.message)
          ? issue.message
          : `No enum match for: ${text(issue.input)}`
    case 'invalid_format':
      return isOwnMessage(issue.message)
        ? issue.message
        : `String does not match pattern ${String(issue.pattern).replaceAll(/^\/|\/$/g, '')}: ${text(issue.input)}`
    case 'custom':
      return issue.message
    default:
      return 'Data does not match any schemas from "anyOf"'
  }
}

/** Whether the schema gave a message, instead of zod. */
function isOwnMessage(message: string): boolean {
  return message.startsWith('Expected type')
}

function size(
  origin: string,
  input: unknown,
  limit: number | bigint,
  adjective: string,
  comparison: string,
  bound: string,
): string {
  if (typeof input === 'number') return `Value ${input} is ${comparison} than ${bound} ${limit}`
  const length = typeof input === 'string' || Array.isArray(input) ? input.length : 0
  return origin === 'string'
    ? `String is too ${adjective} (${length} chars), ${bound} ${limit}`
    : `Array is too ${adjective} (${length}), ${bound} ${limit}`
}

function where(issue: z.core.$ZodIssue, part: 'Query' | 'Path' | 'Payload'): string {
  const isOfWhole =
    issue.code === 'unrecognized_keys' ||
    ((issue.code === 'invalid_type' || issue.code === 'invalid_value') && issue.input === undefined)
  const path = isOfWhole && issue.code !== 'unrecognized_keys' ? issue.path.slice(0, -1) : issue.path
  if (path.length === 0) return part === 'Query' ? '' : ' on property <root>'
  const name = String(path[0])
  const description = descriptions[name]
  return ` on property ${path.map(String).join('.')}${description === undefined ? '' : ` (${description})`}`
}

function text(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input)
}

function typeName(input: unknown): string {
  if (input === null) return 'null'
  if (Array.isArray(input)) return 'array'
  return typeof input === 'number' && Number.isInteger(input) ? 'integer' : typeof input
}
