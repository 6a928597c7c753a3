/**
 * Clerk's ids: a prefix and 27 base-62 characters that begin with the time (clerk.md 5). Ours also carry the number of the user or
 * organization they belong to, so that an id of something small is found without an index. Callers take them as opaque.
 */
import { alphanumeric, hexDigits, type RandomStream } from '../random.ts'

const timeLength = 6
const ownerLength = 4
const restLength = 27 - timeLength - ownerLength
/** The count of seconds begins in 2014. */
const firstSecond = 1_400_000_000
/** Places the seconds at the top of a number of 27 base-62 digits. */
const unitsPerSecond = 2 ** 128 / 62 ** (27 - timeLength)

/** An id such as `idn_…` of something that belongs to the user or organization with this number. */
export function makeId(prefix: string, owner: number, createdAt: number, random: RandomStream): string {
  const seconds = Math.max(0, Math.floor(createdAt / 1000) - firstSecond)
  const time = digits(Math.floor(seconds * unitsPerSecond), timeLength)
  return `${prefix}_${time}${digits(owner, ownerLength)}${random.text(restLength, alphanumeric)}`
}

/** An id of an API key: hexadecimal. */
export function makeApiKeyId(owner: number, random: RandomStream): string {
  return `ak_${owner.toString(16).padStart(6, '0')}${random.text(26, hexDigits)}`
}

/** The number within an id, or -1 in a text that is no id of this prefix. */
export function ownerOf(prefix: string, id: string): number {
  if (prefix === 'ak') return /^ak_[0-9a-f]{32}$/.test(id) ? Number.parseInt(id.slice(3, 9), 16) : -1
  if (!id.startsWith(`${prefix}_`) || id.length !== prefix.length + 28) return -1
  let owner = 0
  const start = prefix.length + 1 + timeLength
  for (const character of id.slice(start, start + ownerLength)) {
    const digit = alphanumeric.indexOf(character)
    if (digit < 0) return -1
    owner = owner * 62 + digit
  }
  return owner
}

function digits(value: number, length: number): string {
  let text = ''
  let rest = value
  for (let place = 0; place < length; place += 1) {
    text = (alphanumeric[rest % 62] ?? '') + text
    rest = Math.floor(rest / 62)
  }
  return text
}
