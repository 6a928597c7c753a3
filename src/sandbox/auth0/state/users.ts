import type { Person } from '../../people.ts'
import { seedUser } from '../seed/users.ts'
import type { Auth0User } from '../wire.ts'
import { createUserTable, type UserTable } from './user-table.ts'

/** The tenant's users: what reads by id see, and the search index that may lag behind it (auth0.md 2.3). */
export interface Users {
  get(id: string): Auth0User | null
  all(): Iterable<Auth0User>
  readonly size: number
  withEmail(email: string): readonly Auth0User[]
  set(user: Auth0User): void
  delete(id: string): void
  /** What searches and lists see now. */
  index(): UserTable
  /** The person whose seeded account this is; `null` for accounts that were created, or that came back from unlinking. */
  personOf(id: string): Person | null
  /** The seeded account of the person with this index, while it exists. */
  ofPerson(index: number): Auth0User | null
}

/** Users for everybody; `searchLagMs` 0 makes the index the same as what reads by id see. */
export function createUsers(people: readonly Person[], now: () => number, searchLagMs: number): Users {
  const personById = new Map<string, Person>()
  const idByPerson = new Map<number, string>()
  const seeded: Auth0User[] = []
  for (const person of people) {
    const user = seedUser(person)
    seeded.push(user)
    personById.set(user.user_id, person)
    idByPerson.set(person.index, user.user_id)
  }
  const live = createUserTable(seeded)
  const index = searchLagMs === 0 ? live : createUserTable(seeded)
  let pending: { readonly dueAt: number; readonly id: string; readonly user: Auth0User | null }[] = []

  const changed = (id: string, user: Auth0User | null): void => {
    if (index !== live) pending.push({ dueAt: now() + searchLagMs, id, user })
  }

  return {
    get: live.get,
    all: live.all,
    get size() {
      return live.size
    },
    withEmail: live.withEmail,
    set(user) {
      live.set(user)
      changed(user.user_id, user)
    },
    delete(id) {
      live.delete(id)
      personById.delete(id)
      changed(id, null)
    },
    index() {
      const due = pending.filter(({ dueAt }) => dueAt <= now())
      pending = pending.slice(due.length)
      for (const { id, user } of due) {
        if (user) index.set(user)
        else index.delete(id)
      }
      return index
    },
    personOf: (id) => personById.get(id) ?? null,
    ofPerson(personIndex) {
      const id = idByPerson.get(personIndex)
      return id === undefined || !personById.has(id) ? null : live.get(id)
    },
  }
}
