/**
 * Clerk's ids are a prefix and letters, digits and underscores (clerk.md 5). The package puts them into paths as they are (clerk.md 0.6),
 * so that nothing else may reach it; what looks different cannot exist.
 */
const idOf = (prefix: string): ((id: string) => boolean) => {
  const pattern = new RegExp(`^${prefix}_\\w{1,80}$`)
  return (id) => pattern.test(id)
}

/** Of a user. */
export const isUserId = idOf('user')
/** Of an organization. */
export const isOrganizationId = idOf('org')
/** Of a session. */
export const isSessionId = idOf('sess')
/** Of a client: a browser or device with sessions. */
export const isClientId = idOf('client')
/** Of an API key. */
export const isApiKeyId = idOf('ak')
/** Of an email address, phone number, wallet or passkey. */
export const isIdentificationId = idOf('idn')
/** Of an account at another login service. */
export const isExternalAccountId = idOf('eac')
