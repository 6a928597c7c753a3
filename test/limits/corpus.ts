import { readFileSync } from 'node:fs'
import { exampleTabs } from '../../src/graphiql/examples.ts'
import { encodeGlobalId } from '../../src/identity/global-id.ts'
import type { CostedOperation } from './cost-world.ts'

/** Ids of some seeded records of one provider. */
export interface Seeded {
  readonly users: readonly string[]
  readonly groups: readonly string[]
  readonly sessions: readonly string[]
  readonly grants: readonly string[]
  readonly email: string
}

const providers = ['monocloud', 'auth0', 'clerk', 'app-services'] as const

const sizes = [1, 20, 100] as const

/** What can be asked of each user, with the whole of each record that it leads to. */
export const userRelations: Readonly<Record<string, (first: number) => string>> = {
  'what lists say': () => 'name email status createdAt',
  metadata: () => 'publicMetadata privateMetadata',
  identities: () => 'identities { service email name }',
  authenticators: () => 'authenticators { kind }',
  groups: (first) => `groups(first: ${first}) { totalCount nodes { kind name } }`,
  'groups with everything': (first) =>
    `groups(first: ${first}) { edges { roles joinedAt node { name description memberCount createdAt } } }`,
  sessions: (first) => `sessions(first: ${first}) { nodes { status } }`,
  'sessions and their users': (first) => `sessions(first: ${first}) { nodes { user { email publicMetadata } } }`,
  'grants of sessions': (first) => `sessions(first: 3) { nodes { grants(first: ${first}) { nodes { kind } } } }`,
  grants: (first) => `grants(first: ${first}) { totalCount nodes { kind } }`,
  'consents alone': (first) => `grants(first: ${first}, kinds: [CONSENT]) { nodes { kind } }`,
  'sessions of grants': (first) => `grants(first: ${first}) { nodes { session { status } user { name } } }`,
  'blocked addresses': (first) => `blockedIps(first: ${first}) { nodes { address } }`,
  permissions: (first) => `permissions(first: ${first}) { nodes { name } }`,
  events: (first) => `events(first: ${first}) { nodes { type } }`,
  devices: () => 'devices { name }',
  matches: () => 'matches { users { nativeId } }',
  'matches with groups': () => 'matches { users { groups(first: 5) { nodes { name } } } }',
  everything: (first) => `name publicMetadata authenticators { kind } groups(first: ${first}) { nodes { memberCount } }
    sessions(first: ${first}) { nodes { id } } grants(first: ${first}) { nodes { id } } permissions { nodes { name } }
    blockedIps { nodes { address } } events { nodes { type } } devices { name }`,
}

/** Operations such as clients send, over seeded records. */
export function corpus(seeded: Readonly<Record<string, Seeded>>): readonly CostedOperation[] {
  const all = Object.values(seeded)
  const idsOf = (kind: 'users' | 'groups' | 'sessions' | 'grants', count: number): readonly string[] =>
    all.flatMap((one) => one[kind].slice(0, count))
  const email = seeded['auth0']?.email ?? ''
  return [
    ...fromGraphiql(email),
    ...fromReadme(),
    ...everythingAboutAUser(seeded),
    ...relationsOfUsers(),
    ...lists(),
    ...groupsAndMembers(seeded),
    ...byId(seeded, idsOf),
    ...entities(seeded),
    ...oddities(seeded, email),
  ]
}

function fromGraphiql(email: string): readonly CostedOperation[] {
  return exampleTabs(email).map(({ query, variables }, index) => ({
    name: `GraphiQL ${index}`,
    document: query,
    variables: variables === undefined ? {} : (JSON.parse(variables) as Record<string, unknown>), // an object, as the tabs have it
  }))
}

function fromReadme(): readonly CostedOperation[] {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  return [...readme.matchAll(/-d '(\{"query":.*\})'/g)].map(([, body = ''], index) => ({
    name: `README ${index}`,
    document: (JSON.parse(body) as { readonly query: string }).query, // as curl sends it
  }))
}

function everythingAboutAUser(seeded: Readonly<Record<string, Seeded>>): readonly CostedOperation[] {
  const document = readFileSync(new URL('../operations/everything-about-a-user.graphql', import.meta.url), 'utf8')
  return Object.entries(seeded).map(([provider, { users }]) => {
    const id = Buffer.from(users[0] ?? '', 'base64url').toString('utf8')
    const nativeId = (JSON.parse(id) as readonly string[])[2] // type, provider, native id
    return { name: `everything about a user of ${provider}`, document, variables: { provider, nativeId } }
  })
}

function relationsOfUsers(): readonly CostedOperation[] {
  return Object.entries(userRelations).flatMap(([relation, fields]) =>
    providers.flatMap((provider) =>
      sizes.map((size) => ({
        name: `${relation} of ${size} users of ${provider}`,
        // A few hundred users with a hundred of each would be all there is.
        document: `{ users(providers: ["${provider}"], first: ${size}) { nodes { ${fields(size === 1 ? 100 : 20)} } } }`,
      })),
    ),
  )
}

function lists(): readonly CostedOperation[] {
  return sizes.flatMap((size) => [
    { name: `${size} of all users`, document: `{ users(first: ${size}) { totalCount nodes { name email } } }` },
    {
      name: `${size} of all users, oldest first`,
      document: `{ users(first: ${size}, orderBy: { direction: ASC }) { nodes { name publicMetadata } } }`,
    },
    {
      name: `${size} users by change`,
      document: `{ users(first: ${size}, orderBy: { field: UPDATED_AT }) { edges { cursor node { name } } } }`,
    },
    {
      name: `${size} disabled users`,
      document: `{ users(first: ${size}, filter: { status: DISABLED }) { totalCount nodes { sessions { nodes { id } } } } }`,
    },
    {
      name: `${size} of all users with their groups`,
      document: `{ users(first: ${size}) { nodes { groups(first: 5) { nodes { kind name } } } } }`,
    },
    {
      name: `${size} users of two providers with grants`,
      document: `{ users(providers: ["clerk", "app-services"], first: ${size}) { nodes { grants { nodes { kind } } } } }`,
    },
    {
      name: `${size} of all users with their matches`,
      document: `{ users(first: ${size}) { nodes { matches { users { name providerName } } } } }`,
    },
    { name: `${size} of all groups`, document: `{ groups(first: ${size}) { totalCount nodes { name memberCount } } }` },
    {
      name: `${size} of all groups with members`,
      document: `{ groups(first: ${size}) { nodes { members(first: 5) { nodes { name status } } } } }`,
    },
    {
      name: `${size} of each provider's users and groups`,
      document: `{ providers { name totalUsers activeUsers users(first: ${size}) { totalCount nodes { id } } groups(first: ${size}) { totalCount nodes { name } } } }`,
    },
    {
      name: `${size} pending users`,
      document: `{ pendingUsers(provider: "app-services", first: ${size}) { nodes { email } } }`,
    },
  ])
}

function groupsAndMembers(seeded: Readonly<Record<string, Seeded>>): readonly CostedOperation[] {
  return Object.entries(seeded).flatMap(([provider, { groups }]) =>
    groups.length === 0
      ? []
      : sizes.flatMap((size) => [
          {
            name: `${size} members of a group of ${provider}`,
            document: `query ($id: ID!) { group(id: $id) { name members(first: ${size}) { totalCount edges { roles node { id } } } } }`,
            variables: { id: groups[0] },
          },
          {
            name: `${size} whole members of groups of ${provider}`,
            document: `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Group { members(first: ${size}) { nodes { status email publicMetadata } } permissions { nodes { name } } } } }`,
            variables: { ids: groups.slice(0, 5) },
          },
          {
            name: `${size} members of a group of ${provider} elsewhere`,
            document: `query ($id: ID!) { group(id: $id) { members(first: ${size}) { nodes { matches { users { name } } } } } }`,
            variables: { id: groups[0] },
          },
        ]),
  )
}

function byId(
  seeded: Readonly<Record<string, Seeded>>,
  idsOf: (kind: 'users' | 'groups' | 'sessions' | 'grants', count: number) => readonly string[],
): readonly CostedOperation[] {
  const document = `query ($ids: [ID!]!) { nodes(ids: $ids) { id
    ... on User { email publicMetadata }
    ... on Group { name memberCount }
    ... on Session { status user { name } grants { nodes { kind } } }
    ... on Grant { kind user { name } session { status } } } }`
  const made = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) =>
      encodeGlobalId({ type: 'User', provider: 'auth0', parts: [`auth0|${String(index).padStart(24, '0')}`] }),
    )
  return [
    { name: 'a hundred nodes of everything', document, variables: { ids: idsOf('users', 25) } },
    { name: 'groups by id', document, variables: { ids: idsOf('groups', 10) } },
    { name: 'sessions by id', document, variables: { ids: idsOf('sessions', 10) } },
    { name: 'grants by id', document, variables: { ids: idsOf('grants', 10) } },
    { name: 'one node', document, variables: { ids: idsOf('users', 1).slice(0, 1) } },
    { name: 'users whom nobody knows', document, variables: { ids: made(60) } },
    ...Object.entries(seeded).flatMap(([provider, { users, sessions, grants }]) => [
      { name: `a hundred users of ${provider}`, document, variables: { ids: users.slice(0, 100) } },
      {
        name: `a user of ${provider} under two aliases, and another`,
        document: `query ($a: ID!, $b: ID!) { x: user(id: $a) { ...U } y: user(id: $a) { ...U ...U } z: user(id: $b) { ...U } }
          fragment U on User { name groups { nodes { name } } publicMetadata }`,
        variables: { a: users[0], b: users[1] },
      },
      {
        name: `a user of ${provider}, with all relations`,
        document: `query ($id: ID!) { user(id: $id) { name publicMetadata groups(first: 30) { nodes { name } } sessions { nodes { status } } grants { nodes { kind } } } }`,
        variables: { id: users[0] },
      },
      ...(sessions[0] === undefined
        ? []
        : [
            {
              name: `a session of ${provider}`,
              document: 'query ($id: ID!) { session(id: $id) { status user { name publicMetadata } } }',
              variables: { id: sessions[0] },
            },
          ]),
      ...grants.slice(0, 3).map((id, index) => ({
        name: `grant ${index} of ${provider}`,
        document: 'query ($id: ID!) { grant(id: $id) { kind session { status } user { name } } }',
        variables: { id },
      })),
    ]),
  ]
}

function entities(seeded: Readonly<Record<string, Seeded>>): readonly CostedOperation[] {
  const document = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { name groups(first: 2) { nodes { name } } } ... on Group { groupName: name } } }`
  const usersOf = (count: number): readonly object[] =>
    Object.values(seeded).flatMap(({ users }) => users.slice(0, count).map((id) => ({ __typename: 'User', id })))
  return [1, 25, 100].map((count) => ({
    name: `${count} entities of each provider`,
    document,
    variables: { r: [...usersOf(count), { __typename: 'IdentityProvider', id: 'nonsense' }] },
  }))
}

function oddities(seeded: Readonly<Record<string, Seeded>>, email: string): readonly CostedOperation[] {
  const id = seeded['clerk']?.users[0]
  return [
    {
      name: 'people by email',
      document: `query ($email: String!) { usersByEmail(email: $email) { users { name groups { nodes { name } } matches { users { name } } } } }`,
      variables: { email },
    },
    {
      name: 'only what is included',
      document: `query ($with: Boolean!) { users(first: 50) { nodes { name groups @include(if: $with) { nodes { name } } ... @skip(if: true) { sessions { nodes { id } } } } } }`,
      variables: { with: false },
    },
    { name: 'the viewer', document: '{ viewer { subject user { name } } }' },
    { name: 'nothing but names', document: '{ __typename providers { name capabilities health { status } } }' },
    {
      name: 'interfaces',
      document: 'query ($id: ID!) { node(id: $id) { ... on Node { id ... on User { sessions { nodes { id } } } } } }',
      variables: { id },
    },
  ]
}
