import { ProviderError } from '../identity/errors.ts'
import type { OperationContext } from './operation.ts'
import type { Shape } from './wire/fault.ts'
import { type Members, nullable, strictObject } from './wire/structures.ts'
import { count, integerBetween, literal, nonEmptyString, string } from './wire/values.ts'

const sizeOfTheirs = integerBetween(1, 1000)
const placeInTheirs = integerBetween(0, 1000)
const tokenOrStart = nullable(string)

const cursors = {
  page: cursorOf('page', ['page', 'size', 'index'], (members) => ({
    page: count(members['page']),
    size: sizeOfTheirs(members['size']),
    index: placeInTheirs(members['index']),
  })),
  offset: cursorOf('offset', ['offset'], (members) => ({ offset: count(members['offset']) })),
  token: cursorOf('token', ['token', 'size', 'index'], (members) => ({
    token: tokenOrStart(members['token']),
    size: sizeOfTheirs(members['size']),
    index: placeInTheirs(members['index']),
  })),
  key: cursorOf('key', ['key'], (members) => ({ key: nonEmptyString(members['key']) })),
}

/** Cursors come from callers: they have the members that we gave them and no others. */
function cursorOf<const Style extends string, Place>(
  style: Style,
  names: readonly string[],
  read: (members: Members) => Place,
): Shape<Place & { readonly style: Style }> {
  const sameStyle = literal(style)
  return strictObject(['style', ...names], (members) => ({ style: sameStyle(members['style']), ...read(members) }))
}

type CursorStyle = keyof typeof cursors
type Cursor<Style extends CursorStyle = CursorStyle> = ReturnType<(typeof cursors)[Style]>

/** What `decodeCursor` reads. */
export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor), 'utf8').toString('base64url')
}

/** Reads a cursor of this style; any other text is the caller's mistake. */
export function decodeCursor<Style extends CursorStyle>(
  text: string,
  style: Style,
  context: OperationContext,
): Cursor<Style> {
  try {
    const shape = cursors[style] as Shape<Cursor<Style>> // TypeScript takes a member by a type parameter for any of them
    return shape(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
  } catch {
    // Not a cursor of ours, or of another style.
    throw foreignCursor(context)
  }
}

/** The refusal of a cursor that this list did not give. */
export function foreignCursor(context: OperationContext): ProviderError {
  return new ProviderError({
    ...context,
    kind: 'badInput',
    argument: ['after'],
    message: 'The cursor in `after` does not belong to this list',
  })
}
