/** A name or an address, perhaps with a port. */
const hostPattern = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/**
 * Whether a request was sent to a host at all. Whatever else stands in the header would become a part of the request's URL, so that
 * we took another path for the one that was asked for than a proxy which lets only some paths through.
 */
export function isHost(host: string): boolean {
  if (host === lastHost) return true
  const isGood = hostPattern.test(host) && URL.canParse(`http://${host}`)
  if (isGood) lastHost = host
  return isGood
}

/** Nearly all requests are sent to the same one. */
let lastHost = ''
