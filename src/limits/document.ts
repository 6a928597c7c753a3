import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  type Source,
} from 'graphql'
import type { Refusal } from '../requests/refusal.ts'
import { RefusedError } from '../requests/refused-error.ts'

/** What a document may look like. */
export interface DocumentLimits {
  /** Fields within fields. */
  readonly maxDepth: number
  /** Aliases that an operation has once its fragments stand in their places. */
  readonly maxAliases: number
  /** Fields of the query or mutation type, counted as aliases are. */
  readonly maxRootFields: number
  /** Directives, wherever they stand. */
  readonly maxDirectives: number
  /** Words and signs of the text. */
  readonly maxTokens: number
}

/** What an operation adds up to, its fragments included. */
interface Size {
  readonly depth: number
  readonly aliases: number
  readonly fields: number
  readonly directives: number
}

const empty: Size = { depth: 0, aliases: 0, fields: 0, directives: 0 }

/** Reads a document within the limits. Throws GraphQL's own error for bad syntax, and `RefusedError` for what is beyond a limit. */
export function parseWithin(limits: DocumentLimits, source: string | Source): DocumentNode {
  const document = parseBounded(limits, source)
  const refusal = refuseDocument(limits, document)
  if (refusal) throw new RefusedError(refusal)
  return document
}

function parseBounded({ maxTokens, maxDepth }: DocumentLimits, source: string | Source): DocumentNode {
  try {
    return parse(source, { maxTokens })
  } catch (error) {
    if (error instanceof GraphQLError && /contains more tha[nt] \d+ tokens/.test(error.message)) {
      throw new RefusedError(beyond('tokens', `more than ${maxTokens}`, maxTokens))
    }
    // Lists and objects within each other are read by functions within each other, until the stack is full.
    if (error instanceof RangeError) throw new RefusedError(beyond('levels', 'far more', maxDepth))
    throw error
  }
}

/** The first limit that a document is beyond. Takes time linear in the document: each fragment is looked at once, however often it is spread. */
export function refuseDocument(limits: DocumentLimits, document: DocumentNode): Refusal | null {
  const fragments = new Map<string, FragmentDefinitionNode>()
  const operations: OperationDefinitionNode[] = []
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
    else if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition)
  }
  const sizes = new Map<string, Size>()

  function sizeOf({ selections }: SelectionSetNode): Size {
    let { depth, aliases, fields, directives } = empty
    const spread = new Set<string>()
    for (const node of selections) {
      directives += node.directives?.length ?? 0
      if (node.kind === Kind.FIELD) {
        const inner = node.selectionSet ? sizeOf(node.selectionSet) : empty
        depth = Math.max(depth, inner.depth + 1)
        aliases += inner.aliases + (node.alias ? 1 : 0)
        directives += inner.directives
        fields += 1
      } else {
        // Spread a second time beside itself, a fragment adds nothing.
        const name = node.kind === Kind.FRAGMENT_SPREAD ? node.name.value : null
        if (name !== null && spread.has(name)) continue
        if (name !== null) spread.add(name)
        const inner = node.kind === Kind.INLINE_FRAGMENT ? sizeOf(node.selectionSet) : sizeOfFragment(node.name.value)
        depth = Math.max(depth, inner.depth)
        aliases += inner.aliases
        fields += inner.fields
        directives += inner.directives
      }
    }
    return { depth, aliases, fields, directives }
  }

  function sizeOfFragment(name: string): Size {
    const known = sizes.get(name)
    if (known) return known
    const fragment = fragments.get(name)
    // One within itself has no size; validation says so.
    sizes.set(name, empty)
    const size = fragment ? sizeOf(fragment.selectionSet) : empty
    const own = fragment?.directives?.length ?? 0
    const whole = { ...size, directives: size.directives + own }
    sizes.set(name, whole)
    return whole
  }

  for (const { selectionSet, directives = [] } of operations) {
    const size = sizeOf(selectionSet)
    if (size.depth > limits.maxDepth) return beyond('levels', size.depth, limits.maxDepth)
    if (size.aliases > limits.maxAliases) return beyond('aliases', size.aliases, limits.maxAliases)
    if (size.fields > limits.maxRootFields) return beyond('root fields', size.fields, limits.maxRootFields)
    const all = size.directives + directives.length
    if (all > limits.maxDirectives) return beyond('directives', all, limits.maxDirectives)
  }
  return null
}

/** Fragments within fragments add up to numbers that are only of interest for being too large. */
const uncounted = 1_000_000

function beyond(what: string, found: number | string, max: number): Refusal {
  const count = typeof found === 'number' && found > uncounted ? 'more than a million' : found
  const message = `The operation has ${count} ${what}, and at most ${max} are allowed`
  return { status: 400, code: 'BAD_USER_INPUT', message, headers: {} }
}
