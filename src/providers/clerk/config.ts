import { z } from 'zod'
import { baseUrlSetting, commonSettings, type EnvironmentSetting } from '../../upstream/definition.ts'

/** What one Clerk instance is configured with. */
export const clerkSettings = z.strictObject({
  ...commonSettings,
  /** The instance's administrator key. A secret. */
  secretKey: z.string().regex(/^sk_\S+$/, 'a secret key, beginning with sk_live_ or sk_test_'),
  /** Where the API is, without its version: `/v1` lies under it. */
  baseUrl: baseUrlSetting.default('https://api.clerk.com'),
})

/** Settings after parsing. */
export type ClerkSettings = z.infer<typeof clerkSettings>

/** The same, as environment variables. */
export const clerkEnvironment: Readonly<Record<string, EnvironmentSetting>> = {
  CLERK_SECRET_KEY: {
    member: 'secretKey',
    isSecret: true,
    description: 'The secret key of the Clerk instance: Clerk dashboard, Configure, API keys, "Secret keys".',
  },
  CLERK_BASE_URL: {
    member: 'baseUrl',
    isSecret: false,
    description: 'Replaces https://api.clerk.com, for a sandbox or a proxy; nothing to get, leave it out otherwise.',
  },
}
