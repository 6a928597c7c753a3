import type { Auth0Permission } from './wire.ts'

/** A host that cannot exist (RFC 6761), so that credentials never travel when somebody forgets the base URL. */
export const tenantDomain = 'identity-sandbox.eu.auth0.test'

/** As in `tenant_name` and in front of the domain. */
export const tenantName = 'identity-sandbox'

/** The default of the vendor's SDK (auth0.md 1.1). */
export const managementAudience = `https://${tenantDomain}/api/v2/`

/** An application that may ask for management tokens. */
export interface MachineClient {
  readonly clientId: string
  readonly clientSecret: string
  /** `null`: every scope there is. */
  readonly scopes: readonly string[] | null
}

/** The gateway's own. */
export const gatewayClient: MachineClient = {
  clientId: 'sandboxGatewayClient000000000001',
  clientSecret: 'sandbox-auth0-secret-of-the-gateway',
  scopes: null,
}

/** An application whose grant is too narrow for most of what the gateway does. */
export const narrowClient: MachineClient = {
  clientId: 'sandboxNarrowClient0000000000002',
  clientSecret: 'sandbox-auth0-secret-of-a-narrow-client',
  scopes: ['read:users'],
}

/** All that the token endpoint knows. */
export const machineClients: readonly MachineClient[] = [gatewayClient, narrowClient]

/** Where accounts come from: a database, a passwordless way, a social or a company login. */
export interface Connection {
  readonly id: string
  readonly name: string
  readonly strategy: string
  readonly isSocial: boolean
  /** How people sign in there; accounts can be created only in databases and passwordless connections (auth0.md 5.2). */
  readonly kind: 'database' | 'email' | 'sms' | 'social' | 'enterprise'
  /** Whether accounts of a database carry user names. */
  readonly hasUsernames?: boolean
}

/** The tenant's connections; there are no others, and none can be made. */
export const connections = {
  database: {
    id: 'con_0000000000000001',
    name: 'Username-Password-Authentication',
    strategy: 'auth0',
    isSocial: false,
    kind: 'database',
  },
  staff: {
    id: 'con_0000000000000002',
    name: 'staff-directory',
    strategy: 'auth0',
    isSocial: false,
    kind: 'database',
    hasUsernames: true,
  },
  google: {
    id: 'con_0000000000000003',
    name: 'google-oauth2',
    strategy: 'google-oauth2',
    isSocial: true,
    kind: 'social',
  },
  github: { id: 'con_0000000000000004', name: 'github', strategy: 'github', isSocial: true, kind: 'social' },
  saml: { id: 'con_0000000000000005', name: 'acme-saml', strategy: 'samlp', isSocial: false, kind: 'enterprise' },
  entra: { id: 'con_0000000000000006', name: 'globex-entra', strategy: 'waad', isSocial: false, kind: 'enterprise' },
  sms: { id: 'con_0000000000000007', name: 'sms', strategy: 'sms', isSocial: false, kind: 'sms' },
  email: { id: 'con_0000000000000008', name: 'email', strategy: 'email', isSocial: false, kind: 'email' },
} as const satisfies Readonly<Record<string, Connection>>

/** `null`: there is none. */
export function connectionNamed(name: string): Connection | null {
  return Object.values<Connection>(connections).find((connection) => connection.name === name) ?? null
}

/** `null`: there is none. */
export function connectionById(id: string): Connection | null {
  return Object.values<Connection>(connections).find((connection) => connection.id === id) ?? null
}

/** Applications in which people sign in. */
export const applications = [
  { clientId: 'webShopClient0000000000000000001', name: 'Web Shop' },
  { clientId: 'mobileAppClient00000000000000002', name: 'Mobile – モバイル' },
  { clientId: 'backOfficeClient0000000000000003', name: 'Back Office' },
] as const

const apis = [
  {
    identifier: 'https://api.example.test/orders',
    name: 'Orders API',
    permissions: ['read:orders', 'create:orders', 'update:orders', 'delete:orders', 'read:order|history'],
  },
  {
    identifier: 'https://api.example.test/billing/',
    name: 'Billing – Abrechnung',
    permissions: ['read:invoices', 'refund:invoices', 'export:"quoted" invoices'],
  },
  { identifier: 'urn:reports', name: 'Reports', permissions: ['read:reports'] },
] as const

/** Everything that can be granted, by the APIs (resource servers) that define it. */
export const permissions: readonly Auth0Permission[] = apis.flatMap((api) =>
  api.permissions.map((permission) => ({
    resource_server_identifier: api.identifier,
    permission_name: permission,
    resource_server_name: api.name,
    description: `Allows to ${permission.replace(':', ' ')}`,
  })),
)

/** The audiences of the tenant's APIs. */
export const apiIdentifiers: readonly string[] = apis.map((api) => api.identifier)
