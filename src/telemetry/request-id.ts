import { randomUUID } from 'node:crypto'

/** The header in which a request's id comes, and in which it is answered. */
export const requestIdHeader = 'x-request-id'

/** What load balancers and tracing systems make; nothing that could break a line of a log or a header. */
const sane = /^[\w.:/+=-]{1,128}$/

/** The id that came with a request where it looks like one, else a new one. */
export function requestIdFrom(presented: string | null): string {
  return presented !== null && sane.test(presented) ? presented : randomUUID()
}
