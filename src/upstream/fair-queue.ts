/** A queue of many owners in which each has its turn, however many items another one has in it. */
export interface FairQueue<Item> {
  readonly size: number
  add(owner: object, item: Item): Entry<Item>
  /** Takes out what was added; nothing when it is out already. */
  remove(entry: Entry<Item>): void
  /** Takes out the next item: the oldest of the owner whose turn it is. */
  take(): Item | undefined
  /** How many at most come before an item that this owner adds now, if nobody adds any more. */
  ahead(owner: object): number
  items(): readonly Item[]
}

/** An item in its line. */
export interface Entry<Item> {
  readonly line: Line<Item>
  readonly item: Item
  next: Entry<Item> | null
  isIn: boolean
}

/** What one owner has in the queue, oldest first. Behind the first there may be entries that were removed. */
interface Line<Item> {
  readonly owner: object
  first: Entry<Item> | null
  last: Entry<Item> | null
  size: number
}

export function createFairQueue<Item>(): FairQueue<Item> {
  /** In the order of their turns; none is empty. Looked through instead of kept in a `Map`, for the reason that `crowd.ts` gives. */
  const turns: Line<Item>[] = []
  let size = 0

  const findLine = (owner: object): Line<Item> | undefined => turns.find((line) => line.owner === owner)

  function lineOf(owner: object): Line<Item> {
    const known = findLine(owner)
    if (known) return known
    const line = { owner, first: null, last: null, size: 0 }
    turns.push(line)
    return line
  }

  /** Also passes over those before it that were removed. */
  function takeOut(entry: Entry<Item>): void {
    const { line } = entry
    entry.isIn = false
    size -= 1
    line.size -= 1
    while (line.first !== null && !line.first.isIn) {
      const { next } = line.first
      // One that has grown old in memory would keep all that came after it.
      line.first.next = null
      line.first = next
    }
    if (line.size === 0) line.last = null
  }

  return {
    get size() {
      return size
    },
    add(owner, item) {
      const line = lineOf(owner)
      const entry: Entry<Item> = { line, item, next: null, isIn: true }
      if (line.last === null) line.first = entry
      else line.last.next = entry
      line.last = entry
      line.size += 1
      size += 1
      return entry
    },
    remove(entry) {
      if (!entry.isIn) return
      takeOut(entry)
      if (entry.line.size === 0) turns.splice(turns.indexOf(entry.line), 1)
    },
    take() {
      const line = turns.shift()
      if (!line?.first) return undefined
      const { first } = line
      takeOut(first)
      if (line.size > 0) turns.push(line)
      return first.item
    },
    ahead(owner) {
      if (size === 0) return 0
      const own = findLine(owner)?.size ?? 0
      const others = turns.length - (own > 0 ? 1 : 0)
      return Math.min(size, own + (own + 1) * others)
    },
    items: () => turns.flatMap(itemsOf),
  }
}

function itemsOf<Item>({ first }: Line<Item>): Item[] {
  const items: Item[] = []
  for (let entry = first; entry !== null; entry = entry.next) if (entry.isIn) items.push(entry.item)
  return items
}
