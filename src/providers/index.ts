import type { ProviderKind } from '../identity/records.ts'
import type { ProviderDefinition } from '../upstream/definition.ts'
import { appServices } from './app-services/index.ts'
import { auth0 } from './auth0/index.ts'
import { clerkDefinition } from './clerk/index.ts'
import { monoCloud } from './monocloud/index.ts'

/** The vendors, one line each. */
export const providerDefinitions: Partial<Record<ProviderKind, ProviderDefinition>> = {
  monocloud: monoCloud,
  auth0,
  clerk: clerkDefinition,
  'app-services': appServices,
}
