import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getDirectiveValues,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  isCompositeType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import type { Scope } from '../src/access/scopes.ts'
import { accessOfField, accessOfType, isOpenToEndUsers } from './access.ts'

/** One thing that an operation asks for: a field, or that something is of a certain type. */
export interface Asked {
  /** The names of the fields from the root to here. */
  readonly path: readonly string[]
  readonly scopes: readonly Scope[]
  readonly isOpenToEndUsers: boolean
  /** `null`: it is a type that was asked about. */
  readonly field: GraphQLField<unknown, unknown> | null
  readonly node: FieldNode | null
}

/** What tells about the schema itself. */
const introspectionFields: ReadonlySet<string> = new Set(['__schema', '__type', '_service'])

/**
 * All that an operation asks for. `variables`: with these (coerced) values, which may leave parts of it out; `null`: whatever they are.
 * Each fragment is walked once, however often it is spread: what it asks for is the same everywhere. The document is a valid one.
 */
export function askedFields(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | null,
): readonly Asked[] {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const seen = new Set<string>()
  const asked: Asked[] = []
  const root = schema.getRootType(operation.operation)
  if (root) walk(root, operation.selectionSet, [])
  return asked

  function walk(type: GraphQLCompositeType, { selections }: SelectionSetNode, path: readonly string[]): void {
    for (const selection of selections) {
      if (variables && isLeftOut(selection, variables)) continue
      switch (selection.kind) {
        case Kind.FIELD:
          askField(type, selection, path)
          break
        case Kind.INLINE_FRAGMENT:
          narrow(type, selection.typeCondition, selection.selectionSet, path)
          break
        case Kind.FRAGMENT_SPREAD: {
          const name = selection.name.value
          const fragment = seen.has(name) ? undefined : fragments.get(name)
          seen.add(name)
          if (fragment) narrow(type, fragment.typeCondition, fragment.selectionSet, path)
        }
      }
    }
  }

  /** To ask for a field of a type is also to ask whether something is of that type. */
  function narrow(
    type: GraphQLCompositeType,
    condition: NamedTypeNode | undefined,
    selectionSet: SelectionSetNode,
    path: readonly string[],
  ): void {
    const narrowed = condition ? schema.getType(condition.name.value) : type
    if (!isCompositeType(narrowed)) throw new Error('a fragment on what has no fields passed validation')
    if (narrowed !== type && isObjectType(narrowed)) {
      const { scopes } = accessOfType(narrowed)
      asked.push({ path, scopes, isOpenToEndUsers: true, field: null, node: null })
    }
    walk(narrowed, selectionSet, path)
  }

  function askField(type: GraphQLCompositeType, node: FieldNode, above: readonly string[]): void {
    const name = node.name.value
    if (name === '__typename') return
    const path = [...above, name]
    if (introspectionFields.has(name)) {
      asked.push({ path, scopes: [], isOpenToEndUsers: false, field: null, node })
      return
    }
    const field = 'getFields' in type ? type.getFields()[name] : undefined
    if (!field) throw new Error('a field that there is not passed validation')
    const result = getNamedType(field.type)
    const scopes = [...accessOfField(field).scopes, ...accessOfType(result).scopes]
    asked.push({ path, scopes, isOpenToEndUsers: isOpenToEndUsers(type, field), field, node })
    if (node.selectionSet && isCompositeType(result)) walk(result, node.selectionSet, path)
  }
}

function isLeftOut(node: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  if (!node.directives || node.directives.length === 0) return false
  return (
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] === true ||
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] === false
  )
}
