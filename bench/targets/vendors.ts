/**
 * The four vendors as a plain program reads them: the calls that the gateway makes, and of each answer only what the workloads select.
 * Nothing is checked, nothing is retried, nothing is limited: this is what both baselines are made of.
 */
import { encodeGlobalId } from '../../src/identity/global-id.ts'
import { appServices, auth0, clerk, monocloud } from './vendor-http.ts'

export const vendorNames = ['monocloud', 'auth0', 'clerk', 'app-services'] as const

export type VendorName = (typeof vendorNames)[number]

/** A user as the workloads select it, but for the last one. */
export interface BriefUser {
  readonly __typename: 'User'
  readonly id: string
  readonly providerName: VendorName
  readonly nativeId: string
  readonly name: string | null
  readonly email: string | null
  readonly status: string
  readonly createdAt: string | null
}

export interface BriefGroup {
  readonly kind: string
  readonly name: string
}

export interface BriefSession {
  readonly status: string
  readonly lastActiveAt: string | null
}

export interface BriefGrant {
  readonly kind: string
  readonly createdAt: string | null
}

export interface BriefMember extends BriefUser {
  readonly givenName: string | null
}

type Wire = Readonly<Record<string, unknown>>

/** The answers are the sandbox's: their shapes are known. */
function list(value: unknown): readonly Wire[] {
  return (value ?? []) as readonly Wire[]
}

function part(value: unknown): Wire {
  return (value ?? {}) as Wire
}

function text(value: unknown): string | null {
  return (value ?? null) as string | null
}

function seconds(value: unknown): string | null {
  return value ? new Date(Number(value) * 1000).toISOString() : null
}

function milliseconds(value: unknown): string | null {
  return value ? new Date(Number(value)).toISOString() : null
}

function time(value: unknown): string | null {
  return value ? new Date(value as string).toISOString() : null // a time, where there is one
}

function words(...parts: readonly unknown[]): string | null {
  return parts.filter(Boolean).join(' ') || null
}

function userOf(
  providerName: VendorName,
  nativeId: unknown,
  rest: Omit<BriefUser, 'id' | 'providerName' | 'nativeId' | '__typename'>,
): BriefUser {
  const native = String(nativeId)
  const id = encodeGlobalId({ type: 'User', provider: providerName, parts: [native] })
  return { __typename: 'User', id, providerName, nativeId: native, ...rest }
}

function monocloudUser(wire: Wire): BriefUser {
  const isLocked = Number(wire['block_until'] ?? 0) * 1000 > Date.now()
  return userOf('monocloud', wire['user_id'], {
    name: text(part(wire['claims'])['name']),
    email: text(list(wire['emails']).find((email) => email['primary'])?.['email']),
    status: wire['disabled'] ? 'DISABLED' : isLocked ? 'LOCKED' : 'ACTIVE',
    createdAt: seconds(wire['creation_time']),
  })
}

function auth0User(wire: Wire): BriefUser {
  return userOf('auth0', wire['user_id'], {
    name: text(wire['name']),
    email: text(wire['email']),
    status: wire['blocked'] ? 'DISABLED' : 'ACTIVE',
    createdAt: time(wire['created_at']),
  })
}

function clerkUser(wire: Wire): BriefUser {
  const primary = wire['primary_email_address_id']
  return userOf('clerk', wire['id'], {
    name: words(wire['first_name'], wire['last_name']),
    email: text(list(wire['email_addresses']).find((email) => email['id'] === primary)?.['email_address']),
    status: wire['deprovisioned'] || wire['banned'] ? 'DISABLED' : wire['locked'] ? 'LOCKED' : 'ACTIVE',
    createdAt: milliseconds(wire['created_at']),
  })
}

function appServicesUser(wire: Wire): BriefUser {
  const data = part(wire['data'])
  const identities = list(wire['identities']).map((identity) => part(identity['provider_data'])['email'])
  return userOf('app-services', wire['_id'], {
    name: text(data['name']) ?? words(data['first_name'], data['last_name']),
    email: text([data['email'], ...identities].find((email) => email !== undefined)),
    status: wire['disabled'] ? 'DISABLED' : 'ACTIVE',
    createdAt: seconds(wire['creation_date']),
  })
}

function query(parameters: Readonly<Record<string, string | number>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}

/** So many users by id as the vendor answers in one call. */
export const readUsers: Readonly<Record<VendorName, (ids: readonly string[]) => Promise<readonly BriefUser[]>>> = {
  monocloud: (ids) =>
    Promise.all(
      ids.map(async (id) => monocloudUser((await monocloud.get(`/users/${encodeURIComponent(id)}`)) as Wire)),
    ),
  async auth0(ids) {
    const [only] = ids
    if (only !== undefined && ids.length === 1) {
      return [auth0User((await auth0.get(`/users/${encodeURIComponent(only)}`)) as Wire)]
    }
    const q = `user_id:(${ids.map((id) => JSON.stringify(id)).join(' OR ')})`
    const answer = await auth0.get(
      `/users?${query({ q, search_engine: 'v3', page: 0, per_page: 100, include_totals: 'true' })}`,
    )
    return list((answer as Wire)['users']).map(auth0User)
  },
  async clerk(ids) {
    const [only] = ids
    if (only !== undefined && ids.length === 1) return [clerkUser((await clerk.get(`/users/${only}`)) as Wire)]
    const answer = await clerk.get(`/users?${ids.map((id) => `user_id=${id}`).join('&')}&limit=${ids.length}`)
    return list(answer).map(clerkUser)
  },
  'app-services': (ids) =>
    Promise.all(ids.map(async (id) => appServicesUser((await appServices.get(`/users/${id}`)) as Wire))),
}

/** How many ids go into one call. */
export const idsPerCall: Readonly<Record<VendorName, number>> = {
  monocloud: 1,
  auth0: 50,
  clerk: 100,
  'app-services': 1,
}

/** The newest users. */
export const listUsers: Readonly<Record<VendorName, (first: number) => Promise<readonly BriefUser[]>>> = {
  async monocloud(first) {
    const answer = await monocloud.get(`/users?${query({ sort: 'creation_time:-1', page: 1, size: first })}`)
    return list(answer).map(monocloudUser)
  },
  async auth0(first) {
    const sorted = { sort: 'created_at:-1', search_engine: 'v3', page: 0, per_page: first, include_totals: 'true' }
    const answer = await auth0.get(`/users?${query(sorted)}`)
    return list((answer as Wire)['users']).map(auth0User)
  },
  async clerk(first) {
    const answer = await clerk.get(`/users?${query({ order_by: '-created_at', limit: first })}`)
    return list(answer).map(clerkUser)
  },
  async 'app-services'(first) {
    const answer = await appServices.get('/users?desc=true')
    return list(answer).slice(0, first).map(appServicesUser)
  },
}

/** The newest users of all vendors. Of equal times, providers go by their names. */
export async function newestUsers(first: number): Promise<readonly BriefUser[]> {
  // Clerk tells by one more whether there are any.
  const lists = await Promise.all(
    vendorNames.map((vendor) => listUsers[vendor](vendor === 'clerk' ? first + 1 : first)),
  )
  return lists
    .flat()
    .toSorted((one, other) => {
      const byTime = (other.createdAt ?? '').localeCompare(one.createdAt ?? '')
      return byTime === 0 ? one.providerName.localeCompare(other.providerName) : byTime
    })
    .slice(0, first)
}

const auth0Page = 'page=0&include_totals=true&per_page='

/** The groups of a user, kind after kind; `null` where there is no such thing. */
export const groupsOf: Readonly<
  Record<VendorName, ((id: string, first: number) => Promise<readonly BriefGroup[]>) | null>
> = {
  async monocloud(id, first) {
    const path = `/users/${encodeURIComponent(id)}/groups`
    const groups = list(await monocloud.get(`${path}?${query({ sort: 'creation_time:1', page: 1, size: first })}`))
    return groups.map((group) => ({ kind: 'GROUP', name: String(group['group_name']) }))
  },
  async auth0(id, first) {
    const user = `/users/${encodeURIComponent(id)}`
    const [roles, organizations, groups] = (await Promise.all([
      auth0.get(`${user}/roles?${auth0Page}${first}`),
      auth0.get(`${user}/organizations?${auth0Page}${first}`),
      auth0.get(`${user}/groups?include_totals=true&take=${first}`),
    ])) as [Wire, Wire, Wire] // the sandbox's answers
    return [
      ...list(roles['roles']).map((role) => ({ kind: 'ROLE', name: String(role['name']) })),
      ...list(organizations['organizations']).map((organization) => ({
        kind: 'ORGANIZATION',
        name: String(organization['display_name'] ?? organization['name']),
      })),
      ...list(groups['groups']).map((group) => ({ kind: 'GROUP', name: String(group['name']) })),
    ].slice(0, first)
  },
  async clerk(id, first) {
    const answer = await clerk.get(`/users/${id}/organization_memberships?limit=${first}`)
    return list((answer as Wire)['data']).map((membership) => ({
      kind: 'ORGANIZATION',
      name: String((membership['organization'] as Wire)['name']),
    }))
  },
  'app-services': null,
}

const clerkSessionStatuses: Readonly<Record<string, string>> = {
  active: 'ACTIVE',
  pending: 'ACTIVE',
  expired: 'EXPIRED',
  abandoned: 'EXPIRED',
  revoked: 'REVOKED',
  ended: 'ENDED',
  removed: 'ENDED',
  replaced: 'ENDED',
}

export function clerkSessionStatus(wire: Wire): string {
  return clerkSessionStatuses[String(wire['status'])] ?? 'UNKNOWN'
}

export async function auth0SessionsOf(id: string, first: number): Promise<readonly BriefSession[]> {
  const answer = await auth0.get(`/users/${encodeURIComponent(id)}/sessions?include_totals=true&take=${first}`)
  return list((answer as Wire)['sessions']).map((session) => {
    const ends = [session['expires_at'], session['idle_expires_at']]
    const isOver = ends.some((end) => end && new Date(end as string).getTime() <= Date.now())
    return {
      status: isOver ? 'EXPIRED' : 'ACTIVE',
      lastActiveAt: time(session['last_interacted_at'] ?? session['updated_at']),
    }
  })
}

export async function clerkSessionsOf(id: string, first: number): Promise<readonly BriefSession[]> {
  const answer = await clerk.get(`/sessions?user_id=${id}&paginated=true&limit=${first}&offset=0`)
  return list((answer as Wire)['data']).map((session) => ({
    status: clerkSessionStatus(session),
    lastActiveAt: milliseconds(session['last_active_at']),
  }))
}

export async function auth0GrantsOf(id: string, first: number): Promise<readonly BriefGrant[]> {
  const user = encodeURIComponent(id)
  const [consents, tokens, credentials] = (await Promise.all([
    auth0.get(`/grants?${auth0Page}${first}&user_id=${user}`),
    auth0.get(`/users/${user}/refresh-tokens?include_totals=true&take=${first}`),
    auth0.get(`/device-credentials?user_id=${user}`),
  ])) as [Wire, Wire, readonly Wire[]] // the sandbox's answers
  return [
    ...list(consents['grants']).map(() => ({ kind: 'CONSENT', createdAt: null })),
    ...list(tokens['tokens'] ?? tokens['refresh_tokens']).map((token) => ({
      kind: 'REFRESH_TOKEN',
      createdAt: time(token['created_at']),
    })),
    ...credentials.map(() => ({ kind: 'DEVICE_CREDENTIAL', createdAt: null })),
  ].slice(0, first)
}

/** An organization's name, and its members, of whom more is read in one batch than their list says. */
export async function clerkOrganization(
  id: string,
  first: number,
): Promise<{ readonly name: string; members(): Promise<readonly BriefMember[]> }> {
  const organization = (await clerk.get(`/organizations/${id}?include_members_count=true`)) as Wire
  return {
    name: String(organization['name']),
    async members() {
      const path = `/organizations/${id}/memberships?limit=${first}&order_by=-created_at`
      const memberships = list(((await clerk.get(path)) as Wire)['data'])
      const stubs = memberships.map((membership) => membership['public_user_data'] as Wire)
      const users = await readUsers.clerk(stubs.map((stub) => String(stub['user_id'])))
      const byId = new Map(users.map((user) => [user.nativeId, user]))
      return stubs.flatMap((stub) => {
        const user = byId.get(String(stub['user_id']))
        return user ? [{ ...user, givenName: text(stub['first_name']) }] : []
      })
    },
  }
}
