import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { Page, PageRequest } from '../../identity/page.ts'
import type { QueryValue } from '../../upstream/http.ts'
import type { Operation } from '../../upstream/operation.ts'
import { pageByKey } from '../../upstream/paging.ts'
import type { Shape } from '../../upstream/wire/fault.ts'
import { array } from '../../upstream/wire/structures.ts'
import type { AdminApi } from './admin-api.ts'
import { isObjectId } from './object-id.ts'

/** Lists come in pages of this many items; a shorter page is the last (app-services.md 2). */
export const pageSize = 50

/** A list that goes by `_id` and resumes after one. */
export interface IdList<Item extends { readonly _id: string }> {
  readonly operation: Operation
  readonly query?: Readonly<Record<string, QueryValue>>
  readonly item: Shape<Item>
  readonly direction: 'asc' | 'desc'
}

/**
 * One page of such a list. After a full last page `hasNextPage` may be true although nothing follows: the upstream tells the end only
 * by a shorter page.
 */
export function pageById<Item extends { readonly _id: string }>(
  api: AdminApi,
  { operation, query, item, direction }: IdList<Item>,
  page: PageRequest,
  call: Call,
): Promise<Page<Item>> {
  const context = { provider: api.provider, operation: operation.name }

  /** Ids are hex of one length, so that their order as texts is the upstream's. */
  const compare = (one: string, other: string): number =>
    (one < other ? -1 : one > other ? 1 : 0) * (direction === 'asc' ? 1 : -1)

  return pageByKey(page, context, {
    keyOf: ({ _id }: Item) => _id,
    async read(after) {
      if (after !== null && !isObjectId(after)) {
        const message = 'The cursor in `after` does not belong to this list'
        throw new ProviderError({ ...context, kind: 'badInput', argument: ['after'], message })
      }
      const order = direction === 'desc' ? { desc: true } : {}
      const answered = await api.read({ operation, query: { ...query, ...order, after } }, array(item), call)
      // Each item once, in the order that cursors rely on, and none from before the cursor.
      const items = [...new Map(answered.map((one) => [one._id, one])).values()]
        .filter(({ _id }) => after === null || compare(_id, after) > 0)
        .toSorted((one, other) => compare(one._id, other._id))
      const hasNext = answered.length >= pageSize
      if (hasNext && items.length === 0) {
        const message = `${api.provider} answered ${operation.name} with a page from before the cursor`
        throw new ProviderError({ ...context, kind: 'badResponse', message })
      }
      return { items, hasNext }
    },
  })
}
