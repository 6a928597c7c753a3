import type { Person } from '../people.ts'
import { alphanumeric, type RandomStream } from '../random.ts'
import {
  externalAuthenticators,
  type MonocloudEmail,
  type MonocloudExternalProvider,
  type MonocloudPasskey,
  type MonocloudPhone,
  type MonocloudUser,
} from './wire.ts'

const base64 = `${alphanumeric}+/`

export const places = [
  { city: 'Porto', region: 'Porto District', country: 'Portugal', latitude: '41.1496', longitude: '-8.6110' },
  { city: 'Kyiv', region: 'Kyiv City', country: 'Ukraine', latitude: '50.4501', longitude: '30.5234' },
  { city: '東京', region: '東京都', country: 'Japan', latitude: '35.6762', longitude: '139.6503' },
  { city: 'Köln', region: 'Nordrhein-Westfalen', country: 'Germany', latitude: '50.9375', longitude: '6.9603' },
] as const

export const userAgents = [
  'Mozilla/5.0 (Linux; Android 15)',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)',
] as const

export function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}

export function makeUuid(random: RandomStream): string {
  const block = (): string =>
    random
      .integer(2 ** 32)
      .toString(16)
      .padStart(8, '0')
  const digits = block() + block() + block() + block()
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`
}

export function makeIp(random: RandomStream): string {
  return random.chance(0.2)
    ? `2001:db8::${random.integer(0xffff).toString(16)}`
    : `203.0.113.${1 + random.integer(254)}`
}

/** One in twenty came from another system and kept its id there: an id is opaque and may need encoding in a path (monocloud.md 1). */
export function userIdOf(person: Person): string {
  const place = person.index.toString(36).padStart(4, '0')
  if (person.index % 20 === 7) return `legacy|${person.username}/${place}`
  return `u_${person.random('monocloud id').text(4, alphanumeric)}${place}`
}

/** This person's account. `startedAt`: the sandbox's start, epoch seconds; a lock lasts from then. */
export function makeUser(person: Person, startedAt: number): MonocloudUser {
  const random = person.random('monocloud account')
  const user_id = userIdOf(person)
  const hasEmail = !random.chance(0.08)
  const hasUsername = !hasEmail || random.chance(0.8)
  const hasPassword = random.chance(0.85)
  const providers = makeExternalProviders(person, random)
  const place = random.pick(places)
  const creation_time = secondsOf(person.createdAt)
  const signedInAt = person.lastSignInAt && secondsOf(person.lastSignInAt)
  const failures = person.state === 'locked' ? 10 : signedInAt !== null && random.chance(0.1) ? 2 : 0
  const attemptedAt = signedInAt === null ? null : signedInAt + (failures > 0 ? 600 : 0)
  const ip = signedInAt === null ? null : makeIp(random)
  return {
    user_id,
    disabled: person.state === 'disabled',
    connections: [
      { idp: 'monocloud', connection_id: user_id },
      ...providers.map((provider) => ({ idp: provider.authenticator, connection_id: provider.provider_user_id })),
    ],
    claims: makeClaims(person, random, place),
    public_data: random.chance(0.2)
      ? {}
      : { theme: random.pick(['dark', 'light']), onboarding_step: random.integer(5) },
    private_data: random.chance(0.1)
      ? {}
      : {
          crm_id: person.externalId,
          support_note: `private-note about ${person.givenName}`,
          risk: { score: random.integer(100), flags: [], reviewed_by: null },
        },
    emails: makeEmails(person, random, hasEmail),
    phone_numbers: makePhones(person, random),
    passkeys: random.chance(0.25) ? Array.from({ length: 1 + random.integer(2) }, () => makePasskey(random)) : [],
    force_password_reset: hasPassword && random.chance(0.05),
    external_providers: providers,
    creation_time,
    last_updated: secondsOf(person.updatedAt),
    username: hasUsername ? { id: makeUuid(random), username: person.username, source: 'monocloud' } : null,
    has_password: hasPassword,
    password_updated_at: hasPassword
      ? creation_time + random.integer(1 + secondsOf(person.updatedAt) - creation_time)
      : null,
    block_until: person.state === 'locked' ? startedAt + 86_400 : null,
    failure_count: failures,
    sign_in_attempts_count: person.signInCount + failures,
    last_sign_in_attempt: attemptedAt,
    last_sign_in_attempt_ip: ip,
    sign_in_success_count: person.signInCount,
    last_sign_in_success: signedInAt,
    last_sign_in_success_ip: ip,
    last_activity: signedInAt === null ? null : signedInAt + random.integer(3600),
    last_known_city: signedInAt === null ? null : place.city,
    last_known_country: signedInAt === null ? null : place.country,
    last_known_region: signedInAt === null ? null : place.region,
  }
}

function makeClaims(person: Person, random: RandomStream, place: (typeof places)[number]): Record<string, unknown> {
  return {
    name: `${person.givenName} ${person.familyName}`,
    given_name: person.givenName,
    family_name: person.familyName,
    ...(random.chance(0.8) ? { picture: person.pictureUrl } : {}),
    ...(random.chance(0.2) ? { nickname: person.givenName.slice(0, 3) } : {}),
    ...(random.chance(0.5) ? { birthdate: person.birthdate } : {}),
    locale: person.locale,
    zoneinfo: person.zoneinfo,
    ...(random.chance(0.3) ? { address: { locality: place.city, country: place.country } } : {}),
    // A custom field of the sign-up page.
    ...(random.chance(0.3) ? { loyalty_tier: random.pick(['gold', 'silver']) } : {}),
  }
}

function makeEmails(person: Person, random: RandomStream, hasEmail: boolean): readonly MonocloudEmail[] {
  if (!hasEmail) return []
  const others = random.chance(0.25) ? 1 + random.integer(2) : 0
  return [
    {
      id: makeUuid(random),
      primary: true,
      verified: person.emailVerified,
      source: 'monocloud',
      verification_source: person.emailVerified ? 'monocloud' : null,
      email: person.email,
    },
    ...Array.from({ length: others }, (_, place): MonocloudEmail => {
      const verified = random.chance(0.5)
      return {
        id: makeUuid(random),
        primary: false,
        verified,
        source: 'google',
        verification_source: verified ? 'google' : null,
        // Not all in lower case: addresses are to be compared without it.
        email: `Also.${place}.${person.username}@Mail.example.test`,
      }
    }),
  ]
}

function makePhones(person: Person, random: RandomStream): readonly MonocloudPhone[] {
  if (person.phoneNumber === null) return []
  const numbers = [person.phoneNumber]
  if (random.chance(0.2)) numbers.push(`+351${String(910_000_000 + person.index)}`)
  return numbers.map((phone, place) => {
    const verified = place === 0 && person.phoneVerified
    return {
      id: makeUuid(random),
      primary: place === 0,
      verified,
      source: 'monocloud',
      verification_source: verified ? 'monocloud' : null,
      phone,
    }
  })
}

function makePasskey(random: RandomStream): MonocloudPasskey {
  const isSynced = random.chance(0.6)
  return {
    name: random.pick(['Pixel 9', 'ключ 🔑', 'YubiKey | work', null]),
    // As the authenticator issued it: not always in the alphabet that is safe in a path.
    passkey_id: `${random.text(20, base64)}+/==`,
    public_key: random.text(40, base64),
    aa_guid: 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4',
    backup_state: isSynced,
    backup_eligibility: isSynced || random.chance(0.3),
    user_present: true,
    user_verified: random.chance(0.9),
    user_agent: random.pick(userAgents),
  }
}

function makeExternalProviders(person: Person, random: RandomStream): readonly MonocloudExternalProvider[] {
  if (!random.chance(0.3)) return []
  const first = random.integer(externalAuthenticators.length)
  const count = random.chance(0.3) ? 2 : 1
  return Array.from({ length: count }, (_, place) => {
    const authenticator = externalAuthenticators[(first + place) % externalAuthenticators.length] ?? 'google'
    const number = `${random.text(12, '0123456789')}${person.index}`
    return {
      authenticator,
      provider_user_id: random.chance(0.3) ? `${authenticator}|${number}` : number,
      claims: { email: person.email, email_verified: true, name: `${person.givenName} ${person.familyName}` },
    }
  })
}
