import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { formFailure } from './failures.ts'
import type { StoredPassword } from './state/account.ts'

/** The hashers whose digests are accepted (clerk.md 4.1). Only those made with one plain hash can be verified here. */
export const passwordHashers = [
  'argon2i',
  'argon2id',
  'awscognito',
  'bcrypt',
  'bcrypt_sha256_django',
  'md5',
  'md5_phpass',
  'pbkdf2_sha1',
  'pbkdf2_sha256',
  'pbkdf2_sha256_django',
  'pbkdf2_sha512',
  'pbkdf2_sha512_hex',
  'phpass',
  'scrypt_firebase',
  'scrypt_werkzeug',
  'sha256',
  'ldap_ssha',
  'sha512_symfony',
] as const

const leakedPasswords = new Set(['password', 'password1', '12345678', '123456789', 'qwertyuiop', 'iloveyou'])

export interface PasswordForm {
  readonly password?: string | null | undefined
  readonly password_digest?: string | null | undefined
  readonly password_hasher?: (typeof passwordHashers)[number] | undefined
  readonly skip_password_checks?: boolean | null | undefined
}

/** The password in a form, checked; `null` where there is none. */
export function readPassword(form: PasswordForm): StoredPassword | null {
  const { password, password_digest: digest, password_hasher: hasher } = form
  if (password && digest) {
    throw formFailure('form_conditional_param_disallowed', 'password_digest', 'is not allowed together with password')
  }
  if (digest) {
    if (!hasher) throw formFailure('form_conditional_param_missing', 'password_hasher', 'is required with a digest')
    return { kind: 'digest', hasher, digest }
  }
  if (typeof password !== 'string') return null
  if (!form.skip_password_checks) checkPassword(password)
  return { kind: 'plain', password }
}

function checkPassword(password: string): void {
  if (password.length < 8) {
    throw formFailure(
      'form_password_length_too_short',
      'password',
      'is too short',
      'Passwords must be 8 characters or more.',
    )
  }
  if (password.length > 72) {
    throw formFailure(
      'form_password_length_too_long',
      'password',
      'is too long',
      'Passwords must be 72 characters or less.',
    )
  }
  if (leakedPasswords.has(password.toLowerCase())) {
    throw formFailure(
      'form_password_pwned',
      'password',
      'has been found in an online data breach',
      'Password has been found in an online data breach. For account safety, please use a different password.',
    )
  }
}

export function isPassword(stored: StoredPassword, password: string): boolean {
  if (stored.kind === 'plain') return isSame(stored.password, password)
  if (stored.hasher !== 'md5' && stored.hasher !== 'sha256') return false
  return isSame(stored.digest.toLowerCase(), createHash(stored.hasher).update(password).digest('hex'))
}

function isSame(left: string, right: string): boolean {
  const hashes = [left, right].map((text) => createHash('sha256').update(text).digest())
  const [leftHash, rightHash] = hashes
  return leftHash !== undefined && rightHash !== undefined && timingSafeEqual(leftHash, rightHash)
}

const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export const totpSecretPattern = /^[A-Z2-7]{16,}=*$/

const stepSeconds = 30
const codeLength = 6

/** The code of an authenticator app at this time (epoch milliseconds): SHA-1, 30 seconds, 6 digits (RFC 6238). */
export function totpCode(secret: string, at: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 1000 / stepSeconds)))
  const hash = createHmac('sha1', decodeBase32(secret)).update(counter).digest()
  const offset = (hash.at(-1) ?? 0) & 0xf
  const number = hash.readUInt32BE(offset) & 0x7fffffff
  return String(number % 10 ** codeLength).padStart(codeLength, '0')
}

/** Accepts the code of the steps before and after too, for clocks that disagree. */
export function isTotpCode(secret: string, code: string, at: number): boolean {
  return [-1, 0, 1].some((step) => isSame(totpCode(secret, at + step * stepSeconds * 1000), code))
}

function decodeBase32(text: string): Buffer {
  const bytes: number[] = []
  let bits = 0
  let value = 0
  for (const character of text.replaceAll('=', '')) {
    value = (value << 5) | base32Alphabet.indexOf(character)
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((value >>> bits) & 0xff)
    value &= (1 << bits) - 1
  }
  return Buffer.from(bytes)
}
