import { randomStream, type RandomStream } from './random.ts'

export const vendorNames = ['monocloud', 'auth0', 'clerk', 'app-services'] as const

export type VendorName = (typeof vendorNames)[number]

/** Somebody who has accounts at one or more vendors. The same index is the same person in every run. */
export interface Person {
  readonly index: number
  readonly givenName: string
  readonly familyName: string
  readonly username: string
  /** Lower case. The same at every vendor where this person has an account. */
  readonly email: string
  /** Whether the address was verified; by it people are recognised across vendors. */
  readonly emailVerified: boolean
  /** E.164, or `null`. */
  readonly phoneNumber: string | null
  readonly phoneVerified: boolean
  readonly birthdate: string
  readonly locale: string
  readonly zoneinfo: string
  readonly pictureUrl: string
  /** The customer's own id for this person. */
  readonly externalId: string
  /** Where this person has an account. */
  readonly vendors: readonly VendorName[]
  readonly state: 'active' | 'disabled' | 'locked'
  readonly createdAt: Date
  readonly updatedAt: Date
  /** `null`: never signed in. */
  readonly lastSignInAt: Date | null
  readonly signInCount: number
  /** A stream of this person's own for one purpose, so that vendors draw independently of each other. */
  random(purpose: string): RandomStream
}

/** `npm start` shows this many people. */
export const defaultPeopleCount = 160

const givenNames = [
  'Ada',
  'Björn',
  'Chloé',
  'Dmitri',
  'Ebele',
  'Farid',
  'Grace',
  'Hiroshi',
  'Ines',
  'João',
  'Kateryna',
  'Liam',
  'María José',
  'Ngozi',
  "D'Arcy",
  'Priya',
  '美咲',
  'Олена',
  'محمد',
  'Zoë 🌻',
] as const

const familyNames = [
  'Okafor',
  'Müller',
  'de la Cruz',
  "O'Neill",
  'Tanaka',
  'Silva',
  'Novák',
  'Haddad',
  'Kowalska',
  'Ivanova',
  'van den Berg',
  'Smith|Jones',
  'Nguyễn',
  '山本',
  'Шевченко',
  'Ødegård',
] as const

const places = [
  { locale: 'en-GB', zoneinfo: 'Europe/London' },
  { locale: 'pt-PT', zoneinfo: 'Europe/Lisbon' },
  { locale: 'de-DE', zoneinfo: 'Europe/Berlin' },
  { locale: 'ja-JP', zoneinfo: 'Asia/Tokyo' },
  { locale: 'uk-UA', zoneinfo: 'Europe/Kyiv' },
  { locale: 'en-US', zoneinfo: 'America/New_York' },
] as const

const firstCreation = Date.UTC(2022, 0, 3, 8, 0, 0)
const lastCreation = Date.UTC(2025, 11, 1, 8, 0, 0)
const lastActivity = Date.UTC(2026, 5, 30, 12, 0, 0)

/** The first `count` people. */
export function makePeople(count: number): readonly Person[] {
  return Array.from({ length: count }, (_, index) => makePerson(index, count))
}

function makePerson(index: number, count: number): Person {
  const random = randomStream(`person ${index}`)
  const givenName = givenNames[index % givenNames.length] ?? givenNames[0]
  const familyName = random.pick(familyNames)
  const handle = `${asciiOf(givenName)}.${asciiOf(familyName)}.${index}`
  const place = random.pick(places)
  const createdAt = creationTime(index, count)
  const hasSignedIn = !random.chance(0.1)
  const lastSignInAt = hasSignedIn
    ? new Date(createdAt.getTime() + Math.floor(random.next() * (lastActivity - createdAt.getTime())))
    : null
  const draw = random.next()
  return {
    index,
    givenName,
    familyName,
    username: handle.replaceAll('.', '_'),
    email: random.chance(0.1) ? `${handle}+test@example.test` : `${handle}@example.test`,
    emailVerified: !random.chance(0.15),
    phoneNumber: random.chance(0.5) ? `+4420${String(70_000_000 + index).padStart(8, '0')}` : null,
    phoneVerified: random.chance(0.8),
    birthdate: `${1950 + random.integer(55)}-${twoDigits(1 + random.integer(12))}-${twoDigits(1 + random.integer(28))}`,
    locale: place.locale,
    zoneinfo: place.zoneinfo,
    pictureUrl: `https://img.example.test/${index}.png`,
    externalId: `crm-${10_000 + index}`,
    vendors: vendorsOf(index, random),
    state: draw < 0.06 ? 'disabled' : draw < 0.1 ? 'locked' : 'active',
    createdAt,
    updatedAt: lastSignInAt ?? createdAt,
    lastSignInAt,
    signInCount: hasSignedIn ? 1 + random.integer(400) : 0,
    random: (purpose) => randomStream(`person ${index} ${purpose}`),
  }
}

/** One home each in turn; about two in five are elsewhere too. */
function vendorsOf(index: number, random: RandomStream): readonly VendorName[] {
  const home = index % vendorNames.length
  if (!random.chance(0.4)) return [vendorNames[home] ?? vendorNames[0]]
  const others = 1 + random.integer(vendorNames.length - 1)
  return vendorNames.filter((_, place) => (place - home + vendorNames.length) % vendorNames.length <= others)
}

/** Spread over some years; one in eight was imported in the same millisecond as the person before. */
function creationTime(index: number, count: number): Date {
  const place = index % 8 === 7 ? index - 1 : index
  return new Date(firstCreation + Math.floor(((lastCreation - firstCreation) / count) * place) + (place % 997))
}

/** The Latin letters of a name, or `person` where it has none. */
function asciiOf(name: string): string {
  const letters = name
    .normalize('NFD')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase()
  return letters === '' ? 'person' : letters
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** The address of somebody who has verified it and has an account at every vendor, for examples. */
export function exampleEmail(): string {
  const known = makePeople(defaultPeopleCount).find(
    (person) => person.emailVerified && person.vendors.length === vendorNames.length,
  )
  return known?.email ?? ''
}
