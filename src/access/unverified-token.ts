import { decodeJwt, decodeProtectedHeader } from 'jose'

/** A token taken apart. Nothing in it is to be believed; it says which check to make. */
export interface UnverifiedToken {
  /** As it was shown. */
  readonly text: string
  readonly header: Claims
  readonly claims: Claims
}

export type Claims = Readonly<Record<string, unknown>>

/** Characters. App Services puts up to 16 kB of custom data into a token, which no header of ours would carry either. */
const maxTokenLength = 16_000

/** Header, claims and a signature: a token without one is none. */
const tokenPattern = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** `null`: it is no JSON Web Token, or longer than any that we take. */
export function takeApart(text: string): UnverifiedToken | null {
  if (text.length > maxTokenLength || !tokenPattern.test(text)) return null
  try {
    return { text, header: { ...decodeProtectedHeader(text) }, claims: decodeJwt(text) }
  } catch {
    // Of text that anybody may send, how it is broken is of no interest.
    return null
  }
}

/** A claim that is text; `null`: there is none. */
export function textClaim(claims: Claims, name: string): string | null {
  const value = claims[name]
  return typeof value === 'string' && value !== '' ? value : null
}

/** The words of a claim: a list of texts, or one text in which spaces separate them. */
export function wordsOf(claims: Claims, name: string): readonly string[] {
  const value = claims[name]
  if (typeof value === 'string') return value.split(' ').filter((word) => word !== '')
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : []
}
