import type { RequestContext } from '../src/context.ts'
import { ProviderError } from '../src/identity/errors.ts'
import type {
  Group,
  GroupField,
  LinkedIdentity,
  LinkedIdentityField,
  MissingUserField,
  User,
  UserField,
} from '../src/identity/records.ts'

/** A field of a user; read by id only when the record at hand came from an answer that lacks it. */
export function userValue<Field extends UserField>(
  user: User,
  field: Field,
  context: RequestContext,
): User[Field] | Promise<User[Field]> {
  return user.missing.includes(field)
    ? readUser([field], user, context).then((found) => known(found, 'user', user)[field])
    : user[field]
}

/** As `userValue`, for a field of one of the user's linked identities; `null` when it has been unlinked since. */
export function identityValue(
  user: User,
  identity: LinkedIdentity,
  field: LinkedIdentityField,
  context: RequestContext,
): string | null | Promise<string | null> {
  if (!user.missing.includes(`identities.${field}`)) return identity[field]
  return readUser([`identities.${field}`], user, context).then((found) => {
    const { identities } = known(found, 'user', user)
    return identities.find(({ nativeId }) => nativeId === identity.nativeId)?.[field] ?? null
  })
}

/** The record, or one read by id that has these fields. */
export async function userWith(
  fields: readonly MissingUserField[],
  user: User,
  context: RequestContext,
): Promise<User> {
  const needed = fields.filter((field) => user.missing.includes(field))
  return needed.length === 0 ? user : known(await readUser(needed, user, context), 'user', user)
}

/** The record with what this one lacks: in a batch with others, unless a provider tells one of these fields of one user at a time. */
function readUser(
  needed: readonly MissingUserField[],
  { provider, nativeId }: User,
  { loaders, providers }: RequestContext,
): Promise<User | null> {
  const isByIdOnly = providers.get(provider)?.users.byIdOnly?.fields.some((field) => needed.includes(field))
  const loader = isByIdOnly ? loaders.userByIdOnly : loaders.user
  return loader.load(provider, nativeId)
}

/** As `userValue`, for groups. */
export function groupValue<Field extends GroupField>(
  group: Group,
  field: Field,
  context: RequestContext,
): Group[Field] | Promise<Group[Field]> {
  if (!group.missing.includes(field)) return group[field]
  const { provider, nativeId } = group
  return context.loaders.group.load(provider, nativeId).then((found) => known(found, 'group', group)[field])
}

/** The record that was looked up. There may be none: listed a moment ago, and gone now. */
function known<Found>(found: Found | null, what: 'user' | 'group', { provider }: User | Group): Found {
  if (found) return found
  throw new ProviderError({
    provider,
    kind: 'notFound',
    operation: `${what}s.getMany`,
    message: `${provider} lists this ${what} but no longer has a record of it`,
  })
}
