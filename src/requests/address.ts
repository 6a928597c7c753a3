import type { ReadHeader } from '../access/credentials.ts'

/** From where a request came, as far as it can be believed; `null`: it came through no connection. `connection`: what the HTTP server knows of it. */
export type AddressOf = (connection: unknown, header: ReadHeader) => string | null

/**
 * The address at the other end of the connection; where a header is named, the last address in it, which the proxy at the other end has
 * written itself. Whatever stands before may be anybody's invention.
 */
export function addressIn(trustedHeader: string | null): AddressOf {
  return (connection, header) => {
    const said = trustedHeader === null ? undefined : header(trustedHeader)?.split(',').at(-1)?.trim()
    return said || (socketOf(connection)?.remoteAddress ?? null)
  }
}

/** The connection itself, of what the HTTP server knows of it; `undefined`: there is none. */
export function socketOf(connection: unknown): { readonly remoteAddress?: string } | undefined {
  const { req } = (connection ?? {}) as { readonly req?: { readonly socket?: { readonly remoteAddress?: string } } } // as Node's adapter puts it there
  return req?.socket
}
