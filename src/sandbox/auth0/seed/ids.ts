import { hexDigits, type RandomStream } from '../../random.ts'

const indexDigits = 5
const numberDigits = 2
const suffixDigits = indexDigits + numberDigits

/**
 * An id that ends in its owner's index and a number (0 to 255), so that the owner of a session or a grant is known without making
 * those of everybody. To a caller it looks as opaque as the vendor's own.
 */
export function ownedId(random: RandomStream, length: number, alphabet: string, owner: number, number: number): string {
  const suffix = owner.toString(16).padStart(indexDigits, '0') + number.toString(16).padStart(numberDigits, '0')
  const cased = alphabet === hexDigits ? suffix : suffix.toUpperCase()
  return random.text(length - suffixDigits, alphabet) + cased
}

/** The index of the person whom the id names; `null` for an id of another kind. */
export function ownerOf(id: string): number | null {
  const suffix = /[0-9A-Fa-f]{7}$/.exec(id)?.[0]
  return suffix === undefined ? null : Number.parseInt(suffix.slice(0, indexDigits), 16)
}

/** 60 digits that sort as the times do, and end in the owner's index and a number below 100 (auth0.md 5.1). */
export function logId(date: Date, owner: number, number: number): string {
  const time = date.toISOString().replaceAll(/\D/g, '')
  return `900${time}${'0'.repeat(30)}${String(owner).padStart(8, '0')}${String(number).padStart(2, '0')}`
}

/** As `ownerOf`, for ids of log events. */
export function ownerOfLogId(id: string): number | null {
  return /^\d{60}$/.test(id) ? Number(id.slice(-10, -2)) : null
}

/** Of group ids: without the characters that look alike (auth0.md 5.1). */
export const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
