import { createRouter } from '../router.ts'
import type { SandboxVendorDefinition } from '../vendor.ts'
import { createGuard, secretKey } from './access.ts'
import { failure, failureResponse, notFound } from './failures.ts'
import { createRoutes } from './routes.ts'
import { emailAddresses } from './routes/email-addresses.ts'
import { grantReads } from './routes/grant-reads.ts'
import { grantWrites } from './routes/grant-writes.ts'
import { membershipReads } from './routes/membership-reads.ts'
import { membershipWrites } from './routes/membership-writes.ts'
import { organizationReads } from './routes/organization-reads.ts'
import { organizationWrites } from './routes/organization-writes.ts'
import { phoneNumbers } from './routes/phone-numbers.ts'
import { sessionReads } from './routes/session-reads.ts'
import { sessionTokens } from './routes/session-tokens.ts'
import { sessionWrites } from './routes/session-writes.ts'
import { userFactors } from './routes/user-factors.ts'
import { userReads } from './routes/user-reads.ts'
import { userStatus } from './routes/user-status.ts'
import { userWrites } from './routes/user-writes.ts'
import { publicJwk } from './session-token.ts'
import { createTenant } from './state/tenant.ts'

const name = 'clerk'

const routeGroups = [
  userReads,
  userWrites,
  userStatus,
  userFactors,
  emailAddresses,
  phoneNumbers,
  sessionReads,
  sessionWrites,
  sessionTokens,
  organizationReads,
  organizationWrites,
  membershipReads,
  membershipWrites,
  grantReads,
  grantWrites,
]

/** Clerk's Backend API as of version 2026-05-12: a development instance with organizations, API keys and every factor switched on. */
export const clerk: SandboxVendorDefinition = {
  create(options, observer) {
    let tenant = createTenant(options)
    let traces = 0
    const nextTrace = () => (traces += 1)
    const router = createRouter({
      provider: name,
      basePath: '/v1',
      observer,
      guard: createGuard(nextTrace),
      notFound: () => failureResponse(notFound.path(), nextTrace()),
      badBody: () =>
        failureResponse(
          failure(400, 'request_body_invalid', 'Request body invalid', 'The request body is not valid JSON.'),
          nextTrace(),
        ),
    })
    const routes = createRoutes(router, () => tenant, nextTrace)
    for (const addRoutes of routeGroups) addRoutes(routes)
    // Of the front end's API, which is open to everybody: where others than the instance itself find its keys.
    router.on('GET', '/.well-known/jwks.json', async () => Response.json({ keys: [await publicJwk()] }), {
      basePath: '',
      open: true,
    })
    return {
      name,
      fetch: router.fetch,
      reset() {
        tenant = createTenant(options)
      },
    }
  },
  environment: (origin) => ({ CLERK_SECRET_KEY: secretKey, CLERK_BASE_URL: `${origin}/${name}` }),
}
