import type { ArgBuilder } from '@pothos/core'
import { providerNamed } from '../src/directory/select.ts'
import type { RequestContext } from '../src/context.ts'
import { ArgumentError } from '../src/identity/errors.ts'
import { decodeGlobalId, type GlobalId, type GlobalIdType } from '../src/identity/global-id.ts'
import type { IdentityProvider } from '../src/identity/provider.ts'
import type { SchemaTypes } from './builder.ts'

const maxPageSize = 100
const defaultPageSize = 20

/** The arguments of every connection. */
export function pageArguments(arg: ArgBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>>) {
  return {
    first: arg.int({ defaultValue: defaultPageSize, description: `How many, from 1 to ${maxPageSize}.` }),
    after: arg.string({
      description: 'The `cursor` of the edge, or the `endCursor` of the page, after which to go on.',
    }),
  }
}

export interface PageArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

/** A page size outside 1 to 100 is refused, not clamped: a client that asked for 1,000 must not take 100 for all. */
export function checkedFirst(first: number | null | undefined): number {
  const size = first ?? defaultPageSize
  if (size < 1 || size > maxPageSize) {
    throw new ArgumentError(['first'], `\`first\` must be from 1 to ${maxPageSize}, not ${size}`)
  }
  return size
}

/** A text that somebody searches by. */
export function checkedText(argument: readonly string[], value: string, maxLength = 512): string {
  const name = argument.join('.')
  if (value.trim() === '') throw new ArgumentError(argument, `\`${name}\` must not be empty`)
  if (value.length > maxLength)
    throw new ArgumentError(argument, `\`${name}\` must not be longer than ${maxLength} characters`)
  return value
}

/** Longer than any address can be (RFC 5321). */
const maxEmailLength = 320

export function checkedEmail(argument: readonly string[], value: string): string {
  const email = checkedText(argument, value, maxEmailLength)
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw new ArgumentError(argument, `\`${argument.join('.')}\` must be an email address`)
  }
  return email
}

/** What a global id in an argument stands for. */
export interface Target {
  readonly provider: IdentityProvider
  readonly parts: readonly (string | null)[]
}

/** Reads a global id of the wanted type. Anything else is the caller's mistake, found before any call. */
export function targetOf(
  context: Pick<RequestContext, 'providers'>,
  type: GlobalIdType,
  id: string,
  argument: readonly string[],
): Target {
  return targetOfDecoded(context, type, decodeGlobalId(id), argument)
}

/** As `targetOf`, for an id that has been decoded already; `null`: it is none of ours. */
export function targetOfDecoded(
  context: Pick<RequestContext, 'providers'>,
  type: GlobalIdType,
  decoded: GlobalId | null,
  argument: readonly string[],
): Target {
  const name = argument.join('.')
  if (!decoded) throw new ArgumentError(argument, `\`${name}\` is not an id of this gateway`)
  if (decoded.type !== type)
    throw new ArgumentError(argument, `\`${name}\` is the id of a ${decoded.type}, not of a ${type}`)
  return { provider: providerNamed(context.providers, decoded.provider, argument), parts: decoded.parts }
}

/** A part of a decoded id that is never null for its type. */
export function requiredPart(target: Target, index: number, argument: readonly string[]): string {
  const part = target.parts[index]
  if (typeof part !== 'string')
    throw new ArgumentError(argument, `\`${argument.join('.')}\` is not an id of this gateway`)
  return part
}
