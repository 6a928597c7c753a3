/** What is asked, alike of every target. */
import { encodeGlobalId } from '../src/identity/global-id.ts'

export interface Workload {
  readonly name: WorkloadName
  /** One line for the reader of the results. */
  readonly title: string
  readonly document: string
  variables(people: People): Readonly<Record<string, unknown>>
  /** Upstream calls of one operation. A change of the gateway that needs another number has to be meant. */
  readonly upstreamCalls: number
}

export type WorkloadName =
  | 'one-user'
  | 'one-auth0-user'
  | 'members'
  | 'two-relations'
  | 'three-relations'
  | 'nodes'
  | 'merged-page'
  | 'entities'
  | 'everything'

/** Native ids that the workloads ask for. */
export interface People {
  readonly monocloud: readonly string[]
  readonly auth0: readonly string[]
  readonly clerk: readonly string[]
  readonly 'app-services': readonly string[]
  /** An organization at Clerk with more members than a page. */
  readonly organization: string
  /** A user at Clerk of whom there is something of everything. */
  readonly everybodysFriend: string
}

const vendors = ['monocloud', 'auth0', 'clerk', 'app-services'] as const

const brief = 'id providerName nativeId name email status createdAt'

function userId(provider: (typeof vendors)[number], nativeId: string | undefined): string {
  return encodeGlobalId({ type: 'User', provider, parts: [nativeId ?? ''] })
}

function someOfEach(people: People, count: number): readonly string[] {
  return vendors.flatMap((vendor) => people[vendor].slice(0, count).map((nativeId) => userId(vendor, nativeId)))
}

export const workloads: readonly Workload[] = [
  {
    name: 'one-user',
    title: 'one user by id (Clerk)',
    document: `query OneUser($id: ID!) { user(id: $id) { ${brief} } }`,
    variables: ({ clerk }) => ({ id: userId('clerk', clerk[3]) }),
    upstreamCalls: 1,
  },
  {
    name: 'one-auth0-user',
    title: 'one user by id (Auth0)',
    document: `query OneUser($id: ID!) { user(id: $id) { ${brief} } }`,
    variables: ({ auth0 }) => ({ id: userId('auth0', auth0[3]) }),
    upstreamCalls: 1,
  },
  {
    name: 'members',
    title: '50 members of a group, their records in one batch (Clerk)',
    document: `query Members($id: ID!) { group(id: $id) { name members(first: 50) { nodes { ${brief} givenName } } } }`,
    variables: ({ organization }) => ({
      id: encodeGlobalId({ type: 'Group', provider: 'clerk', parts: [organization] }),
    }),
    upstreamCalls: 3,
  },
  {
    name: 'two-relations',
    title: '50 users with groups and sessions (Clerk)',
    document: `query TwoRelations {
      users(providers: ["clerk"], first: 50) {
        nodes { ${brief} groups(first: 5) { nodes { kind name } } sessions(first: 5) { nodes { status lastActiveAt } } }
      }
    }`,
    variables: () => ({}),
    upstreamCalls: 101,
  },
  {
    name: 'three-relations',
    title: '50 users with groups, sessions and grants (Auth0)',
    document: `query ThreeRelations {
      users(providers: ["auth0"], first: 50) {
        nodes {
          ${brief}
          groups(first: 5) { nodes { kind name } }
          sessions(first: 5) { nodes { status lastActiveAt } }
          grants(first: 5) { nodes { kind createdAt } }
        }
      }
    }`,
    variables: () => ({}),
    upstreamCalls: 351,
  },
  {
    name: 'nodes',
    title: '100 users of four providers by id',
    document: `query Nodes($ids: [ID!]!) { nodes(ids: $ids) { ... on User { ${brief} } } }`,
    variables: (people) => ({ ids: someOfEach(people, 25) }),
    upstreamCalls: 52,
  },
  {
    name: 'merged-page',
    title: 'the newest 20 over four providers with groups',
    document: `query MergedPage { users(first: 20) { nodes { ${brief} groups(first: 5) { nodes { kind name } } } } }`,
    variables: () => ({}),
    upstreamCalls: 27,
  },
  {
    name: 'entities',
    title: '_entities of 200 mixed representations',
    document: `query Entities($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { ${brief} } } }`,
    variables: (people) => ({
      representations: vendors.flatMap((vendor) =>
        people[vendor]
          .slice(0, 50)
          .map((nativeId, index) =>
            index % 2 === 0
              ? { __typename: 'User', id: userId(vendor, nativeId) }
              : { __typename: 'User', providerName: vendor, nativeId },
          ),
      ),
    }),
    upstreamCalls: 102,
  },
  {
    name: 'everything',
    title: 'everything about a user, 100 fields (Clerk)',
    document: `query Everything($id: ID!) {
      user(id: $id) {
        id nativeId providerName provider { name kind }
        externalId username name givenName familyName nickname pictureUrl locale middleName preferredUsername
        profileUrl website gender birthdate zoneinfo email emailVerified status lockedUntil
        createdAt updatedAt lastSignInAt lastActiveAt signInCount hasPassword passwordResetRequired mfaEnabled
        publicMetadata privateMetadata
        emails { id address verified primary }
        phoneNumbers { id number verified primary }
        identities { id service externalUserId email name }
        authenticators { id kind name createdAt lastUsedAt }
        groups { edges { roles joinedAt node { id nativeId kind name slug createdAt updatedAt } } pageInfo { hasNextPage } }
        sessions {
          nodes {
            id nativeId status clientIds createdAt lastActiveAt expiresAt
            ipAddress userAgent city country revocationScope
          }
          pageInfo { hasNextPage }
        }
        grants {
          nodes { id nativeId kind clientId scopes createdAt expiresAt revocable }
          pageInfo { hasNextPage }
        }
      }
    }`,
    variables: ({ everybodysFriend }) => ({ id: userId('clerk', everybodysFriend) }),
    upstreamCalls: 6,
  },
]
