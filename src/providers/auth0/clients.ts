import type { DeviceCredentialsClient } from 'auth0/deviceCredentials'
import type { GroupsClient } from 'auth0/groups'
import type { VerificationEmailClient } from 'auth0/jobs/verificationEmail'
import type { OrganizationsClient } from 'auth0/organizations'
import type { RefreshTokensClient } from 'auth0/refreshTokens'
import type { RolesClient } from 'auth0/roles'
import type { SessionsClient } from 'auth0/sessions'
import type { TicketsClient } from 'auth0/tickets'
import type { UserBlocksClient } from 'auth0/userBlocks'
import type { UserGrantsClient } from 'auth0/userGrants'
import type { UsersClient } from 'auth0/users'
import { sdkFetch } from '../../upstream/sdk.ts'

/** The parts of Auth0's package that we call. */
export interface Clients {
  readonly deviceCredentials: DeviceCredentialsClient
  readonly groups: GroupsClient
  readonly organizations: OrganizationsClient
  readonly refreshTokens: RefreshTokensClient
  readonly roles: RolesClient
  readonly sessions: SessionsClient
  readonly tickets: TicketsClient
  readonly userBlocks: UserBlocksClient
  readonly userGrants: UserGrantsClient
  readonly users: UsersClient
  readonly verificationEmails: VerificationEmailClient
}

/** Imports the package, and makes its clients. Recipe A of auth0.md 1.2: sub-clients alone take a base URL. */
export async function importClients(baseUrl: string): Promise<Clients> {
  const options = {
    baseUrl,
    fetch: sdkFetch,
    maxRetries: 0,
    // The pipeline puts the real one in its place.
    token: 'set by the pipeline',
    // Of no effect on our fetch, which has the pipeline's time limits; but the package's timer keeps the process alive so long when
    // a call fails (auth0.md 1.5).
    timeoutInSeconds: 1,
  }
  const [
    { DeviceCredentialsClient },
    { GroupsClient },
    { OrganizationsClient },
    { RefreshTokensClient },
    { RolesClient },
    { SessionsClient },
    { TicketsClient },
    { UserBlocksClient },
    { UserGrantsClient },
    { UsersClient },
    { VerificationEmailClient },
  ] = await Promise.all([
    import('auth0/deviceCredentials'),
    import('auth0/groups'),
    import('auth0/organizations'),
    import('auth0/refreshTokens'),
    import('auth0/roles'),
    import('auth0/sessions'),
    import('auth0/tickets'),
    import('auth0/userBlocks'),
    import('auth0/userGrants'),
    import('auth0/users'),
    import('auth0/jobs/verificationEmail'),
  ])
  return {
    deviceCredentials: new DeviceCredentialsClient(options),
    groups: new GroupsClient(options),
    organizations: new OrganizationsClient(options),
    refreshTokens: new RefreshTokensClient(options),
    roles: new RolesClient(options),
    sessions: new SessionsClient(options),
    tickets: new TicketsClient(options),
    userBlocks: new UserBlocksClient(options),
    userGrants: new UserGrantsClient(options),
    users: new UsersClient(options),
    verificationEmails: new VerificationEmailClient(options),
  }
}
