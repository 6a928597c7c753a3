import type { ProviderKind } from '../identity/records.ts'
import type { ProviderDefinition } from '../upstream/definition.ts'
import { clerkDefinition } from './clerk/index.ts'

/** The vendors, one line each. */
export const providerDefinitions: Partial<Record<ProviderKind, ProviderDefinition>> = {
  clerk: clerkDefinition,
}
