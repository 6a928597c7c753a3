/** What a test counts on: a seeded thing, an optional method. */
export function present<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new Error('expected something to be there')
  return value
}
