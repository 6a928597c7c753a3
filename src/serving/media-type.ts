/** In what an answer can be written. The first says in its status whether the request was a GraphQL one at all. */
const offered = ['application/graphql-response+json', 'application/json'] as const

export type MediaType = (typeof offered)[number]

/**
 * The media type of the answer to a request that accepts these, as our server of all other requests chooses it: what a client names first, and
 * plain JSON where anything will do. `null`: neither of ours is asked for, or something else might be meant.
 */
export function acceptedMediaType(accept: string | undefined): MediaType | null {
  if (accept === undefined || accept === '*/*') return 'application/json'
  const known = chosen.get(accept)
  if (known !== undefined) return known
  const found = choose(accept)
  // Clients send few different ones; whoever invents new ones has theirs read each time.
  if (chosen.size < maxKnown) chosen.set(accept, found)
  return found
}

const chosen = new Map<string, MediaType | null>()
const maxKnown = 100

function choose(accept: string): MediaType | null {
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
    const charset = parameters.find((parameter) => parameter.includes('charset='))
    if (charset !== undefined && charset !== 'charset=utf-8') continue
    if (type === '*/*' || type === 'application/*') return 'application/json'
    const exact = offered.find((one) => one === type)
    if (exact) return exact
    // Streams and parts, which may be answered in as well.
    if (type === 'text/event-stream' || type === 'multipart/mixed' || type.includes('*')) return null
  }
  return null
}
