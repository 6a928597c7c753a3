import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'
import { accessOfField, accessOfType, isOpenToEndUsers } from '../../schema/access.ts'
import type { Scope } from '../../src/access/scopes.ts'
import { encodeGlobalId, type GlobalIdType } from '../../src/identity/global-id.ts'

type Field = GraphQLField<unknown, unknown>

/** One step of a way through the schema. */
interface Step {
  readonly type: GraphQLObjectType
  readonly field: Field
}

/** The shortest way from a root field to a field. */
export interface Way {
  /** `query user > User.privateMetadata` */
  readonly name: string
  readonly steps: readonly [Step, ...Step[]]
}

/** Every way from this root field: to each field of each type that can be reached, by the shortest. */
export function waysFrom(schema: GraphQLSchema, root: GraphQLObjectType, field: Field): readonly Way[] {
  const first: Step = { type: root, field }
  const start: Way = { name: nameOf([first]), steps: [first] }
  const ways = [start]
  const seen = new Set<GraphQLObjectType>()
  for (const way of ways) {
    const last = way.steps.at(-1) ?? first
    for (const type of objectTypesOf(schema, getNamedType(last.field.type))) {
      if (seen.has(type)) continue
      seen.add(type)
      for (const next of Object.values(type.getFields())) {
        const steps: Way['steps'] = [...way.steps, { type, field: next }]
        ways.push({ name: nameOf(steps), steps })
      }
    }
  }
  return ways
}

function nameOf(steps: readonly Step[]): string {
  return steps.map(({ type, field }) => `${type.name}.${field.name}`).join(' > ')
}

function objectTypesOf(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] {
  if (isAbstractType(type)) return schema.getPossibleTypes(type)
  return isCompositeType(type) ? [type as GraphQLObjectType] : [] // neither interface nor union
}

/** The scopes that the declarations along the way say are needed, without what an input adds. */
export function scopesOf(schema: GraphQLSchema, { steps }: Way): ReadonlySet<Scope> {
  const along = steps.flatMap(({ type, field }) => [type, getNamedType(field.type)])
  const [{ field }] = steps
  const looked = isAbstractType(getNamedType(field.type)) ? schema.getType(typeNodeOf(steps)) : undefined
  return new Set([
    ...[...along, ...(looked ? [looked] : [])].flatMap((type) => accessOfType(type).scopes),
    ...steps.flatMap((step) => accessOfField(step.field).scopes),
  ])
}

/** Whether all along the way is declared to be open to end users. */
export function isOpenWay({ steps }: Way): boolean {
  return steps.every(({ type, field }) => isOpenToEndUsers(type, field))
}

/** What the arguments of an operation are about. */
export interface Subject {
  readonly provider: string
  /** Global ids, by type. */
  readonly ids: Readonly<Partial<Record<GlobalIdType, string>>>
}

export function subjectAt(provider: string): Subject {
  const idOf = (type: GlobalIdType, ...parts: (string | null)[]): string => encodeGlobalId({ type, provider, parts })
  const user = 'user|7'
  return {
    provider,
    ids: {
      User: idOf('User', user),
      Group: idOf('Group', 'group 1'),
      Session: idOf('Session', 'session 7 0', user),
      Grant: idOf('Grant', 'consent 7 0', 'consent', user, 'app', null),
      IdentityProvider: idOf('IdentityProvider'),
      EmailAddress: idOf('EmailAddress', user, 'User.7@example.test'),
      PhoneNumber: idOf('PhoneNumber', user, '+442071234567'),
      LinkedIdentity: idOf('LinkedIdentity', user, 'identity'),
      Authenticator: idOf('Authenticator', user, 'authenticator'),
    },
  }
}

/** An operation that goes this way and asks for nothing else. Inputs hold no more than what is required. */
export function operationOf(schema: GraphQLSchema, { steps }: Way, subject: Subject): string {
  const [{ type: root }] = steps
  const body = steps.toReversed().reduce((below, { type, field }, index) => {
    const isComposite = isCompositeType(getNamedType(field.type))
    const selection = below === '' ? (isComposite ? ' { __typename }' : '') : ` { ${below} }`
    const text = `${field.name}${argumentsOf(field, typeNodeOf(steps), subject)}${selection}`
    return index === steps.length - 1 ? text : `... on ${type.name} { ${text} }`
  }, '')
  // A file cannot stand in a document.
  const variables = body.includes('$file') ? '($file: File!) ' : ''
  return `${root === schema.getMutationType() ? 'mutation' : 'query'} ${variables}{ ${body} }`
}

/** The type of record that is looked up behind `node` and `_entities`. */
function typeNodeOf(steps: Way['steps']): string {
  return steps[1]?.type.name ?? 'User'
}

function argumentsOf(field: Field, typename: string, subject: Subject): string {
  const required = field.args.filter(isRequiredArgument)
  if (required.length === 0) return ''
  const typeOfId = isAbstractType(getNamedType(field.type)) ? typename : getNamedType(field.type).name
  return `(${required.map(({ name, type }) => `${name}: ${valueOf(name, type, { field: field.name, typeOfId, subject })}`).join(', ')})`
}

interface Place {
  /** The field whose argument it is. */
  readonly field: string
  readonly typeOfId: string
  readonly subject: Subject
}

/** A literal that passes the checks of this argument or input field, as far as they do not matter here. */
function valueOf(name: string, type: GraphQLInputType, place: Place): string {
  if (isNonNullType(type)) return valueOf(name, type.ofType, place)
  if (isListType(type)) return `[${valueOf(name, type.ofType, place)}]`
  if (isEnumType(type)) return type.getValues()[0]?.name ?? ''
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(isRequiredInputField)
    return `{ ${fields.map((field) => `${field.name}: ${valueOf(field.name, field.type, place)}`).join(', ')} }`
  }
  const { field, typeOfId, subject } = place
  switch (type.name) {
    case 'ID':
      return JSON.stringify(subject.ids[typeOfIdIn(name, field, typeOfId)] ?? '')
    case '_Any':
      return `{ __typename: ${JSON.stringify(typeOfId)}, id: ${JSON.stringify(subject.ids[typeOfId as GlobalIdType])} }`
    case 'File':
      return '$file'
    case 'Boolean':
      return 'true'
    default:
      return JSON.stringify(name === 'provider' || field === 'provider' ? subject.provider : 'User.7@example.test')
  }
}

/** Of which type the id is that this argument takes. */
function typeOfIdIn(name: string, field: string, typeOfId: string): GlobalIdType {
  const named: Readonly<Record<string, GlobalIdType>> = {
    userId: 'User',
    secondaryUserId: 'User',
    groupId: 'Group',
    emailId: 'EmailAddress',
    phoneId: 'PhoneNumber',
    identityId: 'LinkedIdentity',
    authenticatorId: 'Authenticator',
  }
  if (named[name]) return named[name]
  if (!typeOfId.endsWith('Payload')) return typeOfId as GlobalIdType // a type of nodes
  return (['Session', 'Grant', 'Group'] as const).find((type) => field.includes(type)) ?? 'User'
}
