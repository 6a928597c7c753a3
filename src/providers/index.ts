import type { ProviderKind } from '../identity/records.ts'
import type { ProviderDefinition } from '../upstream/definition.ts'
import { auth0 } from './auth0/index.ts'

/** The vendors, one line each. */
export const providerDefinitions: Partial<Record<ProviderKind, ProviderDefinition>> = {
  auth0,
}
