import type { TestGateway } from '../support/gateway.ts'

/** A page of a list at the root, as a client sees it. */
export interface ClientPage {
  readonly edges: readonly { readonly cursor: string; readonly node: ClientNode }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly unavailable: readonly {
    readonly providerName: string
    readonly part: string | null
    readonly code: string
    readonly retryAfterSeconds: number | null
  }[]
}

export interface ClientNode {
  readonly id: string
  readonly providerName: string
  readonly kind?: string
  readonly createdAt?: string | null
  readonly updatedAt?: string | null
  readonly lastSignInAt?: string | null
}

export type Variables = Readonly<Record<string, unknown>>

const usersDocument = `query Users($first: Int, $after: String, $providers: [String!], $filter: UserFilter, $orderBy: UserOrder) {
  list: users(first: $first, after: $after, providers: $providers, filter: $filter, orderBy: $orderBy) {
    edges { cursor node { id providerName createdAt updatedAt lastSignInAt } }
    pageInfo { hasNextPage endCursor }
    unavailable { providerName part code retryAfterSeconds }
  }
}`

const groupsDocument = `query Groups($first: Int, $after: String, $providers: [String!], $kinds: [GroupKind!], $search: String) {
  list: groups(first: $first, after: $after, providers: $providers, kinds: $kinds, search: $search) {
    edges { cursor node { id providerName kind } }
    pageInfo { hasNextPage endCursor }
    unavailable { providerName part code retryAfterSeconds }
  }
}`

/** One page, which must be there. */
export async function readPage(
  gateway: TestGateway,
  list: 'users' | 'groups',
  variables: Variables,
): Promise<ClientPage> {
  const answer = await gateway.query(list === 'users' ? usersDocument : groupsDocument, variables)
  if (answer.errors.length > 0) throw new Error(answer.text)
  return (answer.data as unknown as { readonly list: ClientPage }).list // as the documents above ask
}

/** The code of the error that a page is refused with. */
export async function refusalOf(
  gateway: TestGateway,
  list: 'users' | 'groups',
  variables: Variables,
): Promise<{ readonly code: unknown; readonly argument: unknown }> {
  const answer = await gateway.query(list === 'users' ? usersDocument : groupsDocument, variables)
  const extensions = answer.errors[0]?.extensions
  return { code: extensions?.['code'], argument: extensions?.['argument'] }
}

/** All nodes, page by page, and what each page was. */
export async function walkPages(
  gateway: TestGateway,
  list: 'users' | 'groups',
  variables: Variables,
  onPage: (page: ClientPage) => void = () => {},
): Promise<readonly ClientNode[]> {
  const nodes: ClientNode[] = []
  const cursors = new Set<string>()
  let after = (variables['after'] as string | undefined) ?? null // the argument's type
  for (let round = 0; round < 2_000; round += 1) {
    const page = await readPage(gateway, list, { ...variables, after })
    for (const { cursor, node } of page.edges) {
      if (cursors.has(cursor)) throw new Error('a cursor was given twice')
      cursors.add(cursor)
      nodes.push(node)
    }
    onPage(page)
    if (!page.pageInfo.hasNextPage) return nodes
    after = page.pageInfo.endCursor
  }
  throw new Error('the list does not end')
}
