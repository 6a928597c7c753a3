import { appServices } from './app-services/index.ts'
import { auth0 } from './auth0/index.ts'
import { clerk } from './clerk/index.ts'
import { monocloud } from './monocloud/index.ts'
import type { VendorName } from './people.ts'
import type { SandboxVendorDefinition } from './vendor.ts'

/** The vendors, one line each. */
export const vendors: Readonly<Record<VendorName, SandboxVendorDefinition>> = {
  monocloud,
  auth0,
  clerk,
  'app-services': appServices,
}
