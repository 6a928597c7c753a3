import type { ReadVendorError, VendorError } from '../../upstream/answer.ts'
import { readOrNull } from '../../upstream/wire/fault.ts'
import { problemWire } from './wire.ts'

/** For an operation's errors: which of our arguments each member of the vendor's request is, outermost first. */
export type ArgumentNames = Readonly<Record<string, readonly string[]>>

/**
 * Reads problem documents (monocloud.md 3). The HTTP status decides, as the document advises: the body's own `status` may say something
 * else. What the body adds is a plan gate behind a 403, the argument behind a 422, and codes.
 */
export function createVendorErrorReader(names: ArgumentNames = {}): ReadVendorError {
  return (status, body): VendorError => {
    const problem = readOrNull(problemWire, body)
    if (problem === null) return { code: null }
    const { error_code: code } = problem
    if (status === 403 && mentionsPlan([code, problem.title, problem.detail])) return { code, kind: 'planRequired' }
    if (status !== 422 || !problem.errors) return { code }
    if (!Array.isArray(problem.errors)) {
      const argument = firstNamed(Object.keys(problem.errors), names)
      return { code, ...(argument ? { argument } : {}) }
    }
    const [first] = problem.errors
    if (!first) return { code }
    const argument = firstNamed([...(first.field ? [first.field] : []), ...membersBehind(first.code)], names)
    const message = sentences.get(first.code)
    return {
      code: first.code,
      ...(first.code.startsWith('Duplicate') ? { kind: 'conflict' as const } : {}),
      ...(argument ? { argument } : {}),
      ...(message === undefined ? {} : { message }),
    }
  }
}

/** The texts are not public; the tiers' names are (monocloud.md 3.3). */
const planWords = /\bplans?\b|\bupgrade\b|\bsubscription\b|\btier\b|\bpro\b|\bsecure\+|\bscalex\b|plan_|_plan/i

function mentionsPlan(texts: readonly (string | null)[]): boolean {
  return texts.some((text) => text && planWords.test(text))
}

function firstNamed(members: readonly string[], names: ArgumentNames): readonly string[] | null {
  for (const member of members) {
    // The members may be the upstream's own words, and every object has some that are nobody's.
    const argument = Object.hasOwn(names, member) ? names[member] : undefined
    if (argument) return argument
  }
  return null
}

/** The request members that a code of the identity system may be about (monocloud.md 3.2). */
function membersBehind(code: string): readonly string[] {
  if (code === 'PasswordMismatch') return ['old_password']
  if (code.startsWith('Password')) return ['new_password', 'password']
  if (code.includes('UserName')) return ['username']
  if (code.includes('Email')) return ['email']
  if (code.includes('Phone')) return ['phone_number']
  return []
}

const sentences: ReadonlyMap<string, string> = new Map([
  ['PasswordTooShort', 'The password is too short'],
  ['PasswordRequiresNonAlphanumeric', 'The password needs a character that is neither letter nor digit'],
  ['PasswordRequiresDigit', 'The password needs a digit'],
  ['PasswordRequiresLower', 'The password needs a lower-case letter'],
  ['PasswordRequiresUpper', 'The password needs an upper-case letter'],
  ['PasswordMismatch', 'The old password is not right'],
  ['DuplicateUserName', 'Another user has this user name'],
  ['DuplicateEmail', 'Another user has this email address'],
  ['InvalidEmail', 'This is not an email address'],
])
