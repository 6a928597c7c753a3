import { z } from 'zod'
import { baseUrlSetting, commonSettings, type EnvironmentSetting } from '../../upstream/definition.ts'

export const monoCloudSettings = z
  .strictObject({
    ...commonSettings,
    /** The tenant's host: `acme.us.monocloud.com` (monocloud.md 1). As in the vendor's SDK, `https://` before it and `/` after it are fine. */
    domain: z
      .string()
      .regex(
        /^(https:\/\/)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?\/?$/i,
        'a host such as acme.us.monocloud.com, without a path',
      )
      .transform((domain) => domain.replace(/^https:\/\//i, '').replace(/\/$/, ''))
      .optional(),
    /** A secret: an administrator of the whole tenant. */
    apiKey: z.string().regex(/^[\x21-\x7e]+$/, 'a key without spaces'),
    /** Replaces `https://{domain}/api`, so it ends in `/api`. */
    baseUrl: baseUrlSetting.optional(),
    /** The largest page that the tenant gives; 100 is the safe ceiling (monocloud.md 2). */
    maxPageSize: z.int().min(2).max(1000).default(100),
    /**
     * Whether a list in order of creation goes on by a range of `creation_time` in `filter`, so that users created meanwhile move nobody
     * to another page. That ranges work is not public (monocloud.md 2): `false` is for a tenant on which they do not, and walks by page
     * number instead.
     */
    resumeByCreationTime: z.boolean().default(true),
  })
  .refine((settings) => settings.domain !== undefined || settings.baseUrl !== undefined, {
    path: ['domain'],
    message: 'the tenant’s host, unless baseUrl is given',
  })

export type MonoCloudSettings = z.output<typeof monoCloudSettings>

export const monoCloudEnvironment = {
  MONOCLOUD_MANAGEMENT_DOMAIN: {
    member: 'domain',
    isSecret: false,
    description:
      'Host of the tenant, such as acme.us.monocloud.com: shown in the MonoCloud dashboard, and the issuer of its tokens',
  },
  MONOCLOUD_MANAGEMENT_API_KEY: {
    member: 'apiKey',
    isSecret: true,
    description: 'Management API key of the tenant: made in the MonoCloud dashboard under API keys',
  },
  MONOCLOUD_BASE_URL: {
    member: 'baseUrl',
    isSecret: false,
    description: 'Base URL including /api, only where it is not https://{domain}/api: a proxy or the sandbox',
  },
} satisfies Readonly<Record<string, EnvironmentSetting>>
