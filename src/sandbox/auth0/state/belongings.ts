import type { Person } from '../../people.ts'
import type { Users } from './users.ts'

/** Things of one kind that users own, made when somebody first looks at their owner's. */
export interface Belongings<Item> {
  /** Empty for an unknown user. */
  of(userId: string): readonly Item[]
  set(userId: string, items: readonly Item[]): void
  /** When the owner is deleted: somebody may be created with the same id. */
  forget(userId: string): void
  /** Those of the person whom an id names (see `ownerOf`). */
  ofPerson(index: number | null): readonly Item[]
  /** Everybody's, user by user. */
  all(): Iterable<Item>
}

/** `seed` is called at most once for each seeded user who exists. */
export function createBelongings<Item>(
  users: Users,
  seed: (userId: string, person: Person) => readonly Item[],
): Belongings<Item> {
  const made = new Map<string, readonly Item[]>()

  const of = (userId: string): readonly Item[] => {
    if (!users.get(userId)) return []
    const known = made.get(userId)
    if (known) return known
    const person = users.personOf(userId)
    const items = person ? seed(userId, person) : []
    made.set(userId, items)
    return items
  }

  return {
    of,
    set: (userId, items) => {
      made.set(userId, items)
    },
    forget: (userId) => {
      made.delete(userId)
    },
    ofPerson(index) {
      const user = index === null ? null : users.ofPerson(index)
      return user ? of(user.user_id) : []
    },
    *all() {
      for (const user of users.all()) yield* of(user.user_id)
    },
  }
}
