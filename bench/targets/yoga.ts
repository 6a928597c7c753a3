/**
 * What a good engineer writes in a day: a Yoga server on the printed schema, with a DataLoader per vendor and the default resolvers, and
 * none of the gateway's checks, limits, retries, cursors or errors.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import DataLoader from 'dataloader'
import { createSchema, createYoga } from 'graphql-yoga'
import { decodeGlobalId } from '../../src/identity/global-id.ts'
import { announce } from './announce.ts'
import { readClerkGrants, readClerkGroups, readClerkSessions, readClerkUser } from './clerk-user.ts'
import {
  auth0GrantsOf,
  auth0SessionsOf,
  type BriefUser,
  clerkOrganization,
  clerkSessionsOf,
  groupsOf,
  idsPerCall,
  listUsers,
  newestUsers,
  readUsers,
  type VendorName,
  vendorNames,
} from './vendors.ts'

type Loader = DataLoader<string, BriefUser | null>

interface Context {
  readonly users: Readonly<Record<VendorName, Loader>>
}

/** A user of the workload that selects everything of one brings more than the others. */
type ResolvedUser = BriefUser & { readonly services?: readonly string[] }

function loaderOf(vendor: VendorName): Loader {
  return new DataLoader(
    async (ids) => {
      const users = await readUsers[vendor](ids)
      const byId = new Map(users.map((user) => [user.nativeId, user]))
      return ids.map((id) => byId.get(id) ?? null)
    },
    { maxBatchSize: idsPerCall[vendor] },
  )
}

function load(context: Context, id: string): Promise<BriefUser | null> {
  const decoded = decodeGlobalId(id)
  return context.users[decoded?.provider as VendorName].load(decoded?.parts[0] ?? '') // the workloads' own ids
}

interface Paging {
  readonly first: number
}

const sdl = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8')

const schema = createSchema<Context>({
  typeDefs: `${sdl}
    scalar _Any
    union _Entity = User
    extend type Query { _entities(representations: [_Any!]!): [_Entity]! }
  `,
  resolvers: {
    Query: {
      // Only one workload asks for everything; it alone selects devices of a user, and the brief record has not what it needs.
      user: (_, { id }: { readonly id: string }, context, info) =>
        info.operation.name?.value === 'Everything'
          ? readClerkUser(decodeGlobalId(id)?.parts[0] ?? '')
          : load(context, id),
      nodes: (_, { ids }: { readonly ids: readonly string[] }, context) => ids.map((id) => load(context, id)),
      group: async (_, { id }: { readonly id: string }) => {
        const organization = await clerkOrganization(decodeGlobalId(id)?.parts[0] ?? '', 50)
        return { name: organization.name, members: async () => ({ nodes: await organization.members() }) }
      },
      users: async (_, { first, providers }: Paging & { readonly providers?: readonly VendorName[] }) => {
        const [only] = providers ?? []
        if (only === undefined) return { nodes: await newestUsers(first) }
        return { nodes: (await listUsers[only](only === 'clerk' ? first + 1 : first)).slice(0, first) }
      },
      _entities: (_, { representations }: { readonly representations: readonly Record<string, string>[] }, context) =>
        representations.map(({ id, providerName, nativeId }) =>
          id === undefined ? context.users[providerName as VendorName].load(nativeId ?? '') : load(context, id),
        ),
    },
    User: {
      groups: async ({ providerName, nativeId, services }: ResolvedUser, { first }: Paging) => {
        if (services) return readClerkGroups(nativeId)
        const nodes = await groupsOf[providerName]?.(nativeId, first)
        return nodes ? { nodes } : null
      },
      sessions: async ({ providerName, nativeId, services }: ResolvedUser, { first }: Paging) => {
        if (services) return readClerkSessions(nativeId)
        return { nodes: await (providerName === 'clerk' ? clerkSessionsOf : auth0SessionsOf)(nativeId, first) }
      },
      grants: async ({ nativeId, services }: ResolvedUser, { first }: Paging) => {
        if (services) return readClerkGrants(nativeId, Promise.resolve(services))
        return { nodes: await auth0GrantsOf(nativeId, first) }
      },
    },
  },
})

const yoga = createYoga<object, Context>({
  schema,
  logging: false,
  graphiql: false,
  context: () => ({
    users: Object.fromEntries(vendorNames.map((vendor) => [vendor, loaderOf(vendor)])) as Context['users'], // one for each
  }),
})

announce(createServer((request, response) => void yoga(request, response)))
