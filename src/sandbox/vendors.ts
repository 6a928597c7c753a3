import { clerk } from './clerk/index.ts'
import { appServices } from './app-services/index.ts'
import { monocloud } from './monocloud/index.ts'
import type { VendorName } from './people.ts'
import type { SandboxVendorDefinition } from './vendor.ts'

/** The vendors, one line each. */
export const vendors: Partial<Record<VendorName, SandboxVendorDefinition>> = {
  clerk,
  'app-services': appServices,
  monocloud,
}
