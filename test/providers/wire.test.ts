import { describe, expect, it } from 'vitest'
import * as appServices from '../../src/providers/app-services/wire.ts'
import * as auth0 from '../../src/providers/auth0/wire.ts'
import * as clerk from '../../src/providers/clerk/wire.ts'
import * as monocloud from '../../src/providers/monocloud/wire.ts'
import { Fault, type Shape } from '../../src/upstream/wire/fault.ts'

/** The names that were looked at in an object, each with those in the object that was found there. */
interface Looks {
  readonly [name: string]: Looks
}

type Made = (members: object) => unknown

/** What one member may be, given an object that has any member: the first of these that the shape takes is right. */
const candidates: readonly Made[] = [
  (members) => members,
  (members) => [members],
  () => ['text'],
  () => '61f5f9905b1e9a0c4d100001',
  () => '2025-10-09',
  () => 7,
  () => true,
]

/** Feeds the shape whatever it wants, and notes what it looks at. */
function lookedAt(shape: Shape<unknown>): { readonly read: unknown; readonly looks: Looks } {
  const choices = new Map<string, number>()
  for (;;) {
    let last = ''
    const membersAt = (path: string, seen: Record<string, Looks>): object =>
      new Proxy(
        {},
        {
          get(_, name) {
            if (typeof name === 'symbol') return undefined
            last = `${path}.${name}`
            const inner: Record<string, Looks> = {}
            seen[name] = inner
            const made = candidates[choices.get(last) ?? 0]
            if (!made) throw new Error(`nothing will do at ${last}`)
            return made(membersAt(last, inner))
          },
        },
      )
    const looks: Record<string, Looks> = {}
    try {
      return { read: shape(membersAt('', looks)), looks }
    } catch (error) {
      if (!(error instanceof Fault) || last === '') throw error
      choices.set(last, (choices.get(last) ?? 0) + 1)
    }
  }
}

/** Where a member has another name than the one that was looked at. */
function misnamed(read: unknown, looks: Looks, path: string): readonly string[] {
  const record = Array.isArray(read) ? (read[0] as unknown) : read
  const names = Object.keys(looks)
  // What is no object was made out of the members, and what was not looked into was taken as it is.
  if (typeof record !== 'object' || record === null || record instanceof Date || names.length === 0) return []
  const own =
    Object.keys(record).join() === names.join() ? [] : [`${path}: ${names.join()} → ${Object.keys(record).join()}`]
  const inner = Object.entries(record).flatMap(([name, value]) => misnamed(value, looks[name] ?? {}, `${path}.${name}`))
  return [...own, ...inner]
}

/** Named otherwise on purpose: pages, whose items stand under another name in each list. */
const renaming = new Set<unknown>([auth0.auth0Users, auth0.auth0UserTotal])
/** No shapes. */
const others = new Set<unknown>([auth0.counted, auth0.checkpoint, clerk.listWire, clerk.wireOf])

const shapes = Object.entries({ appServices, auth0, clerk, monocloud }).flatMap(
  ([vendor, wire]) =>
    Object.entries<unknown>(wire)
      .filter(([, value]) => !others.has(value) && !renaming.has(value))
      .map(([name, value]) => [`${vendor}.${name}`, value as Shape<unknown>] as const), // what is left of these modules
)

describe('the members of an answer', () => {
  it('are looked for in shapes of all vendors', () => {
    expect(shapes.length).toBeGreaterThan(40)
  })

  it.each(shapes)('stand under the names that they have upstream: %s', (name, shape) => {
    // A list is looked at by its only item.
    const inList: Shape<unknown> = (value) => shape(name.endsWith('ListWire') ? [value] : value)
    const { read, looks } = lookedAt(inList)
    expect(misnamed(read, looks, name)).toEqual([])
    if (name !== 'appServices.verifiedTokenSchema') expect(Object.keys(looks)).not.toEqual([])
  })
})
