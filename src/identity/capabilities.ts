import type { IdentityProvider } from './provider.ts'

type Probe = (provider: IdentityProvider) => unknown

/** Each capability, and the method whose presence means it. Nothing else states a capability. */
const probes = {
  USER_LOOKUP_BY_EMAIL: (p) => p.users.findByEmails,
  USER_SEARCH: (p) => p.users.filters.search,
  USER_CREATE: (p) => p.users.create,
  USER_UPDATE: (p) => p.users.update,
  USER_DELETE: (p) => p.users.delete,
  USER_DISABLE: (p) => p.users.disable,
  USER_LOCK: (p) => p.users.lock,
  USER_UNLOCK: (p) => p.users.unlock,
  USER_METADATA: (p) => p.users.updateMetadata,
  USER_PASSWORD_SET: (p) => p.users.setPassword,
  USER_PASSWORD_CHANGE: (p) => p.users.changePassword,
  USER_PASSWORD_REMOVE: (p) => p.users.removePassword,
  USER_PASSWORD_VERIFY: (p) => p.users.verifyPassword,
  USER_PASSWORD_RESET_LINK: (p) => p.users.createPasswordResetLink,
  USER_PASSWORD_RESET_REQUIRED: (p) => p.users.requirePasswordReset,
  USER_EMAIL_ADD: (p) => p.users.addEmail,
  USER_EMAIL_REMOVE: (p) => p.users.removeEmail,
  USER_EMAIL_CHANGE: (p) => p.users.changeEmail,
  USER_EMAIL_SET_PRIMARY: (p) => p.users.setPrimaryEmail,
  USER_EMAIL_SET_VERIFIED: (p) => p.users.setEmailVerified,
  USER_EMAIL_SEND_VERIFICATION: (p) => p.users.sendEmailVerification,
  USER_PHONE_ADD: (p) => p.users.addPhone,
  USER_PHONE_REMOVE: (p) => p.users.removePhone,
  USER_PHONE_SET_PRIMARY: (p) => p.users.setPrimaryPhone,
  USER_PHONE_SET_VERIFIED: (p) => p.users.setPhoneVerified,
  USER_USERNAME_SET: (p) => p.users.setUsername,
  USER_USERNAME_REMOVE: (p) => p.users.removeUsername,
  USER_PROFILE_IMAGE: (p) => p.users.setProfileImage,
  USER_IDENTITY_LINK: (p) => p.users.linkIdentity,
  USER_IDENTITY_UNLINK: (p) => p.users.unlinkIdentity,
  USER_AUTHENTICATORS: (p) => p.users.listAuthenticators,
  USER_AUTHENTICATOR_REMOVE: (p) => p.users.removeAuthenticator,
  USER_MFA_RESET: (p) => p.users.resetMfa,
  USER_TOTP_VERIFY: (p) => p.users.verifyTotp,
  USER_RECOVERY_CODE_REGENERATE: (p) => p.users.regenerateRecoveryCode,
  USER_REMEMBERED_BROWSERS_FORGET: (p) => p.users.forgetRememberedBrowsers,
  USER_BLOCKED_IPS: (p) => p.users.listBlockedIps,
  USER_PERMISSIONS: (p) => p.users.listPermissions,
  USER_EVENTS: (p) => p.users.listEvents,
  USER_DEVICES: (p) => p.users.listDevices,
  PENDING_USERS: (p) => p.pendingUsers?.list,
  GROUPS: (p) => p.groups?.list,
  GROUP_CREATE: (p) => p.groups?.create,
  GROUP_UPDATE: (p) => p.groups?.update,
  GROUP_DELETE: (p) => p.groups?.delete,
  GROUP_MEMBERS: (p) => p.groups?.listMembers,
  GROUP_MEMBER_ADD: (p) => p.groups?.addMember,
  GROUP_MEMBER_UPDATE: (p) => p.groups?.updateMember,
  GROUP_MEMBER_REMOVE: (p) => p.groups?.removeMember,
  GROUP_PERMISSIONS: (p) => p.groups?.listPermissions,
  SESSIONS: (p) => p.sessions?.listByUser,
  SESSION_REVOKE: (p) => p.sessions?.revoke,
  SESSION_REVOKE_ALL: (p) => p.sessions?.revokeAll,
  GRANTS: (p) => p.grants?.listByUser,
  GRANT_REVOKE: (p) => p.grants?.revoke,
  GRANT_REVOKE_BY_CLIENT: (p) => p.grants?.revokeByClient,
  TOKEN_VERIFY: (p) => p.tokens?.verify,
} satisfies Record<string, Probe>

/** Something a provider can do, by the name that clients see. */
export type Capability = keyof typeof probes

/** Every capability there is, in the order of the contract. */
export const allCapabilities = Object.keys(probes) as readonly Capability[] // the keys of a literal are exactly this type

/** Whether the provider has the method behind this capability. */
export function supports(provider: IdentityProvider, capability: Capability): boolean {
  return probes[capability](provider) !== undefined
}

/** What the provider can do: computed from which methods it has, and from nothing else. */
export function capabilitiesOf(provider: IdentityProvider): readonly Capability[] {
  return allCapabilities.filter((capability) => supports(provider, capability))
}
