import type { FieldMap, ObjectRef } from '@pothos/core'
import type { RequestContext } from '../src/context.ts'
import { createSealer, openCursor, sealCursor } from '../src/directory/cursor.ts'
import type { MissingPart } from '../src/directory/part.ts'
import { type Edge, edgeAt, type Page, type PageRequest } from '../src/identity/page.ts'
import { type FieldCost, items } from '../src/limits/cost/field-cost.ts'
import { access, asReachedByAnybody, type TypeAccess } from './access.ts'
import { checkedFirst, type PageArguments } from './arguments.ts'
import { builder, type SchemaTypes } from './builder.ts'
import { ProviderFailureRef } from './provider-failure.ts'

type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>

/** A page on its way to a client. */
export interface Connection<Item> {
  /** Made when they are looked at: most queries select nodes alone. */
  readonly edges: readonly Edge<Item>[]
  readonly items: readonly Item[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly missing: readonly MissingPart[]
  /** Where to try again when the page is empty because something is missing; otherwise `null`. */
  readonly retryCursor: string | null
  /** Length of the whole list. Asked for only when it is selected. */
  total(): Promise<number | null>
}

export interface ReadOptions<Item, Result extends ListPage<Item> | null = ListPage<Item>> {
  /** Names the list with everything that changes what it holds, but neither page size nor cursor. */
  readonly list: readonly unknown[]
  readonly args: PageArguments
  readonly read: (page: PageRequest) => Promise<Result>
  /** For lists whose pages come without a total; `known`: those of parts that did, by their keys. */
  readonly count?: ((known: ReadonlyMap<string, number>) => Promise<number | null>) | undefined
}

/** A page of a list; `null`: there is no such list. */
type ListPage<Item> = Page<Item> & {
  readonly missing?: readonly MissingPart[]
  readonly retryCursor?: string | null
  readonly totals?: ReadonlyMap<string, number>
}

/** Checks the page arguments, and reads the page once per request however many aliases ask for it. */
export function readConnection<Item>(
  context: RequestContext,
  options: ReadOptions<Item, ListPage<Item>>,
): Promise<Connection<Item>> {
  return readOptionalConnection<Item>(context, options) as Promise<Connection<Item>> // `null` is of `read` alone, and this one's is none
}

/** As `readConnection`, for a list that may not exist. */
export function readOptionalConnection<Item>(
  context: RequestContext,
  { list, args, read, count }: ReadOptions<Item, ListPage<Item> | null>,
): Promise<Connection<Item> | null> {
  const name = JSON.stringify(list)
  const first = checkedFirst(args.first)
  const sealedFor = `${context.reach}${name}`
  const after = openCursor(sealedFor, args.after ?? null)
  return context.once(`${name} ${first} ${after}`, async () => {
    const page = await read({ first, after })
    const countOnce =
      count && ((known: ReadonlyMap<string, number>) => context.once(`${name} total`, () => count(known)))
    return page && new ListConnection(sealedFor, page, after !== null, countOnce)
  })
}

/** A class, because some queries read hundreds, of which they select next to nothing. */
class ListConnection<Item> implements Connection<Item> {
  readonly hasPreviousPage: boolean
  private readonly sealedFor: string
  private readonly page: ListPage<Item>
  private readonly count: ReadOptions<Item>['count']
  private sealedEdges: readonly Edge<Item>[] | null = null

  constructor(sealedFor: string, page: ListPage<Item>, hasPreviousPage: boolean, count: ReadOptions<Item>['count']) {
    this.sealedFor = sealedFor
    this.page = page
    this.hasPreviousPage = hasPreviousPage
    this.count = count
  }

  get edges(): readonly Edge<Item>[] {
    if (this.sealedEdges) return this.sealedEdges
    const seal = createSealer(this.sealedFor)
    this.sealedEdges = this.page.edges.map((edge) => edgeAt(edge.node, edge, ({ cursor }) => seal(cursor)))
    return this.sealedEdges
  }

  get items(): readonly Item[] {
    return this.page.edges.map(({ node }) => node)
  }

  get hasNextPage(): boolean {
    return this.page.hasNextPage
  }

  get missing(): readonly MissingPart[] {
    return this.page.missing ?? []
  }

  get retryCursor(): string | null {
    const { retryCursor = null } = this.page
    return retryCursor === null ? null : sealCursor(this.sealedFor, retryCursor)
  }

  async total(): Promise<number | null> {
    const { total, missing, totals = new Map() } = this.page
    // Who failed to list, or is late with it, is not waited for a second time.
    const isIncomplete = missing?.some(({ error }) => error.kind !== 'unsupported') ?? false
    if (total !== undefined || !this.count || isIncomplete) return total ?? null
    return this.count(totals)
  }
}

const PageInfoRef = builder.objectRef<Connection<unknown>>('PageInfo').implement({
  shareable: true,
  extensions: asReachedByAnybody,
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', {
      nullable: false,
      description:
        'Also true while something `unavailable` may still follow; false on a page that is empty because nothing else is left.',
    }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', { nullable: false }),
    startCursor: t.string({ nullable: true, resolve: ({ edges }) => edges[0]?.cursor ?? null }),
    endCursor: t.string({
      nullable: true,
      description:
        'Where to go on. On an empty page that lacks what is `unavailable`: where to try again, although hasNextPage is false.',
      resolve: ({ edges, retryCursor }) => edges.at(-1)?.cursor ?? retryCursor,
    }),
  }),
})

export interface ConnectionOptions<Item, Node> {
  /** `User` makes `UserConnection` and `UserEdge`. */
  readonly name: string
  readonly access: TypeAccess
  readonly node: ObjectRef<Types, Node>
  readonly nodeOf: (item: Item) => Node
  /** Whether one node can be missing without the list failing. */
  readonly nullableNodes?: boolean
  readonly hasTotalCount?: boolean
  /** What it costs to count where the pages do not tell. Left out: they all do. */
  readonly totalCost?: { readonly cost: FieldCost }
  readonly hasUnavailable?: boolean
  /** What an edge says beside its node. */
  readonly edgeFields?: (t: PothosSchemaTypes.ObjectFieldBuilder<Types, Edge<Item>>) => FieldMap
}

/** Declares a connection and its edge, alike for all lists of the schema. */
export function defineConnection<Item, Node>(
  options: ConnectionOptions<Item, Node>,
): ObjectRef<Types, Connection<Item>> {
  const { name, node, nodeOf, nullableNodes = false } = options

  const EdgeRef = builder.objectRef<Edge<Item>>(`${name}Edge`).implement({
    shareable: false,
    extensions: access(options.access),
    fields: (t) => ({
      cursor: t.exposeString('cursor', { nullable: false }),
      // Pothos cannot know that the record of this ref is Node, which is still a type parameter here.
      node: t.field({
        type: node as ObjectRef<Types, object>,
        nullable: nullableNodes,
        resolve: (edge) => nodeOf(edge.node) as object,
      }),
      ...options.edgeFields?.(t),
    }),
  })

  return builder.objectRef<Connection<Item>>(`${name}Connection`).implement({
    extensions: access(options.access),
    fields: (t) => ({
      edges: t.field({
        type: [EdgeRef],
        nullable: false,
        extensions: { cost: items },
        resolve: ({ edges }) => [...edges],
      }),
      nodes: t.field({
        extensions: { cost: items },
        type: [node as ObjectRef<Types, object>], // as above
        nullable: { list: false, items: nullableNodes },
        resolve: (connection) => connection.items.map((item) => nodeOf(item) as object),
      }),
      pageInfo: t.field({ type: PageInfoRef, nullable: false, resolve: (connection) => connection }),
      ...(options.hasTotalCount
        ? {
            totalCount: t.int({
              nullable: true,
              extensions: options.totalCost ?? {},
              description: 'Length of the whole list; null where it cannot be counted.',
              resolve: (connection) => connection.total(),
            }),
          }
        : {}),
      ...(options.hasUnavailable
        ? {
            unavailable: t.field({
              type: [ProviderFailureRef],
              nullable: false,
              description: 'What should be in this list but could not be had, and why.',
              resolve: ({ missing }) => [...missing],
            }),
          }
        : {}),
    }),
  })
}
