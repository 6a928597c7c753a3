import type { Registration } from './account.ts'
import type { Seed } from './seed.ts'
import { makeRegistration } from './seeded-accounts.ts'
import { createSortedIds } from './sorted-ids.ts'

/** The email registrations of one app that nobody has signed in with yet. */
export interface Registrations {
  get(id: string): Registration | null
  add(registration: Registration): void
  delete(id: string): void
  /** Ascending, after an id that need not exist; `null`: from the beginning. */
  page(after: string | null, limit: number): readonly Registration[]
}

export function createRegistrations(seeds: ReadonlyMap<string, Seed>): Registrations {
  const ids = createSortedIds(seeds.keys())
  const registrations = new Map([...seeds].map(([id, seed]) => [id, makeRegistration(seed)]))
  return {
    get: (id) => registrations.get(id) ?? null,
    add(registration) {
      registrations.set(registration.id, registration)
      ids.add(registration.id)
    },
    delete(id) {
      registrations.delete(id)
      ids.delete(id)
    },
    page(after, limit) {
      const page: Registration[] = []
      for (const id of ids.after(after, false)) {
        if (page.length === limit) break
        const registration = registrations.get(id)
        if (registration) page.push(registration)
      }
      return page
    },
  }
}
