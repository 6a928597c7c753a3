import { z } from 'zod'
import { baseUrlSetting, commonSettings, type EnvironmentSetting, loginSettings } from '../../upstream/definition.ts'

/** What it takes to reach one Auth0 tenant. */
export const auth0Settings = z.strictObject({
  ...commonSettings,
  ...loginSettings,
  /** The tenant's own domain, not a custom one: the Management API's audience is made of it. */
  domain: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i, 'a host name such as tenant.eu.auth0.com, without https://'),
  /** A machine-to-machine application that is authorised for the Management API. */
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  /** Replaces `https://{domain}`; `/oauth/token` and `/api/v2` lie under it. */
  baseUrl: baseUrlSetting.optional(),
})

/** The settings as parsed: times in milliseconds, optional ones absent when left to the defaults. */
export type Auth0Settings = z.infer<typeof auth0Settings>

/** One tenant without a file: where each of its settings comes from. */
export const auth0Environment: Readonly<Record<string, EnvironmentSetting>> = {
  AUTH0_DOMAIN: {
    member: 'domain',
    isSecret: false,
    description:
      'The tenant’s domain, such as tenant.eu.auth0.com: Auth0 dashboard, any application, Basic Information.',
  },
  AUTH0_CLIENT_ID: {
    member: 'clientId',
    isSecret: false,
    description:
      'Client ID of a machine-to-machine application that is authorised for the Auth0 Management API: Auth0 dashboard, Applications.',
  },
  AUTH0_CLIENT_SECRET: {
    member: 'clientSecret',
    isSecret: true,
    description:
      'Client secret of the same application: Auth0 dashboard, Applications, the application, Basic Information.',
  },
  AUTH0_BASE_URL: {
    member: 'baseUrl',
    isSecret: false,
    description: 'Only for sandboxes: the URL that stands for https://{domain}.',
  },
}
