/**
 * The limit: for each workload the upstream calls that it cannot do without, and the same JSON, written by hand. No GraphQL, no checks.
 * Calls are made in the stages that a client's query allows: what hangs on a record is asked for once the record is there.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { decodeGlobalId } from '../../src/identity/global-id.ts'
import type { WorkloadName } from '../workloads.ts'
import { readClerkGrants, readClerkGroups, readClerkSessions, readClerkUser } from './clerk-user.ts'
import { announce } from './announce.ts'
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

type Variables = Readonly<Record<string, unknown>>

interface Reference {
  readonly vendor: VendorName
  readonly nativeId: string
}

function referenceOf(id: unknown): Reference {
  const decoded = decodeGlobalId(String(id))
  return { vendor: decoded?.provider as VendorName, nativeId: decoded?.parts[0] ?? '' } // the workloads' own ids
}

/** What the workloads select; `__typename` is for the other baseline. */
function selected({ id, providerName, nativeId, name, email, status, createdAt }: BriefUser) {
  return { id, providerName, nativeId, name, email, status, createdAt }
}

async function oneUser({ id }: Variables): Promise<object> {
  const { vendor, nativeId } = referenceOf(id)
  const [user] = await readUsers[vendor]([nativeId])
  return { user: user ? selected(user) : null }
}

/** By vendor, in as few calls as its API allows, all at once. */
async function readAll(references: readonly Reference[]): Promise<readonly (BriefUser | null)[]> {
  const found = new Map<string, BriefUser>()
  await Promise.all(
    vendorNames.flatMap((vendor) => {
      const ids = references.filter((reference) => reference.vendor === vendor).map(({ nativeId }) => nativeId)
      const size = idsPerCall[vendor]
      return Array.from({ length: Math.ceil(ids.length / size) }, async (_, index) => {
        for (const user of await readUsers[vendor](ids.slice(index * size, (index + 1) * size))) {
          found.set(`${vendor}:${user.nativeId}`, user)
        }
      })
    }),
  )
  return references.map(({ vendor, nativeId }) => {
    const user = found.get(`${vendor}:${nativeId}`)
    return user ? selected(user) : null
  }) as readonly (BriefUser | null)[] // without the name of the type
}

async function withGroups(user: BriefUser): Promise<object> {
  const groups = await groupsOf[user.providerName]?.(user.nativeId, 5)
  return { ...selected(user), groups: groups ? { nodes: groups } : null }
}

const answers: Readonly<Record<WorkloadName, (variables: Variables) => Promise<object>>> = {
  'one-user': oneUser,
  'one-auth0-user': oneUser,

  async members({ id }) {
    const organization = await clerkOrganization(referenceOf(id).nativeId, 50)
    const members = await organization.members()
    const nodes = members.map((member) => ({ ...selected(member), givenName: member.givenName }))
    return { group: { name: organization.name, members: { nodes } } }
  },

  async 'two-relations'() {
    const users = (await listUsers.clerk(51)).slice(0, 50)
    const nodes = await Promise.all(
      users.map(async (user) => {
        const [groups, sessions] = await Promise.all([
          groupsOf.clerk?.(user.nativeId, 5),
          clerkSessionsOf(user.nativeId, 5),
        ])
        return { ...selected(user), groups: { nodes: groups }, sessions: { nodes: sessions } }
      }),
    )
    return { users: { nodes } }
  },

  async 'three-relations'() {
    const users = await listUsers.auth0(50)
    const nodes = await Promise.all(
      users.map(async (user) => {
        const [groups, sessions, grants] = await Promise.all([
          groupsOf.auth0?.(user.nativeId, 5),
          auth0SessionsOf(user.nativeId, 5),
          auth0GrantsOf(user.nativeId, 5),
        ])
        return {
          ...selected(user),
          groups: { nodes: groups },
          sessions: { nodes: sessions },
          grants: { nodes: grants },
        }
      }),
    )
    return { users: { nodes } }
  },

  nodes: async ({ ids }) => ({ nodes: await readAll((ids as readonly string[]).map(referenceOf)) }),

  async 'merged-page'() {
    return { users: { nodes: await Promise.all((await newestUsers(20)).map(withGroups)) } }
  },

  async entities({ representations }) {
    const references = (representations as readonly Variables[]).map((representation) =>
      representation['id'] === undefined
        ? ({ vendor: representation['providerName'], nativeId: representation['nativeId'] } as Reference) // the workload's own
        : referenceOf(representation['id']),
    )
    return { _entities: await readAll(references) }
  },

  async everything({ id }) {
    const { nativeId } = referenceOf(id)
    const { services, __typename: _, ...user } = await readClerkUser(nativeId)
    const [groups, sessions, grants] = await Promise.all([
      readClerkGroups(nativeId),
      readClerkSessions(nativeId),
      readClerkGrants(nativeId, Promise.resolve(services)),
    ])
    return { user: { ...user, groups, sessions, grants } }
  },
}

async function answer(request: IncomingMessage): Promise<string> {
  const { variables } = JSON.parse(await text(request)) as { readonly variables: Variables } // what load.ts sends
  const name = request.headers['x-workload'] as WorkloadName // as above
  return JSON.stringify({ data: await answers[name](variables) })
}

const server = createServer((request, response) => {
  answer(request).then(
    (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(body),
    (error: unknown) => response.writeHead(500).end(String(error)),
  )
})
announce(server)
