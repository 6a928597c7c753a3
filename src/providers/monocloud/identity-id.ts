/** What names a linked account upstream (monocloud.md 5.2, 9). */
export interface ExternalAccount {
  readonly authenticator: string
  readonly provider_user_id: string
  /** Only tenants of later revisions have it, and they want it back. */
  readonly provider: string | null
}

/** The id of a linked account, which upstream has none: its parts, encoded so that they come apart again. */
export function identityIdOf({ authenticator, provider, provider_user_id: userId }: ExternalAccount): string {
  const service = provider === null ? [authenticator] : [authenticator, provider]
  return `${service.map(encodeURIComponent).join(':')}|${encodeURIComponent(userId)}`
}

/** `null` for a text that `identityIdOf` would not have made. */
export function parseIdentityId(id: string): ExternalAccount | null {
  const match = /^([^:|]+)(?::([^:|]*))?\|([^:|]*)$/.exec(id)
  if (!match) return null
  try {
    const [authenticator, provider, userId] = match
      .slice(1)
      .map((part) => (part === undefined ? null : decodeURIComponent(part)))
    const account = { authenticator: authenticator ?? '', provider: provider ?? null, provider_user_id: userId ?? '' }
    return identityIdOf(account) === id ? account : null
  } catch {
    return null // a broken percent sign
  }
}
