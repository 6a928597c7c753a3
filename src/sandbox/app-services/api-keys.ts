import { alphanumeric, randomStream } from '../random.ts'
import type { Account, ApiKey } from './account.ts'
import { nextObjectId, objectId } from './object-id.ts'
import { type AppDefinition, authProviderId } from './tenant.ts'

/** Most keys an app may have (app-services.md 3.4). */
export const maxApiKeys = 100

const seededKeys = [
  { name: 'nightly-import', createdAt: Date.UTC(2022, 1, 14, 9, 30), lastUsedAt: -3600, disabled: false },
  { name: 'billing_export', createdAt: Date.UTC(2023, 4, 2, 7, 0), lastUsedAt: -40 * 86_400, disabled: false },
  { name: 'legacy-sync-2', createdAt: Date.UTC(2023, 4, 2, 7, 0), lastUsedAt: -400 * 86_400, disabled: true },
  { name: 'load-test', createdAt: Date.UTC(2025, 2, 4, 9, 15), lastUsedAt: null, disabled: false },
] as const

/** The app's server keys of the beginning, each with the user that it signs in (app-services.md 4.3). `seededAt` in epoch seconds. */
export function seedApiKeys(
  app: AppDefinition,
  seededAt: number,
): readonly { readonly key: ApiKey; readonly user: Account }[] {
  return seededKeys.map(({ name, createdAt, lastUsedAt, disabled }, place) => {
    const seconds = createdAt / 1000
    const key = makeApiKey(objectId(seconds, app.maker, 0x41 + 2 * place), name)
    key.disabled = disabled
    const lastAuthenticationDate = lastUsedAt === null ? 0 : Math.max(seconds, seededAt + lastUsedAt)
    return { key, user: { ...serverUserOf(key, app, seconds), lastAuthenticationDate } }
  })
}

export function makeApiKey(id: string, name: string): ApiKey {
  return {
    id,
    name,
    key: randomStream(`app-services api key ${id}`).text(64, alphanumeric),
    disabled: false,
    userId: nextObjectId(id),
  }
}

export function serverUserOf(key: ApiKey, app: AppDefinition, creationDate: number): Account {
  return {
    id: key.userId,
    type: 'server',
    identities: [
      {
        id: key.id,
        provider_type: 'api-key',
        provider_id: authProviderId(app, 'api-key'),
        provider_data: { name: key.name },
      },
    ],
    data: { name: key.name },
    disabled: false,
    creationDate,
    lastAuthenticationDate: 0,
    sessionsValidSince: creationDate,
    customData: null,
    password: null,
  }
}
