import type { SandboxVendorDefinition } from '../vendor.ts'
import { gatewayClient, tenantDomain } from './tenant.ts'
import { createAuth0Sandbox } from './vendor.ts'

/** Auth0's Management API and token endpoint, as auth0.md describes them. */
export const auth0: SandboxVendorDefinition = {
  create: createAuth0Sandbox,
  environment: (origin) => ({
    AUTH0_DOMAIN: tenantDomain,
    AUTH0_CLIENT_ID: gatewayClient.clientId,
    AUTH0_CLIENT_SECRET: gatewayClient.clientSecret,
    AUTH0_BASE_URL: `${origin}/auth0`,
  }),
}
