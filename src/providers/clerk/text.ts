/** The pieces that are there, with spaces between them; `null` when there are none. */
export function joined(...parts: readonly (string | false | null | undefined)[]): string | null {
  let text = ''
  for (const part of parts) if (part) text = text === '' ? part : `${text} ${part}`
  return text === '' ? null : text
}
