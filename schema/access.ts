import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql'
import { ForbiddenError } from '../src/access/forbidden.ts'
import type { Scope } from '../src/access/scopes.ts'
import type { Providers, RequestContext } from '../src/context.ts'
import { listOf } from './refusals.ts'

/**
 * Who may have what is declared once, beside each type and field, as an extension. Enforcement (`authorize.ts`), the directives of the
 * subgraph (`access-directives.ts`) and the table in docs/security.md all follow from that.
 *
 * A field is to be had by who holds the scopes of the field, and those of the type that it answers. A type declares for all of its fields;
 * the fields of Query and Mutation declare for themselves. A schema in which one of them does not is not built.
 */
const extension = 'access'

/** What it takes to have anything at all of a type. */
export interface TypeAccess {
  /** All of them are needed. Empty: whoever got as far as this may have it. */
  readonly scopes: readonly Scope[]
  /** The fields that an end user may have of what is below `viewer`; `*`: all, of what only holds other things. Left out: none. */
  readonly endUser?: readonly string[] | '*'
}

/** What a field takes beside what its type takes. */
export interface FieldAccess {
  readonly scopes: readonly Scope[]
  /** Of a field of Query or Mutation: whether it is open to end users. */
  readonly endUser?: boolean
  /** Of a mutation: the input fields that reach further than the mutation itself. */
  readonly reaches?: readonly InputReach[]
}

/** An input field with which a mutation does what takes another scope. */
export interface InputReach<Input = never> {
  readonly field: keyof Input & string
  readonly scope: Scope
  /** Whether it does with this input. `input` is as the client gave it, with defaults, and may be wrong in other ways. */
  readonly when: (input: Input, providers: Providers) => boolean
}

/** The extensions of a type or field that declares what it takes to have it. */
export function access(declared: TypeAccess | FieldAccess): Record<string, unknown> {
  return { [extension]: declared }
}

/** For what says nothing by itself, such as the parts of a page: whoever may have what leads to it may have it. */
export const asReached: Record<string, unknown> = access({ scopes: [] })

/** As `asReached`, also for end users. */
export const asReachedByAnybody: Record<string, unknown> = access({ scopes: [], endUser: '*' })

const nothing = { scopes: [] } as const

/** What a type takes; scalars and unions take nothing. */
export function accessOfType(type: GraphQLNamedType): TypeAccess {
  return (type.extensions[extension] as TypeAccess | undefined) ?? nothing // set by `access` alone
}

/** What a field takes by its own declaration. */
export function accessOfField(field: GraphQLField<unknown, unknown>): FieldAccess {
  return (field.extensions[extension] as FieldAccess | undefined) ?? nothing // as above
}

/** Whether an end user may have this field of what is their own. */
export function isOpenToEndUsers(type: GraphQLNamedType, field: GraphQLField<unknown, unknown>): boolean {
  const { endUser = [] } = accessOfType(type)
  return accessOfField(field).endUser === true || endUser === '*' || endUser.includes(field.name)
}

/** Refuses a record of a type that the caller may not have, where the type showed only when the record was found. */
export function requireType(schema: GraphQLSchema, typename: string, { caller }: RequestContext): void {
  const type = schema.getType(typename)
  const missing = type ? accessOfType(type).scopes.filter((scope) => !caller.scopes.has(scope)) : []
  if (missing.length > 0) throw new ForbiddenError(`This caller lacks ${listOf(missing)} (for a ${typename})`, missing)
}

/** Declares for a field that a library made. */
export function declareAccess(field: GraphQLField<unknown, unknown>, declared: FieldAccess): void {
  field.extensions = { ...field.extensions, [extension]: declared }
}

/** Throws for a schema in which something does not say what it takes. */
export function requireDeclarations(schema: GraphQLSchema): void {
  const roots = new Set<unknown>([schema.getQueryType(), schema.getMutationType()])
  const undeclared: string[] = []
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || !(isObjectType(type) || isInterfaceType(type)) || type.name === '_Service')
      continue
    const fields = type.getFields()
    if (roots.has(type)) {
      const open = Object.values(fields).filter(({ extensions }) => extensions[extension] === undefined)
      undeclared.push(...open.map(({ name }) => `${type.name}.${name}`))
    } else if (type.extensions[extension] === undefined) {
      undeclared.push(type.name)
    }
    const { endUser = [] } = accessOfType(type)
    const unknown = endUser === '*' ? [] : endUser.filter((name) => !fields[name])
    undeclared.push(...unknown.map((name) => `${type.name}.${name} (no such field)`))
  }
  if (undeclared.length > 0) throw new Error(`nothing says who may have: ${undeclared.join(', ')}`)
}
