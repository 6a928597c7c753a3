import type { ProviderKind } from '../identity/records.ts'
import type { ProviderDefinition } from '../upstream/definition.ts'
import { appServices } from './app-services/index.ts'
import { auth0 } from './auth0/index.ts'
import { clerk } from './clerk/index.ts'
import { monocloud } from './monocloud/index.ts'

/** The vendors, one line each. */
export const providerDefinitions: Readonly<Record<ProviderKind, ProviderDefinition>> = {
  monocloud,
  auth0,
  clerk,
  'app-services': appServices,
}
