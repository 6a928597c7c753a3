import { alphanumeric, randomStream } from '../../random.ts'
import type { Groups, GroupState, OrganizationState, RoleState } from '../state/groups.ts'
import type { Users } from '../state/users.ts'
import { connections, permissions, tenantName } from '../tenant.ts'
import { base58 } from './ids.ts'
import { seedMemberships } from './memberships.ts'

const roleNames: readonly (readonly [name: string, description: string | null])[] = [
  ['support', 'Support staff'],
  ['auditor', null],
  ['Back Office | EMEA', 'Everything behind the counter'],
  ['管理者', 'テナントの管理者'],
  ['billing 💶', 'Sees and refunds invoices'],
  ['read-only', ''],
  ['nobody has this role', 'Seeded without members'],
]

const organizationNames = [
  'acme',
  'globex',
  'initech',
  'umbrella',
  'hooli',
  'stark',
  'wayne',
  'wonka',
  'tyrell',
  'soylent',
]

const groupNames = [
  'Engineering',
  'Sales | EMEA',
  'All Staff (nested)',
  'Contractors',
  'Finance & Legal',
  'Empty group',
] as const

const firstCreation = Date.UTC(2021, 8, 1, 9, 0, 0)
const dayMs = 24 * 60 * 60 * 1000

/** One organization per so many users, beyond the first ten. */
const usersPerOrganization = 40

/** Makes the tenant's groups and puts the seeded users into them. */
export function seedGroups(users: Users): Groups {
  let place = 0
  const nextPlace = (): number => (place += 1)

  const roles = roleNames.map(([name, description], number) => makeRole(nextPlace(), name, description, number))
  const organizations = Array.from(
    { length: organizationNames.length + Math.floor(users.size / usersPerOrganization) },
    (_, number) => makeOrganization(nextPlace(), number),
  )
  const ownRoles = organizations.slice(0, 2).map((organization) => organizationRole(nextPlace(), organization))
  const groups = groupNames.map((name, number) => makeGroup(nextPlace(), name, number))
  const state: Groups = {
    roles: byId([...roles, ...ownRoles]),
    organizations: byId(organizations),
    groups: byId(groups),
    organizationIds: new Map(),
    directPermissions: new Map(),
    nextPlace,
  }

  // The last of each kind stay empty.
  const open = { state, roles: roles.slice(0, -1), ownRoles, organizations, groups: groups.slice(0, -1) }
  for (const user of users.all()) {
    const person = users.personOf(user.user_id)
    if (person) seedMemberships(open, user.user_id, person.random('auth0 groups'))
  }
  nest(state, groups)
  return state
}

/** The third group has the first two as members. */
function nest(state: Groups, [engineering, sales, everybody]: readonly GroupState[]): void {
  for (const inner of [engineering, sales]) {
    if (!inner || !everybody) continue
    const { id } = inner.wire
    const createdAt = everybody.wire.created_at
    everybody.members.set(id, { place: state.nextPlace(), id, memberType: 'group', createdAt })
  }
}

/** The same for the same name, however many people there are. */
function makeId(prefix: string, name: string, alphabet = alphanumeric): string {
  return `${prefix}_${randomStream(`auth0 ${prefix} ${name}`).text(16, alphabet)}`
}

function byId<State extends { readonly wire: { readonly id: string } }>(states: readonly State[]): Map<string, State> {
  return new Map(states.map((state) => [state.wire.id, state]))
}

function makeRole(place: number, name: string, description: string | null, number: number): RoleState {
  return {
    place,
    wire: { id: makeId('rol', name), name, description },
    permissions: permissions.filter((_, index) => (index + number) % 4 <= number % 3),
    members: new Map(),
  }
}

function organizationRole(place: number, organization: OrganizationState): RoleState {
  return {
    place,
    wire: {
      id: makeId('rol', `${organization.wire.name} owner`),
      name: `${organization.wire.name} owner`,
      description: 'Runs this organization',
      type: 'organization',
      owner_id: organization.wire.id,
    },
    permissions: permissions.slice(0, 2),
    members: new Map(),
  }
}

function makeOrganization(place: number, number: number): OrganizationState {
  const name = organizationNames[number] ?? `organization-${number}`
  return {
    place,
    createdAt: firstCreation + number * dayMs,
    wire: {
      id: makeId('org', name),
      name,
      // Some have never been given one.
      ...(number % 5 === 4 ? {} : { display_name: number % 3 === 0 ? `${name} 株式会社 🏢` : `${name} | Ltd.` }),
      ...(number % 4 === 0
        ? {
            branding: {
              logo_url: `https://img.example.test/${name}.png`,
              colors: { primary: '#112233', page_background: '#ffffff' },
            },
          }
        : {}),
      ...(number % 2 === 0 ? { metadata: { tier: number % 4 === 0 ? 'gold' : 'silver', 'region|zone': 'eu' } } : {}),
      ...(number === 1 ? { token_quota: { client_credentials: { enforce: true, per_day: 1000 } } } : {}),
      third_party_client_access: 'block',
      is_app_entitlement_active: number % 7 === 0,
    },
    members: new Map(),
  }
}

function makeGroup(place: number, name: string, number: number): GroupState {
  const createdAt = new Date(firstCreation + number * 30 * dayMs).toISOString()
  return {
    place,
    wire: {
      id: makeId('grp', name, base58),
      name,
      ...(number % 3 === 2 ? {} : { external_id: `directory|${makeId('external', name)}` }),
      ...(number % 4 === 3 ? {} : { connection_id: number % 2 === 0 ? connections.saml.id : connections.entra.id }),
      tenant_name: tenantName,
      created_at: createdAt,
      updated_at: new Date(Date.parse(createdAt) + number * dayMs).toISOString(),
    },
    members: new Map(),
  }
}
