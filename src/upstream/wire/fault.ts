/**
 * Reads a value of an upstream's answer for what it should be, or throws a `Fault`. It has no effects, so that it can be asked a second
 * time, for where the fault is.
 */
export type Shape<Value> = (value: unknown) => Value

/** That a value is not what it should be. Holds nothing of the value. */
export class Fault extends Error {
  override readonly name = 'Fault'
}

export function refuse(expected: string): never {
  throw new Fault(`expected ${expected}`)
}

/** What the shape reads; `null` when the value is something else. */
export function readOrNull<Value>(shape: Shape<Value>, value: unknown): Value | null {
  try {
    return shape(value)
  } catch (error) {
    if (error instanceof Fault) return null
    throw error
  }
}

/**
 * Where the value that the shape refuses stands, outermost name first. Shapes know nothing of names, so that reading costs nothing for
 * them: a refused value is read again here, through proxies that note which member was looked at last.
 */
export function placeOfFault(shape: Shape<unknown>, value: unknown): readonly string[] {
  let place: readonly string[] = []

  const watched = (inner: unknown, path: readonly string[]): unknown => {
    if (typeof inner !== 'object' || inner === null) return inner
    const members = inner as Readonly<Record<PropertyKey, unknown>> // any object can be asked for any member
    // Around something empty, because a proxy must answer truly for what is frozen.
    return new Proxy(Array.isArray(inner) ? [] : {}, {
      get(_, name) {
        const member = members[name]
        if (typeof name === 'symbol' || (name === 'length' && Array.isArray(inner))) return member
        place = [...path, name]
        return watched(member, place)
      },
      ownKeys: () => Reflect.ownKeys(inner),
      getOwnPropertyDescriptor: (target, name) =>
        Reflect.getOwnPropertyDescriptor(target, name) ??
        (Object.hasOwn(inner, name) ? { enumerable: true, configurable: true } : undefined),
    })
  }

  readOrNull(shape, watched(value, []))
  return place
}
