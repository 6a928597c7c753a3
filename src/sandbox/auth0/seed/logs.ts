import type { Person } from '../../people.ts'
import { applications, connectionNamed, tenantDomain } from '../tenant.ts'
import type { Auth0LogEvent, Auth0User } from '../wire.ts'
import { logId } from './ids.ts'
import { address } from './users.ts'

const retentionMs = 30 * 24 * 60 * 60 * 1000

/** Codes of auth0.md 5.13, the frequent ones more than once. */
const types = [
  's',
  's',
  's',
  's',
  'fp',
  'f',
  'seacft',
  'sertft',
  'slo',
  'ssa',
  'scp',
  'gd_auth_succeed',
  'sapi',
  'zz_new_code',
] as const

/** What happened to a person within the tenant's retention, oldest first. */
export function seedLogs(user: Auth0User, person: Person, seededAt: number): readonly Auth0LogEvent[] {
  const random = person.random('auth0 logs')
  const count = person.index % 31 === 1 ? 70 : random.integer(8)
  const connection = connectionNamed(user.identities[0]?.connection ?? '')
  const application = random.pick(applications)
  const locked = person.state === 'locked' ? ['limit_wc'] : []
  const drawn = [...locked, ...Array.from({ length: count }, () => random.pick(types))]
  const times = drawn
    .map(() => seededAt - Math.floor(random.next() * (retentionMs - 60_000)))
    .toSorted((one, other) => one - other)
  return drawn.map((type, number) => {
    const date = new Date(times[number] ?? seededAt)
    const id = logId(date, person.index, number)
    return {
      _id: id,
      log_id: id,
      date: date.toISOString(),
      type,
      description: type === 'fp' ? 'Wrong email or password.' : type === 'limit_wc' ? null : '',
      connection: connection?.name ?? null,
      connection_id: connection?.id ?? null,
      organization_id: null,
      organization_name: null,
      client_id: application.clientId,
      client_name: application.name,
      ip: address(random),
      hostname: tenantDomain,
      user_id: user.user_id,
      user_name: user.email ?? user.name ?? null,
      user_agent: random.pick(['Firefox 142.0.0 / Linux 0.0.0', 'Mobile Safari 18.1 / iOS 18.1']),
      strategy: connection?.strategy ?? null,
      strategy_type: connection?.kind === 'database' ? 'database' : (connection?.kind ?? null),
      isMobile: random.chance(0.4),
      details: type === 'sapi' ? { request: { method: 'patch', path: `/api/v2/users/${user.user_id}` } } : null,
      location_info: random.chance(0.5)
        ? {
            country_code: 'GB',
            country_code3: 'GBR',
            country_name: 'United Kingdom',
            city_name: 'London',
            latitude: 51.5,
            longitude: -0.1,
            time_zone: 'Europe/London',
            continent_code: 'EU',
          }
        : null,
    }
  })
}
