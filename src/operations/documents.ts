import { type DocumentNode, GraphQLError, type GraphQLSchema, specifiedRules, validate } from 'graphql'
import { LRUCache } from 'lru-cache'
import { type DocumentLimits, parseWithin } from '../limits/document.ts'
import { closedSchemaRules } from '../limits/introspection.ts'
import { errorOfRefusal, RefusedError } from '../requests/refused-error.ts'

/** A document that was read. */
export interface ReadDocument {
  /** `null`: it cannot be read. */
  readonly document: DocumentNode | null
  /** Why it is not executed. Empty: it is a valid one. */
  readonly errors: readonly GraphQLError[]
}

export interface DocumentOptions {
  readonly schema: GraphQLSchema
  readonly limits: DocumentLimits
  /** Whether nothing of the schema is shown: not to who asks for it, nor to who asks for what is not in it. */
  readonly isSchemaClosed: boolean
}

/** Characters of documents that are kept. */
const maxLength = 8_000_000

/**
 * Reads documents within the limits. What has been read before need not be read again: good and bad ones alike are kept, bounded by their
 * length, because a document may be as long as a body.
 */
export function createDocumentReader({
  schema,
  limits,
  isSchemaClosed,
}: DocumentOptions): (text: string) => ReadDocument {
  const known = new LRUCache<string, ReadDocument>({
    maxSize: maxLength,
    sizeCalculation: (_, text) => Math.max(text.length, 1),
  })
  const rules = isSchemaClosed ? [...specifiedRules, ...closedSchemaRules] : specifiedRules

  function read(text: string): ReadDocument {
    try {
      const document = parseWithin(limits, text)
      return {
        document,
        errors: validate(schema, document, rules, { hideSuggestions: isSchemaClosed }).map(asBadRequest),
      }
    } catch (error) {
      if (error instanceof RefusedError) return { document: null, errors: [errorOfRefusal(error.refusal)] }
      if (error instanceof GraphQLError) return { document: null, errors: [asBadRequest(error)] }
      throw error
    }
  }

  return (text) => {
    let answer = known.get(text)
    if (!answer) known.set(text, (answer = read(text)))
    return answer
  }
}

/** What is no operation of ours is a bad request, to clients that take the media type which says so (GraphQL over HTTP, 6.4). */
function asBadRequest(error: GraphQLError): GraphQLError {
  const { nodes, source, positions, path, originalError, extensions } = error
  return new GraphQLError(error.message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    originalError: originalError ?? null,
    extensions: { ...extensions, http: { spec: true, status: 400 } },
  })
}
