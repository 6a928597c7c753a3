import type { Page, PageRequest } from '../../src/identity/page.ts'

/** Reads a list to its end with one page size or several in turn, and answers all items. Fails when it would never end or a cursor repeats. */
export async function walk<Item>(
  read: (page: PageRequest) => Promise<Page<Item>>,
  sizes: number | readonly number[],
): Promise<Item[]> {
  const pageSizes = typeof sizes === 'number' ? [sizes] : sizes
  const items: Item[] = []
  const cursors = new Set<string>()
  let after: string | null = null
  for (let round = 0; round < 10_000; round += 1) {
    const first = pageSizes[round % pageSizes.length] ?? 1
    const page: Page<Item> = await read({ first, after })
    if (page.edges.length > first) throw new Error(`asked for ${first} and got ${page.edges.length}`)
    for (const { node, cursor } of page.edges) {
      if (cursors.has(cursor)) throw new Error('a cursor was given twice')
      cursors.add(cursor)
      items.push(node)
    }
    if (!page.hasNextPage) return items
    const last = page.edges.at(-1)
    if (!last) throw new Error('there is said to be more, but no cursor to go on from')
    after = last.cursor
  }
  throw new Error('the list does not end')
}

/** The page sizes with which every list is walked. */
export const pageSizes = [1, 2, 3, 50] as const
