import { refuse, type Shape } from './fault.ts'

/** The members of an object in an answer. */
export type Members = Readonly<Record<string, unknown>>

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * An object, of which `read` takes the members that are wanted, in a literal that names each: the engine makes the same kind of object
 * of it every time, and is several times as fast with that as with a list of names. Members that are not read are left out. `read` looks at
 * a member when it is that member's turn, because the one that was looked at last is named when it is refused.
 *
 * ```ts
 * const email = object((wire) => ({ id: string(wire['id']), verified: optionalBoolean(wire['verified']) }))
 * ```
 */
export function object<Value>(read: (members: Members) => Value): Shape<Value> {
  return (value) => (isMembers(value) ? read(value) : refuse('an object'))
}

/** An object that has these members and no others: what we wrote ourselves. */
export function strictObject<Value>(names: readonly string[], read: (members: Members) => Value): Shape<Value> {
  return object((members) => {
    for (const name of Object.keys(members)) {
      if (!names.includes(name)) return refuse(`no member but ${names.join(', ')}`)
    }
    return read(members)
  })
}

/** An open object: what is missing, or no object at all, is one without members. */
export function openObject<Value>(read: (members: Members) => Value): Shape<Value> {
  return (value) => read(isMembers(value) ? value : {})
}

export function array<Item>(item: Shape<Item>): Shape<readonly Item[]> {
  return (value) => {
    if (!Array.isArray(value)) return refuse('an array')
    const items: Item[] = []
    for (let index = 0; index < value.length; index += 1) items.push(item(value[index]))
    return items
  }
}

/** A list of at least `min` and at most `max` items. */
export function arrayOf<Item>(item: Shape<Item>, min: number, max: number): Shape<readonly Item[]> {
  const items = array(item)
  return (value) => {
    const isInBounds = !Array.isArray(value) || (value.length >= min && value.length <= max)
    return isInBounds ? items(value) : refuse(`${min} to ${max} items`)
  }
}

/** A list of exactly as many items as there are shapes, each of its own. */
export function tuple<const Values extends readonly unknown[]>(
  ...shapes: { readonly [Index in keyof Values]: Shape<Values[Index]> }
): Shape<Values> {
  return (value) => {
    if (!Array.isArray(value) || value.length !== shapes.length) return refuse(`${shapes.length} items`)
    const items: readonly unknown[] = shapes.map((shape, index) => shape(value[index]))
    return items as Values // each was read by its own shape
  }
}

/** A list that may be missing or null, which is then empty. */
export function optionalArray<Item>(item: Shape<Item>): Shape<readonly Item[]> {
  const items = array(item)
  return (value) => (value === null || value === undefined ? [] : items(value))
}

/** Missing is `null`, as null itself. */
export function optional<Value>(shape: Shape<Value>): Shape<Value | null> {
  return (value) => (value === null || value === undefined ? null : shape(value))
}

/** Null, but not missing. */
export function nullable<Value>(shape: Shape<Value>): Shape<Value | null> {
  return (value) => (value === null ? null : shape(value))
}
