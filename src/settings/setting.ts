import { createSecretKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'

/** One setting, in the two places where it can stand. An absent place: it cannot stand there. */
export interface Setting<Value> {
  /** The environment variable, and how its text is read. */
  readonly variable: string
  readonly text: z.ZodType<Value>
  /** How its member of the config file is read. `null`: it stands in the environment only. */
  readonly member: z.ZodType<Value> | null
}

export function wholeNumber(variable: string, least: number, most: number): Setting<number> {
  return {
    variable,
    text: z.coerce.number().int().min(least).max(most),
    member: z.int().min(least).max(most),
  }
}

export function text(variable: string): Setting<string> {
  return { variable, text: z.string().min(1), member: z.string().min(1) }
}

export function oneOf<Word extends string>(variable: string, words: readonly Word[]): Setting<Word> {
  const word = z.enum(words)
  return { variable, text: word, member: word }
}

/** `on` or `off` in the environment, a boolean in the file. */
export function onOrOff(variable: string): Setting<boolean> {
  return { variable, text: z.enum(['on', 'off']).transform((word) => word === 'on'), member: z.boolean() }
}

/** A list: in the environment separated by commas, in the file an array. */
export function list<Value>(
  variable: string,
  items: z.ZodType<readonly Value[]>,
  readItem: (text: string) => unknown,
): Setting<readonly Value[]> {
  return {
    variable,
    text: z
      .string()
      .transform((whole): unknown => whole.split(',').map((item) => readItem(item.trim())))
      .pipe(items),
    member: items,
  }
}

/** An address that may hold a password, and so stands in the environment only. `schemes`: such as `redis:`. */
export function secretUrl(variable: string, schemes: readonly string[]): Setting<string> {
  const expected = `expected a URL beginning with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`
  const url = z.string().refine((word) => schemes.includes(URL.parse(word)?.protocol ?? ''), expected)
  return { variable, text: url, member: null }
}

/** 32 random bytes, in the environment only. They are in an object that shows nothing of them when it is printed. */
export function secretKey(variable: string): Setting<KeyObject> {
  const key = z
    .string()
    .regex(/^(?:[0-9a-f]{64}|[\w-]{43}=?)$/i, 'expected 32 random bytes, as 64 hexadecimal digits or in base64url')
    .transform((word) => createSecretKey(Buffer.from(word, word.length === 64 ? 'hex' : 'base64url')))
  return { variable, text: key, member: null }
}

/** For what concerns a developer's machine, and no deployment. */
export function inEnvironmentOnly<Value>(setting: Setting<Value>): Setting<Value> {
  return { ...setting, member: null }
}
