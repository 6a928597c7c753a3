import type { Person } from '../../people.ts'
import { randomStream } from '../../random.ts'
import { makeId } from '../ids.ts'
import type { ClerkOrganization } from '../wire.ts'

/** What members of a role may do: names are instance-wide (clerk.md 4.4). */
export interface ClerkRole {
  readonly key: string
  readonly name: string
  readonly permissions: readonly string[]
}

const systemPermissions = [
  'org:sys_profile:manage',
  'org:sys_profile:delete',
  'org:sys_memberships:read',
  'org:sys_memberships:manage',
  'org:sys_domains:read',
  'org:sys_domains:manage',
  'org:sys_billing:read',
  'org:sys_billing:manage',
  'org:sys_entconns:read',
  'org:sys_entconns:manage',
] as const

export const adminRole = 'org:admin'

export const roles: readonly ClerkRole[] = [
  { key: adminRole, name: 'Admin', permissions: [...systemPermissions, 'org:invoices:create'] },
  { key: 'org:member', name: 'Member', permissions: ['org:sys_memberships:read', 'org:sys_billing:read'] },
  { key: 'org:billing_viewer', name: 'Billing viewer', permissions: ['org:sys_billing:read', 'org:invoices:read'] },
]

const names = [
  { name: 'Harbour Tools', slug: 'harbour-tools' },
  { name: 'Nordlicht GmbH', slug: 'nordlicht' },
  { name: 'Smith|Jones & Co', slug: 'smith-jones' },
  { name: '山本製作所', slug: 'yamamoto' },
  { name: 'Кав’ярня «Львів»', slug: 'kaviarnia' },
  { name: 'Café 🌻 São Paulo', slug: 'cafe-sao-paulo' },
  { name: 'Ødegård Sykehus', slug: 'odegard' },
  { name: 'مؤسسة النور', slug: 'alnoor' },
] as const

const day = 86_400_000
const peoplePerOrganization = 20
const fewestOrganizations = 8

/** How many organizations there are, and how far apart the users are who founded them. */
export function organizationLayout(peopleCount: number): { readonly count: number; readonly stride: number } {
  const wanted = Math.max(fewestOrganizations, Math.ceil(peopleCount / peoplePerOrganization))
  const count = Math.min(wanted, peopleCount)
  return { count, stride: count === 0 ? 1 : Math.floor(peopleCount / count) }
}

export function seedOrganization(number: number, founder: Person, founderId: string): ClerkOrganization {
  const random = randomStream(`clerk organization ${number}`)
  const { name, slug } = names[number % names.length] ?? names[0]
  const suffix = number < names.length ? '' : ` ${number}`
  const createdAt = founder.createdAt.getTime() + day
  const id = makeId('org', number, createdAt, random)
  return {
    object: 'organization',
    id,
    name: `${name}${suffix}`,
    slug: `${slug}${suffix.replace(' ', '-')}`,
    image_url: `https://img.example.test/org/${number}`,
    has_image: random.chance(0.5),
    max_allowed_memberships: random.chance(0.2) ? 50_000 : 0,
    admin_delete_enabled: random.chance(0.8),
    public_metadata: { region: ['eu', 'us', 'ap'][number % 3], tags: ['größe L', '🚢'] },
    private_metadata: { billingRef: `private-org-${number}` },
    // Organizations made by a back end have no founder.
    ...(number % 5 === 4 ? {} : { created_by: founderId }),
    created_at: createdAt,
    updated_at: createdAt + random.integer(30 * day),
    role_set_key: number % 4 === 3 ? null : 'role_set:default',
  }
}

export interface MembershipSeed {
  readonly organizationNumber: number
  readonly role: string
}

/** Founders run theirs, a third of everybody is in the first, and some are in others. */
export function seedMemberships(person: Person, number: number, peopleCount: number): readonly MembershipSeed[] {
  const { count, stride } = organizationLayout(peopleCount)
  if (count === 0) return []
  const random = person.random('clerk memberships')
  const joined = new Map<number, string>()
  const founded = number / stride
  if (Number.isInteger(founded) && founded < count) joined.set(founded, adminRole)
  const join = (organizationNumber: number) => {
    const draw = random.next()
    const role = draw < 0.1 ? adminRole : draw < 0.25 ? 'org:billing_viewer' : 'org:member'
    if (!joined.has(organizationNumber)) joined.set(organizationNumber, role)
  }
  if (random.chance(0.33)) join(0)
  const others = random.chance(0.4) ? 1 + random.integer(2) : 0
  for (let place = 0; place < others; place += 1) join(random.integer(count))
  return [...joined].map(([organizationNumber, role]) => ({ organizationNumber, role }))
}
