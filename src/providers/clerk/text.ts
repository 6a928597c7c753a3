/** The pieces that are there, with spaces between them; `null` when there are none. */
export function joined(parts: readonly (string | null | undefined)[]): string | null {
  const text = parts.filter((part) => part !== null && part !== undefined && part !== '').join(' ')
  return text === '' ? null : text
}
