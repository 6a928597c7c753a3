import type { Account, Device, Registration } from './account.ts'
import { nextObjectId, objectId } from './object-id.ts'
import { activityOf, hasEmailLogin, kindOf, registrationIdOf, secondsOf, type Seed, userIdOf } from './seed.ts'
import { profileOf } from './seeded-profiles.ts'

/** The password of everybody who was seeded with one. */
export const seededPassword = 'correct-horse-9'

export function makeRegistration(seed: Seed): Registration {
  return {
    id: registrationIdOf(seed),
    email: seed.person.email,
    confirmed: kindOf(seed) === 'confirmed',
    password: seededPassword,
    action: null,
  }
}

export function makeAccount(seed: Seed): Account {
  const { person, position } = seed
  const id = userIdOf(seed)
  const profile = profileOf(seed)
  return {
    id,
    type: 'normal',
    identities: profile.identities,
    data: profile.data,
    creationDate: secondsOf(person.createdAt),
    ...activityOf(seed),
    customData:
      position % 4 === 1
        ? {
            _id: nextObjectId(id),
            user_account_id: id,
            team: position % 8 === 1 ? 'north' : 'Süd / 南 🌊',
            customer: person.externalId,
          }
        : null,
    password: hasEmailLogin(seed) ? seededPassword : null,
  }
}

const devicePlatforms = [
  { platform: 'ios', platformVersion: '18.5', appVersion: '3.4.1' },
  { platform: 'android', platformVersion: '15', appVersion: '3.4.0' },
  { platform: 'chrome', platformVersion: '137.0.0', appVersion: '' },
  { platform: 'node', platformVersion: '24.1.0', appVersion: '1.0.0 (東京)' },
] as const

/** Plain HTTP sign-ins leave no device (app-services.md 5.4). */
export function makeDevices(seed: Seed): Device[] {
  const { person, app } = seed
  const random = person.random('app-services devices')
  return devicePlatforms
    .filter(() => random.chance(0.35))
    .map((device, place) => ({
      id: objectId(secondsOf(person.createdAt) + 60 * place, app.maker, 0x10_0000 + seed.position * 8 + 4 + place),
      ...device,
    }))
}
