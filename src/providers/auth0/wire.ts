import { z } from 'zod'
import {
  optionalArray,
  optionalBoolean,
  optionalIsoTime,
  optionalJson,
  optionalNumber,
  optionalString,
} from '../../upstream/wire.ts'
import type { Checkpoint, Counted } from './upstream.ts'

/** What we read of Auth0's answers (auth0.md 5). Absent is far more common there than null. */

const id = z.string().min(1)

const isoTime = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'a time')
  .transform((text) => new Date(text))

/** A page of an offset list, whose items stand under a name of their own (auth0.md 2.1, 2.2). */
export function counted<Item extends z.ZodType>(member: string, item: Item): z.ZodType<Counted<z.output<Item>>> {
  return z
    .looseObject({ [member]: z.array(item), total: z.int().min(0) })
    .transform((answer) => ({ items: answer[member] as z.output<Item>[], total: answer['total'] as number })) // a computed name loses the types just checked
}

/** A page of a checkpoint list: `next` is absent on the last one, a total is rare. */
export function checkpoint<Item extends z.ZodType>(member: string, item: Item): z.ZodType<Checkpoint<z.output<Item>>> {
  return z
    .looseObject({ [member]: z.array(item), next: optionalString, total: optionalNumber })
    .transform((answer) => ({
      items: answer[member] as z.output<Item>[], // as above
      next: (answer['next'] as string | null) || null,
      total: answer['total'] as number | null,
    }))
}

/** auth0.md 5.2: a number at some social services. */
const identityUserId = z.union([z.string().min(1), z.number()]).transform(String)

/** auth0.md 5.2: one of the accounts behind a user; the first is the primary one. */
export const auth0Identity = z.object({
  provider: id,
  user_id: identityUserId,
  connection: optionalString,
  profileData: z
    .object({ email: optionalString, name: optionalString })
    .nullish()
    .transform((profile) => profile ?? { email: null, name: null }),
})

/** auth0.md 5.2. */
export const auth0User = z.object({
  user_id: id,
  email: optionalString,
  email_verified: optionalBoolean,
  username: optionalString,
  phone_number: optionalString,
  phone_verified: optionalBoolean,
  name: optionalString,
  nickname: optionalString,
  given_name: optionalString,
  family_name: optionalString,
  picture: optionalString,
  created_at: optionalIsoTime,
  updated_at: optionalIsoTime,
  last_login: optionalIsoTime,
  logins_count: optionalNumber,
  blocked: optionalBoolean,
  multifactor: optionalArray(z.string()),
  identities: optionalArray(auth0Identity),
  user_metadata: optionalJson,
  app_metadata: optionalJson,
})
export type Auth0User = z.output<typeof auth0User>

/** A page of users, of a search or of the whole list. */
export const auth0Users = counted('users', auth0User)

/** Of a look at whether somebody is there. */
export const auth0UserId = z.object({ user_id: id })

/** Of a search that only counts. */
export const auth0UserTotal = counted('users', z.unknown())

// ---------------------------------------------------------------- what belongs to a user

/** auth0.md 5.11. */
export const auth0UserBlocks = z.object({ blocked_for: optionalArray(z.object({ ip: optionalString })) })

/** auth0.md 5.10. */
export const auth0AuthenticationMethod = z.object({
  id,
  type: z.string(),
  confirmed: optionalBoolean,
  name: optionalString,
  phone_number: optionalString,
  email: optionalString,
  created_at: optionalIsoTime,
  last_auth_at: optionalIsoTime,
})
export type Auth0AuthenticationMethod = z.output<typeof auth0AuthenticationMethod>

/** auth0.md 5.3. */
export const auth0Permission = z.object({
  permission_name: id,
  resource_server_identifier: optionalString,
  description: optionalString,
})
export type Auth0Permission = z.output<typeof auth0Permission>

/** auth0.md 5.12. */
export const auth0LogEvent = z.object({
  log_id: id,
  type: z.string(),
  date: isoTime,
  description: optionalString,
  client_id: optionalString,
  ip: optionalString,
  user_agent: optionalString,
  user_id: optionalString,
})
export type Auth0LogEvent = z.output<typeof auth0LogEvent>

// ---------------------------------------------------------------- groups of the three kinds

/** auth0.md 5.3. */
export const auth0Role = z.object({ id, name: z.string(), description: optionalString })
export type Auth0Role = z.output<typeof auth0Role>

/** auth0.md 5.4. */
export const auth0Organization = z.object({
  id,
  name: z.string(),
  display_name: optionalString,
  metadata: optionalJson,
})
export type Auth0Organization = z.output<typeof auth0Organization>

/** auth0.md 5.5. */
export const auth0Group = z.object({
  id,
  name: z.string(),
  description: optionalString,
  created_at: optionalIsoTime,
  updated_at: optionalIsoTime,
})
export type Auth0Group = z.output<typeof auth0Group>

/** A group in the list of a user's groups. */
export const auth0UserGroup = auth0Group.extend({ membership_created_at: optionalIsoTime })
export type Auth0UserGroup = z.output<typeof auth0UserGroup>

/** A member of a role or an organization: hardly more than a name. */
export const auth0UserStub = z.object({
  user_id: id,
  name: optionalString,
  email: optionalString,
  picture: optionalString,
})
export type Auth0UserStub = z.output<typeof auth0UserStub>

/** auth0.md 5.4: roles are there only when they were asked for. */
export const auth0OrganizationMember = auth0UserStub.extend({ roles: optionalArray(z.object({ id })) })
export type Auth0OrganizationMember = z.output<typeof auth0OrganizationMember>

/** `id` is a user's or a group's, by `member_type`. */
export const auth0GroupMember = z.object({ id, member_type: z.string(), created_at: optionalIsoTime })
export type Auth0GroupMember = z.output<typeof auth0GroupMember>

// ---------------------------------------------------------------- sessions and grants

const auth0Device = z
  .object({
    initial_ip: optionalString,
    initial_user_agent: optionalString,
    last_ip: optionalString,
    last_user_agent: optionalString,
  })
  .nullish()

/** auth0.md 5.6. */
export const auth0Session = z.object({
  id,
  user_id: id,
  created_at: optionalIsoTime,
  updated_at: optionalIsoTime,
  last_interacted_at: optionalIsoTime,
  idle_expires_at: optionalIsoTime,
  expires_at: optionalIsoTime,
  device: auth0Device,
  clients: optionalArray(z.object({ client_id: optionalString })),
})
export type Auth0Session = z.output<typeof auth0Session>

/** auth0.md 5.8. */
export const auth0Grant = z.object({
  id,
  user_id: id,
  clientID: optionalString,
  audience: optionalString,
  scope: optionalArray(z.string()),
})
export type Auth0Grant = z.output<typeof auth0Grant>

/** auth0.md 5.7. */
export const auth0RefreshToken = z.object({
  id,
  user_id: id,
  client_id: optionalString,
  session_id: optionalString,
  created_at: optionalIsoTime,
  idle_expires_at: optionalIsoTime,
  expires_at: optionalIsoTime,
  last_exchanged_at: optionalIsoTime,
  resource_servers: optionalArray(z.object({ audience: optionalString, scopes: optionalString })),
})
export type Auth0RefreshToken = z.output<typeof auth0RefreshToken>

/** auth0.md 5.9. */
export const auth0DeviceCredential = z.object({ id, user_id: id, client_id: optionalString })
export type Auth0DeviceCredential = z.output<typeof auth0DeviceCredential>
