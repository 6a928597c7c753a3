import type { Person } from '../../people.ts'
import type { RandomStream } from '../../random.ts'
import type {
  ClerkEmailAddress,
  ClerkExternalAccount,
  ClerkPasskey,
  ClerkPhoneNumber,
  ClerkVerification,
  ClerkWeb3Wallet,
} from '../wire-identifications.ts'

export interface IdentificationSeed {
  readonly person: Person
  readonly random: RandomStream
  /** Makes an id with this prefix that belongs to the user. */
  readonly ownId: (prefix: string) => string
  readonly createdAt: number
}

const codeLifetime = 600_000

/** The person's address, which an external account may have brought, and for some a second and a reserved one. */
export function seedEmails({
  person,
  random,
  ownId,
  createdAt,
  externalAccounts,
}: IdentificationSeed & { readonly externalAccounts: readonly ClerkExternalAccount[] }): readonly ClerkEmailAddress[] {
  const linked = externalAccounts.filter(
    (account) => account.email_address === person.email && /^oauth_[a-z]+$/.test(account.provider),
  )
  const email = (address: string, verification: ClerkVerification | null, reserved = false): ClerkEmailAddress => ({
    id: ownId('idn'),
    object: 'email_address',
    email_address: address,
    reserved,
    verification,
    linked_to:
      address === person.email
        ? linked.map((account) => ({ type: account.provider, id: account.identification_id }))
        : [],
    matches_sso_connection: false,
    created_at: createdAt,
    updated_at: createdAt,
  })
  const firstLink = linked[0]
  const emails = [email(person.email, primaryVerification(person, random, firstLink, createdAt))]
  const localPart = person.email.slice(0, person.email.indexOf('@'))
  if (random.chance(0.2)) {
    const isVerified = random.chance(0.7)
    emails.push(email(`${localPart}@work.example.test`, emailCode(isVerified, createdAt)))
  }
  if (random.chance(0.06)) emails.push(email(`${localPart}@old.example.test`, null, true))
  return emails
}

function primaryVerification(
  person: Person,
  random: RandomStream,
  linked: ClerkExternalAccount | undefined,
  createdAt: number,
): ClerkVerification | null {
  if (!person.emailVerified) return random.chance(0.5) ? emailCode(false, createdAt) : null
  if (linked && random.chance(0.5)) {
    return {
      object: 'verification_from_oauth',
      status: 'verified',
      strategy: `from_${linked.provider}`,
      attempts: null,
      expire_at: null,
    }
  }
  return random.chance(0.2) ? adminVerification : emailCode(true, createdAt)
}

/** What an address or number carries that a back end vouched for. */
export const adminVerification: ClerkVerification = {
  object: 'verification_admin',
  status: 'verified',
  strategy: 'admin',
  attempts: null,
  expire_at: null,
}

function emailCode(isVerified: boolean, createdAt: number): ClerkVerification {
  return {
    object: 'verification_otp',
    status: isVerified ? 'verified' : 'unverified',
    strategy: 'email_code',
    attempts: isVerified ? 1 : 0,
    expire_at: createdAt + codeLifetime,
  }
}

export function seedPhones({ person, random, ownId, createdAt }: IdentificationSeed): readonly ClerkPhoneNumber[] {
  if (person.phoneNumber === null) return []
  const phone = (number: string, isVerified: boolean, isSecondFactor: boolean): ClerkPhoneNumber => ({
    id: ownId('idn'),
    object: 'phone_number',
    phone_number: number,
    reserved_for_second_factor: isSecondFactor,
    default_second_factor: isSecondFactor,
    reserved: false,
    verification: {
      object: 'verification_otp',
      status: isVerified ? 'verified' : 'unverified',
      strategy: 'phone_code',
      attempts: isVerified ? 1 : null,
      expire_at: createdAt + codeLifetime,
      channel: 'sms',
    },
    linked_to: [],
    backup_codes: null,
    created_at: createdAt,
    updated_at: createdAt,
  })
  const phones = [phone(person.phoneNumber, person.phoneVerified, person.phoneVerified && random.chance(0.25))]
  if (random.chance(0.12)) phones.push(phone(person.phoneNumber.replace('+4420', '+4416'), random.chance(0.5), false))
  return phones
}

export function seedWallets({
  random,
  ownId,
  createdAt,
}: Omit<IdentificationSeed, 'person'>): readonly ClerkWeb3Wallet[] {
  if (!random.chance(0.1)) return []
  return [
    {
      id: ownId('idn'),
      object: 'web3_wallet',
      web3_wallet: `0x${random.text(40, '0123456789abcdef')}`,
      verification: {
        object: 'verification_web3',
        status: 'verified',
        strategy: 'web3_metamask_signature',
        attempts: 1,
        expire_at: createdAt + codeLifetime,
      },
      created_at: createdAt,
      updated_at: createdAt,
    },
  ]
}

export function seedPasskeys({ person, random, ownId, createdAt }: IdentificationSeed): readonly ClerkPasskey[] {
  const count = random.chance(0.2) ? 1 + random.integer(2) : 0
  return Array.from({ length: count }, (_, place): ClerkPasskey => ({
    id: ownId('idn'),
    object: 'passkey',
    name: place === 0 ? 'Chrome on Mac' : `${person.givenName}’s phone 📱`,
    last_used_at: person.lastSignInAt?.getTime() ?? createdAt,
    verification: {
      object: 'verification_passkey',
      status: 'verified',
      strategy: 'passkey',
      attempts: 1,
      expire_at: createdAt + codeLifetime,
    },
  }))
}
