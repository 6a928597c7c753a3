/** A name or an address, perhaps with a port. */
const hostPattern = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/**
 * Whether a request was sent to a path of a host. Whatever else stands in the header that names the host would become a part of the
 * request's URL, so that we took another path for the one that was asked for than a proxy which lets only some paths through.
 */
export function isAddress(host: string, path: string): boolean {
  if (host === lastGood.host && path === lastGood.path) return true
  const isGood = hostPattern.test(host) && URL.canParse(`http://${host}`) && URL.canParse(`http://${host}${path}`)
  if (isGood) lastGood = { host, path }
  return isGood
}

/** Nearly all requests are sent to the same one. */
let lastGood = { host: '', path: '' }
