import type { RandomStream } from '../../random.ts'
import type { ClerkEmailAddress, ClerkEnterpriseAccount, ClerkExternalAccount } from '../wire-identifications.ts'
import type { IdentificationSeed } from './identifications.ts'

interface Service {
  readonly provider: string
  readonly object: ClerkExternalAccount['object']
  readonly share: number
  readonly scopes: string
  readonly userId: (random: RandomStream) => string
}

const decimalDigits = '0123456789'

/** The login services that the tenant has switched on. */
export const services: readonly Service[] = [
  {
    provider: 'oauth_google',
    object: 'google_account',
    share: 0.35,
    scopes: 'email openid profile',
    userId: (random) => `1${random.text(20, decimalDigits)}`,
  },
  {
    provider: 'oauth_github',
    object: 'external_account',
    share: 0.25,
    scopes: 'read:user user:email',
    userId: (random) => `5${random.text(6, decimalDigits)}`,
  },
  {
    provider: 'oauth_facebook',
    object: 'facebook_account',
    share: 0.1,
    scopes: 'email public_profile',
    userId: (random) => `10${random.text(14, decimalDigits)}`,
  },
  {
    provider: 'oauth_custom_acme',
    object: 'external_account',
    share: 0.1,
    scopes: 'openid',
    userId: (random) => `acme|Zürich 🏔|${random.text(5, decimalDigits)}`,
  },
]

/** Accounts at other services. Google and Facebook name theirs by the identification (clerk.md 0 #14). */
export function seedExternalAccounts({
  person,
  random,
  ownId,
  createdAt,
  hasEmail,
}: IdentificationSeed & { readonly hasEmail: boolean }): readonly ClerkExternalAccount[] {
  return (
    services
      .filter((service) => random.chance(service.share))
      // Some have two accounts at the same service.
      .flatMap((service) =>
        service.provider === 'oauth_google' && random.chance(0.15) ? [service, service] : [service],
      )
      .map((service): ClerkExternalAccount => {
        const identificationId = ownId('idn')
        const accountId = ownId('eac')
        const providerUserId = service.userId(random)
        const isNamedByIdentification = service.object !== 'external_account'
        return {
          object: service.object,
          id: isNamedByIdentification ? identificationId : accountId,
          ...(isNamedByIdentification ? { external_account_id: accountId } : {}),
          identification_id: identificationId,
          provider: service.provider,
          provider_user_id: providerUserId,
          ...(service.object === 'google_account' && {
            google_id: providerUserId,
            given_name: person.givenName,
            family_name: person.familyName,
            picture: person.pictureUrl,
          }),
          ...(service.object === 'facebook_account' && { facebook_id: providerUserId }),
          approved_scopes: service.scopes,
          email_address: hasEmail && service.provider !== 'oauth_custom_acme' ? person.email : '',
          email_address_verified: service.object === 'google_account' ? true : null,
          first_name: person.givenName,
          last_name: service.provider === 'oauth_github' ? '' : person.familyName,
          avatar_url: person.pictureUrl,
          image_url: person.pictureUrl,
          username: service.provider === 'oauth_github' ? person.username : null,
          phone_number: null,
          public_metadata: {},
          label: service.provider === 'oauth_custom_acme' ? 'Acme' : null,
          created_at: createdAt,
          updated_at: createdAt,
          verification: {
            object: 'verification_oauth',
            status: 'verified',
            strategy: service.provider,
            attempts: null,
            expire_at: createdAt + 600_000,
          },
        }
      })
  )
}

export function seedEnterpriseAccounts({
  person,
  random,
  ownId,
  lastSignInAt,
  email,
}: Omit<IdentificationSeed, 'createdAt'> & {
  readonly lastSignInAt: number | null
  readonly email: ClerkEmailAddress | null
}): readonly ClerkEnterpriseAccount[] {
  if (!random.chance(0.06) || !email) return []
  return [
    {
      id: ownId('entacc'),
      object: 'enterprise_account',
      protocol: 'saml',
      provider: 'saml_okta',
      active: true,
      email_address: email.email_address,
      first_name: person.givenName,
      last_name: person.familyName,
      provider_user_id: person.email,
      enterprise_connection_id: null,
      public_metadata: {},
      verification: {
        object: 'verification_saml',
        status: 'verified',
        strategy: 'saml',
        attempts: null,
        expire_at: null,
      },
      enterprise_connection: null,
      last_authenticated_at: lastSignInAt,
    },
  ]
}
