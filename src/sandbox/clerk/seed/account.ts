import type { Person } from '../../people.ts'
import { makeId } from '../ids.ts'
import type { Account } from '../state/account.ts'
import type { ClerkUser } from '../wire.ts'
import { seedEmails, seedPasskeys, seedPhones, seedWallets } from './identifications.ts'
import { seedEnterpriseAccounts, seedExternalAccounts } from './external-accounts.ts'

/** What a seeded user is made from. The same seed is the same user, however often it is made. */
export interface UserSeed {
  readonly person: Person
  readonly number: number
  readonly id: string
  /** Epoch milliseconds: what ends is seeded relative to it. */
  readonly seededAt: number
}

/** The password of every seeded user who has one. */
export const seededPassword = 'correct horse battery staple'
/** The TOTP secret of every seeded user who has one. */
export const seededTotpSecret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
/** The unused backup codes of every seeded user who has some. */
export const seededBackupCodes: readonly string[] = ['amber-otter-one', 'amber-otter-two', 'amber-otter-three']

const minute = 60_000
const day = 24 * 60 * minute

export function seedUserId(person: Person, number: number): string {
  return makeId('user', number, person.createdAt.getTime(), person.random('clerk id'))
}

export function seedAccount({ person, number, id, seededAt }: UserSeed): Account {
  const random = person.random('clerk account')
  const createdAt = person.createdAt.getTime()
  const ownId = (prefix: string) => makeId(prefix, number, createdAt, random)

  const hasEmail = !random.chance(0.06)
  const externalAccounts = seedExternalAccounts({ person, random, ownId, createdAt, hasEmail })
  const emails = hasEmail ? seedEmails({ person, random, ownId, createdAt, externalAccounts }) : []
  const phones = seedPhones({ person, random, ownId, createdAt })
  const wallets = seedWallets({ random, ownId, createdAt })
  const passkeys = seedPasskeys({ person, random, ownId, createdAt })
  const hasPassword = random.chance(0.75)
  const hasTotp = random.chance(0.18)
  const hasBackupCodes = hasTotp && random.chance(0.7)
  const hasSecondFactor = hasTotp || phones.some((phone) => phone.reserved_for_second_factor)
  const hasImage = random.chance(0.6)
  const imageUrl = hasImage ? person.pictureUrl : defaultImageUrl(id)
  const isNamed = !random.chance(0.05)
  const lastSignInAt = person.lastSignInAt?.getTime() ?? null

  const user: ClerkUser = {
    id,
    object: 'user',
    external_id: random.chance(0.8) ? person.externalId : null,
    primary_email_address_id: emails[0]?.id ?? null,
    primary_phone_number_id: phones[0]?.id ?? null,
    primary_web3_wallet_id: wallets[0]?.id ?? null,
    username: random.chance(0.7) || !hasEmail ? person.username : null,
    first_name: isNamed ? person.givenName : null,
    last_name: isNamed ? person.familyName : null,
    ...(random.chance(0.8) ? { locale: random.chance(0.9) ? person.locale : null } : {}),
    profile_image_url: imageUrl,
    image_url: imageUrl,
    has_image: hasImage,
    public_metadata: random.chance(0.85) ? publicMetadata(person) : {},
    private_metadata: random.chance(0.9)
      ? { billingRef: `private-clerk-${person.index}`, notes: ['private-note'] }
      : null,
    unsafe_metadata: random.chance(0.3) ? { theme: 'dark' } : {},
    email_addresses: emails,
    phone_numbers: phones,
    web3_wallets: wallets,
    passkeys,
    password_enabled: hasPassword,
    two_factor_enabled: hasSecondFactor,
    totp_enabled: hasTotp,
    backup_code_enabled: hasBackupCodes,
    mfa_enabled_at: hasSecondFactor ? createdAt + day : null,
    mfa_disabled_at: !hasSecondFactor && random.chance(0.05) ? createdAt + 2 * day : null,
    password_last_updated_at: hasPassword ? createdAt : null,
    external_accounts: externalAccounts,
    saml_accounts: [],
    enterprise_accounts: seedEnterpriseAccounts({ person, random, ownId, lastSignInAt, email: emails[0] ?? null }),
    last_sign_in_at: lastSignInAt,
    banned: person.state === 'disabled',
    locked: false,
    deprovisioned: person.state === 'disabled' && random.chance(0.2),
    lockout_expires_in_seconds: null,
    verification_attempts_remaining: null,
    created_at: createdAt,
    updated_at: person.updatedAt.getTime(),
    delete_self_enabled: random.chance(0.9),
    create_organization_enabled: random.chance(0.9),
    create_organizations_limit: random.chance(0.1) ? 5 : null,
    last_active_at: lastSignInAt === null ? null : lastSignInAt - (lastSignInAt % day),
    legal_accepted_at: random.chance(0.3) ? createdAt : null,
    bypass_client_trust: false,
  }
  return {
    user,
    password: hasPassword ? { kind: 'plain', password: seededPassword } : null,
    totpSecret: hasTotp ? seededTotpSecret : null,
    backupCodes: hasBackupCodes ? seededBackupCodes : [],
    lockedUntil: person.state === 'locked' ? lockEnd(random.next(), seededAt) : null,
  }
}

/** The picture Clerk draws for who has none. */
export function defaultImageUrl(id: string): string {
  return `https://img.example.test/default/${id}`
}

/** Half of the locks hold until somebody lifts them. */
function lockEnd(draw: number, seededAt: number): number {
  return draw < 0.5 ? Number.POSITIVE_INFINITY : seededAt + Math.ceil(60 * draw) * minute
}

function publicMetadata(person: Person): ClerkUser['public_metadata'] {
  return {
    plan: ['free', 'team', 'enterprise'][person.index % 3],
    betaFlags: person.index % 4 === 0 ? ['tables', 'グラフ 📈'] : [],
    address: { city: 'São Paulo', floor: person.index % 12 },
  }
}
