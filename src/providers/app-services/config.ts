import { z } from 'zod'
import { baseUrlSetting, commonSettings, type EnvironmentSetting, loginSettings } from '../../upstream/definition.ts'
import { objectIdPattern } from './object-id.ts'

/** The global host of the Admin API, also for apps that run in one region only (app-services.md 1.1). */
const defaultBaseUrl = 'https://services.cloud.mongodb.com/api/admin/v3.0'

export const settingsSchema = z.strictObject({
  ...commonSettings,
  ...loginSettings,
  /** Public half of an Atlas programmatic key with the role Project Owner; other project roles only read (app-services.md 1.2). */
  publicKey: z.string().min(1),
  /** Private half of the same key. A secret. */
  privateKey: z.string().min(1),
  /** The Atlas project's id, `groupId` in the vendor's paths (app-services.md 1.4). */
  projectId: z.string().regex(objectIdPattern, 'the Atlas project id: 24 lower-case hex digits'),
  /** The app's internal id, or its client app id, which costs one look-up after the start (app-services.md 1.4). */
  appId: z.string().regex(/^[\w-]+$/, 'the internal app id (24 hex digits) or the client app id (myapp-abcde)'),
  baseUrl: baseUrlSetting.default(defaultBaseUrl),
  /** Up to how many users their addresses are indexed, so that users can be looked up by email; left out: no index. */
  emailIndexMaxUsers: z.coerce.number().int().min(1).max(5_000_000).optional(),
  /** Seconds between looks for new users. */
  emailIndexRefreshSeconds: z.int().min(1).max(86_400).default(60),
  /** Seconds after which all users are walked again, for addresses that changed. */
  emailIndexWalkSeconds: z.int().min(60).max(604_800).default(3_600),
  /**
   * Whether the app confirms the addresses of its email/password users, so that they count as verified. The vendor does not say it of a
   * user (app-services.md 7.1).
   */
  emailsAreConfirmed: z.union([z.boolean(), z.enum(['on', 'off']).transform((word) => word === 'on')]).default(false),
})

export type AppServicesSettings = z.output<typeof settingsSchema>

export const environment: Readonly<Record<string, EnvironmentSetting>> = {
  APP_SERVICES_PUBLIC_KEY: {
    member: 'publicKey',
    isSecret: false,
    description: 'Public key of an Atlas API key with the role Project Owner (Atlas: Project Access Manager, API Keys)',
  },
  APP_SERVICES_PRIVATE_KEY: {
    member: 'privateKey',
    isSecret: true,
    description: 'Private key of that Atlas API key, shown once when it is made',
  },
  APP_SERVICES_PROJECT_ID: {
    member: 'projectId',
    isSecret: false,
    description: 'Id of the Atlas project that holds the app (Atlas: Project Settings, Project ID)',
  },
  APP_SERVICES_APP_ID: {
    member: 'appId',
    isSecret: false,
    description: "The app's id: its App ID (myapp-abcde) or the 24 hex digits in the URL of its dashboard",
  },
  APP_SERVICES_EMAIL_INDEX_MAX_USERS: {
    member: 'emailIndexMaxUsers',
    isSecret: false,
    description: 'Up to how many users their addresses are indexed for look-ups; not set: no index',
  },
  APP_SERVICES_EMAILS_CONFIRMED: {
    member: 'emailsAreConfirmed',
    isSecret: false,
    description: 'on: the app confirms the addresses of its email/password users, so that they count as verified',
  },
  APP_SERVICES_BASE_URL: {
    member: 'baseUrl',
    isSecret: false,
    description: `Replaces ${defaultBaseUrl}, for a sandbox`,
  },
}
