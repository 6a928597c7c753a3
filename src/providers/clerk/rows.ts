import { ProviderError } from '../../identity/errors.ts'
import type { Page } from '../../identity/page.ts'
import type { OperationContext } from '../../upstream/operation.ts'

/**
 * The page without rows that nobody asked for, and with doubled ones once. Applied after paging: cursors count what the upstream sent. A
 * page of which nothing remains has no place to go on from, so it is an error.
 */
export function onlyAsked<Node>(
  page: Page<Node>,
  context: OperationContext,
  idOf: (node: Node) => string,
  isAsked: (node: Node) => boolean,
): Page<Node> {
  const seen = new Set<string>()
  const edges = page.edges.filter(({ node }) => {
    if (!isAsked(node)) return false
    const before = seen.size
    return seen.add(idOf(node)).size > before
  })
  if (edges.length === page.edges.length) return page
  if (edges.length === 0) {
    throw new ProviderError({
      ...context,
      kind: 'badResponse',
      message: `${context.provider} answered ${context.operation} with what was not asked for`,
    })
  }
  return { ...page, edges }
}

/** The records that were asked for, each once. For look-ups, which answer without an order. */
export function onlyAskedRecords<Node>(
  records: readonly Node[],
  idOf: (node: Node) => string,
  isAsked: (node: Node) => boolean,
): readonly Node[] {
  const byId = new Map<string, Node>()
  for (const record of records) if (isAsked(record)) byId.set(idOf(record), record)
  return [...byId.values()]
}

/** The error for what is not there, also for an id that cannot exist, which the upstream is not asked for. */
export function notFound(context: OperationContext): ProviderError {
  return new ProviderError({
    ...context,
    kind: 'notFound',
    message: `${context.provider} has nothing under this id for ${context.operation}`,
  })
}

/** The error for a record under another id than the one that was asked for. */
export function otherRecord(context: OperationContext, what: string): ProviderError {
  return new ProviderError({
    ...context,
    kind: 'badResponse',
    field: 'id',
    message: `${context.provider} answered ${context.operation} with another ${what}`,
  })
}
