import { objectId } from './object-id.ts'

/** The projects, apps and keys of this tenant. Everything here is made up; none of it opens anything but this sandbox. */

export interface AppDefinition {
  /** The app's ObjectID, which the Admin API's paths take. */
  readonly id: string
  /** The name that client applications know it by. */
  readonly clientAppId: string
  readonly name: string
  readonly projectId: string
  /** The realm of its users (app-services.md 1.4). */
  readonly domainId: string
  readonly environment: string
  /** The part of ObjectIDs that names their maker: ids of two apps never meet. */
  readonly maker: string
  /** How many of the people have an account here, from the first on. */
  readonly people: number
  /** Signs its users' tokens. The real one is never published. */
  readonly signingKey: string
}

export interface AdminKey {
  readonly publicKey: string
  readonly privateKey: string
  readonly userId: string
  readonly roles: readonly { readonly role_name: string; readonly group_id: string }[]
}

export const ordersProjectId = '6180e1f07d9b5a3e1c40aa07'
export const archiveProjectId = '6180e1f07d9b5a3e1c40aa31'

export const ordersApp: AppDefinition = {
  id: '6180f000d4a1c25e8f3b7a21',
  clientAppId: 'orders-kqzte',
  name: 'orders',
  projectId: ordersProjectId,
  domainId: '6180f000d4a1c25e8f3b7a22',
  environment: 'production',
  maker: '5b1e9a0c4d',
  people: Number.POSITIVE_INFINITY,
  signingKey: 'sandbox signing key of orders',
}

export const stagingApp: AppDefinition = {
  id: '6180f000d4a1c25e8f3b7b21',
  clientAppId: 'orders-staging-wmvua',
  name: 'orders-staging',
  projectId: ordersProjectId,
  domainId: '6180f000d4a1c25e8f3b7b22',
  environment: 'testing',
  maker: '7c3e14b90d',
  people: 5,
  signingKey: 'sandbox signing key of orders-staging',
}

/** Nobody has an account here and nothing ever happened. */
export const archiveApp: AppDefinition = {
  id: '6180f000d4a1c25e8f3b7c21',
  clientAppId: 'archive-zpxir',
  name: 'archive',
  projectId: archiveProjectId,
  domainId: '6180f000d4a1c25e8f3b7c22',
  environment: '',
  maker: '90d6f203a1',
  people: 0,
  signingKey: 'sandbox signing key of archive',
}

export const appDefinitions: readonly AppDefinition[] = [ordersApp, stagingApp, archiveApp]

export const projectIds: ReadonlySet<string> = new Set(appDefinitions.map(({ projectId }) => projectId))

/** Project Owner of both projects: reads and writes. */
export const ownerKey: AdminKey = {
  publicKey: 'sandboxpub',
  privateKey: '5ca1ab1e-0000-4000-8000-000000000001',
  userId: '6180f000d4a1c25e8f3b7a10',
  roles: [
    { role_name: 'GROUP_OWNER', group_id: ordersProjectId },
    { role_name: 'GROUP_OWNER', group_id: archiveProjectId },
  ],
}

/** May read one of the projects and change nothing (app-services.md 1.2). */
export const readOnlyKey: AdminKey = {
  publicKey: 'sandboxread',
  privateKey: '5ca1ab1e-0000-4000-8000-000000000002',
  userId: '6180f000d4a1c25e8f3b7a11',
  roles: [{ role_name: 'GROUP_READ_ONLY', group_id: ordersProjectId }],
}

export const adminKeys: readonly AdminKey[] = [ownerKey, readOnlyKey]

export const authProviderTypes = [
  'anon-user',
  'local-userpass',
  'api-key',
  'oauth2-apple',
  'oauth2-google',
  'oauth2-facebook',
  'custom-token',
  'custom-function',
] as const

export type AuthProviderType = (typeof authProviderTypes)[number]

/** What users carry as `provider_id` (app-services.md 4.4). */
export function authProviderId(app: AppDefinition, type: AuthProviderType): string {
  return objectId(0x6180_f000, app.maker, 0x41 + authProviderTypes.indexOf(type))
}
