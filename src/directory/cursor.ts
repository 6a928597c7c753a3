import { createHash } from 'node:crypto'
import { ArgumentError } from '../identity/errors.ts'

const version = 1

/**
 * A cursor over several providers holds a place at each. Most take about a hundred bytes; one in a crowd of people imported in one
 * millisecond takes some thousands, because it names those who have been seen. Longer ones are nobody's of ours.
 */
const maxLength = 32_768

/**
 * Cursors as clients see them: opaque, versioned, bounded in length, and bound to the list they came from. `list` names that list with
 * everything that changes what it holds: what the caller can reach, field, owner and arguments other than `first` and `after`.
 */
export function sealCursor(list: string, cursor: string): string {
  return createSealer(list)(cursor)
}

/** The cursor inside, or `null` for `null`. A broken, oversized or foreign one is the caller's mistake, found before any call. */
export function openCursor(list: string, text: string | null): string | null {
  if (text === null) return null
  const cursor = text.length > maxLength ? null : parse(text)
  if (cursor === null) throw new ArgumentError(['after'], 'The cursor in `after` cannot be read')
  if (cursor.digest !== digestOf(list)) {
    throw new ArgumentError(
      ['after'],
      'The cursor in `after` comes from another list, or from this one with other arguments',
    )
  }
  return cursor.inner
}

/** `sealCursor` for one list, whose name is digested when the first cursor is sealed. */
export function createSealer(list: string): (cursor: string) => string {
  let digest: string | null = null
  return (cursor) => {
    digest ??= digestOf(list)
    return Buffer.from(JSON.stringify([version, digest, cursor]), 'utf8').toString('base64url')
  }
}

function parse(text: string): { readonly digest: string; readonly inner: string } | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (!Array.isArray(parts) || parts.length !== 3 || parts[0] !== version) return null
    const [, digest, inner] = parts as unknown[]
    return typeof digest === 'string' && typeof inner === 'string' ? { digest, inner } : null
  } catch {
    return null // not a cursor of ours
  }
}

function digestOf(list: string): string {
  return createHash('sha256').update(list).digest('base64url').slice(0, 16)
}
