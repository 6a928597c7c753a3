import { z } from 'zod'
import { accountOf, bodyOf, changeUser, type RouteContext } from './context.ts'

const text = z.string().nullish()

/** UpdateClaimsRequest without its option (monocloud.md 5.5). */
const claimsBody = z.object({
  name: text,
  given_name: text,
  middle_name: text,
  family_name: text,
  nickname: text,
  picture: text,
  preferred_username: text,
  profile: text,
  birthdate: z.iso.date().nullish(),
  website: text,
  gender: text,
  zoneinfo: text,
  locale: text,
  address: z
    .object({
      formatted: text,
      street_address: text,
      locality: text,
      region: text,
      postal_code: text,
      country: text,
    })
    .nullish(),
})

const bag = z.record(z.string(), z.unknown())
const bagBodies = { private_data: z.object({ private_data: bag }), public_data: z.object({ public_data: bag }) }

/** Claims and the two bags. */
export function addProfileRoutes({ on, tenant, answers }: RouteContext): void {
  on('PATCH', '/users/{user_id}/claims', (request) => {
    const account = accountOf(tenant, request)
    const { address, ...claims } = bodyOf(request, claimsBody)
    const changes = address ? { ...claims, address: merged({}, address) } : { ...claims, address }
    return answers.json(
      changeUser(tenant, account, (user) => {
        user.claims = merged(user.claims, changes)
      }),
    )
  })

  for (const member of ['private_data', 'public_data'] as const) {
    on('GET', `/users/{user_id}/${member}`, (request) =>
      answers.json({ [member]: accountOf(tenant, request).user[member] }),
    )

    on('PATCH', `/users/{user_id}/${member}`, (request) => {
      const account = accountOf(tenant, request)
      const body: Readonly<Record<string, Readonly<Record<string, unknown>>>> = bodyOf(request, bagBodies[member])
      const user = changeUser(tenant, account, (changed) => {
        changed[member] = merged(changed[member], body[member] ?? {})
      })
      return answers.json({ [member]: user[member] })
    })
  }
}

/** Member by member: absent keeps, null removes, anything else replaces the member whole (monocloud.md 4.1). */
function merged(
  before: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  return Object.fromEntries([...new Map([...Object.entries(before), ...given])].filter(([, value]) => value !== null))
}
