import type { Shape } from '../../upstream/wire/fault.ts'
import { optionalJson } from '../../upstream/wire/json.ts'
import { array, type Members, object, optional, optionalArray } from '../../upstream/wire/structures.ts'
import { isoTime, optionalIsoTime } from '../../upstream/wire/times.ts'
import {
  count,
  nonEmptyString,
  number,
  optionalBoolean,
  optionalNumber,
  optionalString,
  string,
} from '../../upstream/wire/values.ts'
import type { Checkpoint, Counted } from './upstream.ts'

/** What we read of Auth0's answers (auth0.md 5). Absent is far more common there than null. */

const id = nonEmptyString

const optionalStrings = optionalArray(string)

/** A page of an offset list, whose items stand under a name of their own (auth0.md 2.1, 2.2). */
export function counted<Item>(member: string, item: Shape<Item>): Shape<Counted<Item>> {
  const items = array(item)
  return object((wire) => ({ items: items(wire[member]), total: count(wire['total']) }))
}

/** A page of a checkpoint list: `next` is absent on the last one, a total is rare. */
export function checkpoint<Item>(member: string, item: Shape<Item>): Shape<Checkpoint<Item>> {
  const items = array(item)
  return object((wire) => ({
    items: items(wire[member]),
    next: optionalString(wire['next']) || null,
    total: optionalNumber(wire['total']),
  }))
}

/** auth0.md 5.2: a number at some social services. */
const identityUserId: Shape<string> = (value) =>
  typeof value === 'number' ? String(number(value)) : nonEmptyString(value)

const noProfile = { email: null, name: null }

const identityProfile = optional(
  object((wire) => ({ email: optionalString(wire['email']), name: optionalString(wire['name']) })),
)

/** auth0.md 5.2: one of the accounts behind a user; the first is the primary one. */
const auth0Identity = object((wire) => ({
  provider: id(wire['provider']),
  user_id: identityUserId(wire['user_id']),
  connection: optionalString(wire['connection']),
  profileData: identityProfile(wire['profileData']) ?? noProfile,
}))

const auth0Identities = optionalArray(auth0Identity)

/** auth0.md 5.2. */
export const auth0User = object((wire) => ({
  user_id: id(wire['user_id']),
  email: optionalString(wire['email']),
  email_verified: optionalBoolean(wire['email_verified']),
  username: optionalString(wire['username']),
  phone_number: optionalString(wire['phone_number']),
  phone_verified: optionalBoolean(wire['phone_verified']),
  name: optionalString(wire['name']),
  nickname: optionalString(wire['nickname']),
  given_name: optionalString(wire['given_name']),
  family_name: optionalString(wire['family_name']),
  picture: optionalString(wire['picture']),
  created_at: optionalIsoTime(wire['created_at']),
  updated_at: optionalIsoTime(wire['updated_at']),
  last_login: optionalIsoTime(wire['last_login']),
  logins_count: optionalNumber(wire['logins_count']),
  blocked: optionalBoolean(wire['blocked']),
  multifactor: optionalStrings(wire['multifactor']),
  identities: auth0Identities(wire['identities']),
  user_metadata: optionalJson(wire['user_metadata']),
  app_metadata: optionalJson(wire['app_metadata']),
}))
export type Auth0User = ReturnType<typeof auth0User>

/** A page of users, of a search or of the whole list. */
export const auth0Users = counted('users', auth0User)

/** Of a look at whether somebody is there. */
export const auth0UserId = object((wire) => ({ user_id: id(wire['user_id']) }))

/** Of a search that only counts. */
export const auth0UserTotal = counted('users', (user) => user)

// ---------------------------------------------------------------- what belongs to a user

const blockedAddresses = optionalArray(object((wire) => ({ ip: optionalString(wire['ip']) })))

/** auth0.md 5.11. */
export const auth0UserBlocks = object((wire) => ({ blocked_for: blockedAddresses(wire['blocked_for']) }))

/** auth0.md 5.10. */
export const auth0AuthenticationMethod = object((wire) => ({
  id: id(wire['id']),
  type: string(wire['type']),
  confirmed: optionalBoolean(wire['confirmed']),
  name: optionalString(wire['name']),
  phone_number: optionalString(wire['phone_number']),
  email: optionalString(wire['email']),
  created_at: optionalIsoTime(wire['created_at']),
  last_auth_at: optionalIsoTime(wire['last_auth_at']),
}))
export type Auth0AuthenticationMethod = ReturnType<typeof auth0AuthenticationMethod>

/** auth0.md 5.3. */
export const auth0Permission = object((wire) => ({
  permission_name: id(wire['permission_name']),
  resource_server_identifier: optionalString(wire['resource_server_identifier']),
  description: optionalString(wire['description']),
}))
export type Auth0Permission = ReturnType<typeof auth0Permission>

/** auth0.md 5.12. */
export const auth0LogEvent = object((wire) => ({
  log_id: id(wire['log_id']),
  type: string(wire['type']),
  date: isoTime(wire['date']),
  description: optionalString(wire['description']),
  client_id: optionalString(wire['client_id']),
  ip: optionalString(wire['ip']),
  user_agent: optionalString(wire['user_agent']),
  user_id: optionalString(wire['user_id']),
}))
export type Auth0LogEvent = ReturnType<typeof auth0LogEvent>

// ---------------------------------------------------------------- groups of the three kinds

/** auth0.md 5.3. */
export const auth0Role = object((wire) => ({
  id: id(wire['id']),
  name: string(wire['name']),
  description: optionalString(wire['description']),
}))
export type Auth0Role = ReturnType<typeof auth0Role>

/** auth0.md 5.4. */
export const auth0Organization = object((wire) => ({
  id: id(wire['id']),
  name: string(wire['name']),
  display_name: optionalString(wire['display_name']),
  metadata: optionalJson(wire['metadata']),
}))
export type Auth0Organization = ReturnType<typeof auth0Organization>

/** auth0.md 5.5. */
export const auth0Group = object(groupMembers)
export type Auth0Group = ReturnType<typeof auth0Group>

function groupMembers(wire: Members) {
  return {
    id: id(wire['id']),
    name: string(wire['name']),
    description: optionalString(wire['description']),
    created_at: optionalIsoTime(wire['created_at']),
    updated_at: optionalIsoTime(wire['updated_at']),
  }
}

/** A group in the list of a user's groups. */
export const auth0UserGroup = object((wire) => ({
  ...groupMembers(wire),
  membership_created_at: optionalIsoTime(wire['membership_created_at']),
}))
export type Auth0UserGroup = ReturnType<typeof auth0UserGroup>

/** A member of a role or an organization: hardly more than a name. */
export const auth0UserStub = object(stubMembers)
export type Auth0UserStub = ReturnType<typeof auth0UserStub>

function stubMembers(wire: Members) {
  return {
    user_id: id(wire['user_id']),
    name: optionalString(wire['name']),
    email: optionalString(wire['email']),
    picture: optionalString(wire['picture']),
  }
}

const memberRoles = optionalArray(object((wire) => ({ id: id(wire['id']) })))

/** auth0.md 5.4: roles are there only when they were asked for. */
export const auth0OrganizationMember = object((wire) => ({ ...stubMembers(wire), roles: memberRoles(wire['roles']) }))
export type Auth0OrganizationMember = ReturnType<typeof auth0OrganizationMember>

/** `id` is a user's or a group's, by `member_type`. */
export const auth0GroupMember = object((wire) => ({
  id: id(wire['id']),
  member_type: string(wire['member_type']),
  created_at: optionalIsoTime(wire['created_at']),
}))
export type Auth0GroupMember = ReturnType<typeof auth0GroupMember>

// ---------------------------------------------------------------- sessions and grants

const auth0Device = optional(
  object((wire) => ({
    initial_ip: optionalString(wire['initial_ip']),
    initial_user_agent: optionalString(wire['initial_user_agent']),
    last_ip: optionalString(wire['last_ip']),
    last_user_agent: optionalString(wire['last_user_agent']),
  })),
)

const sessionClients = optionalArray(object((wire) => ({ client_id: optionalString(wire['client_id']) })))

/** auth0.md 5.6. */
export const auth0Session = object((wire) => ({
  id: id(wire['id']),
  user_id: id(wire['user_id']),
  created_at: optionalIsoTime(wire['created_at']),
  updated_at: optionalIsoTime(wire['updated_at']),
  last_interacted_at: optionalIsoTime(wire['last_interacted_at']),
  idle_expires_at: optionalIsoTime(wire['idle_expires_at']),
  expires_at: optionalIsoTime(wire['expires_at']),
  device: auth0Device(wire['device']),
  clients: sessionClients(wire['clients']),
}))
export type Auth0Session = ReturnType<typeof auth0Session>

/** auth0.md 5.8. */
export const auth0Grant = object((wire) => ({
  id: id(wire['id']),
  user_id: id(wire['user_id']),
  clientID: optionalString(wire['clientID']),
  audience: optionalString(wire['audience']),
  scope: optionalStrings(wire['scope']),
}))
export type Auth0Grant = ReturnType<typeof auth0Grant>

const resourceServers = optionalArray(
  object((wire) => ({ audience: optionalString(wire['audience']), scopes: optionalString(wire['scopes']) })),
)

/** auth0.md 5.7. */
export const auth0RefreshToken = object((wire) => ({
  id: id(wire['id']),
  user_id: id(wire['user_id']),
  client_id: optionalString(wire['client_id']),
  session_id: optionalString(wire['session_id']),
  created_at: optionalIsoTime(wire['created_at']),
  idle_expires_at: optionalIsoTime(wire['idle_expires_at']),
  expires_at: optionalIsoTime(wire['expires_at']),
  last_exchanged_at: optionalIsoTime(wire['last_exchanged_at']),
  resource_servers: resourceServers(wire['resource_servers']),
}))
export type Auth0RefreshToken = ReturnType<typeof auth0RefreshToken>

/** auth0.md 5.9. */
export const auth0DeviceCredential = object((wire) => ({
  id: id(wire['id']),
  user_id: id(wire['user_id']),
  client_id: optionalString(wire['client_id']),
}))
export type Auth0DeviceCredential = ReturnType<typeof auth0DeviceCredential>
