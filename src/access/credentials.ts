import { apiKeyHeader } from './api-keys.ts'

/** A header of the request, by its name in lower case; `null`: it is not there. */
export type ReadHeader = (name: string) => string | null

/** What a request shows of who is asking, not yet checked. Nothing is looked for in the address: addresses are logged everywhere. */
export type Credentials =
  | { readonly kind: 'none' }
  /** Two kinds at once: whichever were taken, somebody would be surprised. */
  | { readonly kind: 'several' }
  /** An `authorization` that is no bearer token. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'apiKey'; readonly key: string }
  | { readonly kind: 'token'; readonly token: string }

/** RFC 6750, 2.1. */
const bearerPattern = /^Bearer +([\w.~+/-]+=*)$/i

/** Whether a request says at all who is asking. */
export function showsCredentials(header: ReadHeader): boolean {
  return readCredentials(header).kind !== 'none'
}

/** An empty header is one that is not there. */
export function readCredentials(header: ReadHeader): Credentials {
  const key = header(apiKeyHeader) ?? ''
  const authorization = header('authorization') ?? ''
  if (key !== '' && authorization !== '') return { kind: 'several' }
  if (key !== '') return { kind: 'apiKey', key }
  if (authorization === '') return { kind: 'none' }
  const token = bearerPattern.exec(authorization)?.[1]
  return token === undefined ? { kind: 'unreadable' } : { kind: 'token', token }
}
