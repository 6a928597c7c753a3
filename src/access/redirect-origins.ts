import { isLoopback } from '../upstream/definition.ts'

/** Ends an allowed origin that stands for every port of this machine: `http://localhost:*`. */
const anyPort = ':*'

/**
 * Whether a URL leads to one of these origins. It must also be written so that every reader takes the same origin for it: in `https:a.test`
 * and `https://a.test\\@b.test` they differ, and the vendor's may be another than ours.
 */
export function isAllowedRedirect(text: string, allowed: readonly string[]): boolean {
  const url = URL.parse(text)
  if (!url || !text.startsWith(url.origin) || !/^(?:[/?#]|$)/.test(text.slice(url.origin.length))) return false
  return allowed.includes(url.origin) || allowed.includes(`${url.protocol}//${url.hostname}${anyPort}`)
}

/** Whether this can stand in the list: an origin by HTTPS, or one of this machine by either protocol, perhaps of every port. */
export function isRedirectOrigin(text: string): boolean {
  const hasAnyPort = text.endsWith(anyPort)
  const url = URL.parse(hasAnyPort ? text.slice(0, -anyPort.length) : text)
  // What is more than an origin, or is written in another way, would never equal one.
  if (!url || url.hostname.includes('*') || `${url.origin}${hasAnyPort ? anyPort : ''}` !== text) return false
  const isLocal = isLoopback(url)
  return (url.protocol === 'https:' && (!hasAnyPort || isLocal)) || (url.protocol === 'http:' && isLocal)
}
