/** Compares texts and numbers for a list; what is `null` comes last in either direction. */
export function compareValues(
  left: string | number | null,
  right: string | number | null,
  isDescending: boolean,
): number {
  if (left === right) return 0
  if (left === null) return 1
  if (right === null) return -1
  return left < right === isDescending ? 1 : -1
}
