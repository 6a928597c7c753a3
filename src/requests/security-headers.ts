/**
 * What every answer says to browsers, unless it says something else itself: take it for what it says it is, keep it nowhere, frame it
 * nowhere, run nothing in it, and tell no other site where it came from. That connections are encrypted is for whoever encrypts them to
 * demand.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
}
