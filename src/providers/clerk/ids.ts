/**
 * Clerk's ids are a prefix and letters, digits and underscores (clerk.md 5). The package puts them into paths as they are (clerk.md 0.6),
 * so that nothing else may reach it; what looks different cannot exist.
 */
const idOf = (prefix: string): ((id: string) => boolean) => {
  const pattern = new RegExp(`^${prefix}_\\w{1,80}$`)
  return (id) => pattern.test(id)
}

export const isUserId = idOf('user')
export const isOrganizationId = idOf('org')
export const isSessionId = idOf('sess')
export const isClientId = idOf('client')
export const isApiKeyId = idOf('ak')
/** Of an email address, phone number, wallet or passkey. */
export const isIdentificationId = idOf('idn')
export const isExternalAccountId = idOf('eac')
