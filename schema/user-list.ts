import type { RequestContext } from '../src/context.ts'
import { countMergedUsers, listMergedUsers } from '../src/directory/merged-users.ts'
import { selectProviders } from '../src/directory/select.ts'
import { listUsers } from '../src/directory/users.ts'
import { ArgumentError } from '../src/identity/errors.ts'
import type { DateTimeRange, IdentityProvider, UserFilter, UserOrder } from '../src/identity/provider.ts'
import type { User, UserStatus } from '../src/identity/records.ts'
import { access } from './access.ts'
import { checkedEmail, checkedText, pageArguments, type PageArguments } from './arguments.ts'
import { builder } from './builder.ts'
import { type Connection, defineConnection, readConnection } from './connection.ts'
import { usersOfAll, userTotal } from './costs.ts'
import { SortDirectionEnum, UserOrderFieldEnum, UserStatusEnum } from './enums.ts'
import { UserRef } from './refs.ts'

export const UserConnectionRef = defineConnection<User, User>({
  name: 'User',
  access: { scopes: ['users:read'] },
  node: UserRef,
  nodeOf: (user) => user,
  hasTotalCount: true,
  totalCost: userTotal,
  hasUnavailable: true,
})

const DateTimeRangeInput = builder.inputType('DateTimeRange', {
  description: 'from is included, to is not.',
  fields: (t) => ({ from: t.field({ type: 'DateTime' }), to: t.field({ type: 'DateTime' }) }),
})

export const UserFilterInput = builder.inputType('UserFilter', {
  description: 'All that is given must hold. Text is searched for as it is; nothing in it is an operator.',
  fields: (t) => ({
    search: t.string({ description: 'Free text over names and identifiers, as the provider understands it.' }),
    email: t.string({ description: 'The whole address, in any case.' }),
    phoneNumber: t.string({ description: 'The whole number, E.164.' }),
    username: t.string(),
    externalId: t.string(),
    status: t.field({ type: UserStatusEnum }),
    createdAt: t.field({ type: DateTimeRangeInput }),
    lastSignInAt: t.field({ type: DateTimeRangeInput }),
  }),
})

export const UserOrderInput = builder.inputType('UserOrder', {
  fields: (t) => ({
    field: t.field({ type: UserOrderFieldEnum, required: true, defaultValue: 'createdAt' }),
    direction: t.field({ type: SortDirectionEnum, required: true, defaultValue: 'desc' }),
  }),
})

interface RangeInput {
  readonly from?: Date | null | undefined
  readonly to?: Date | null | undefined
}

interface FilterInput {
  readonly search?: string | null | undefined
  readonly email?: string | null | undefined
  readonly phoneNumber?: string | null | undefined
  readonly username?: string | null | undefined
  readonly externalId?: string | null | undefined
  readonly status?: UserStatus | null | undefined
  readonly createdAt?: RangeInput | null | undefined
  readonly lastSignInAt?: RangeInput | null | undefined
}

export interface UserListArguments extends PageArguments {
  readonly filter?: FilterInput | null | undefined
  readonly orderBy?: UserOrder | null | undefined
}

const newestFirst: UserOrder = { field: 'createdAt', direction: 'desc' }

/** One page of one provider's users. */
export async function readUsers(
  context: RequestContext,
  provider: IdentityProvider,
  args: UserListArguments,
): Promise<Connection<User>> {
  const filter = checkedFilter(args.filter ?? {})
  const order = args.orderBy ?? newestFirst
  const connection = await readConnection(context, {
    list: ['users', provider.name, filter, order],
    args,
    read: (page) => listUsers(provider, { ...page, filter, order }, context.call),
    count: provider.users.count && (() => provider.users.count?.(filter, context.call) ?? Promise.resolve(null)),
  })
  context.remember({ users: connection.items })
  return connection
}

/** One page of one list over all these providers. */
async function readMergedUsers(
  context: RequestContext,
  providers: readonly IdentityProvider[],
  args: UserListArguments,
): Promise<Connection<User>> {
  const filter = checkedFilter(args.filter ?? {})
  const order = args.orderBy ?? newestFirst
  const connection = await readConnection<User>(context, {
    list: ['users', providers.map(({ name }) => name), filter, order],
    args,
    read: (page) => listMergedUsers(providers, { ...page, filter, order }, context),
    count: (known) => countMergedUsers(providers, { filter, order }, known, context),
  })
  context.remember({ users: connection.items })
  return connection
}

builder.queryFields((t) => ({
  users: t.field({
    type: UserConnectionRef,
    nullable: true,
    extensions: { ...usersOfAll, ...access({ scopes: ['users:read'] }) },
    description:
      'One list over all or the named providers, newest first unless said otherwise. Records of a provider that was `unavailable` come when it is back, at once where they should have come earlier.',
    args: {
      ...pageArguments(t.arg),
      providers: t.arg.stringList(),
      filter: t.arg({ type: UserFilterInput }),
      orderBy: t.arg({ type: UserOrderInput }),
    },
    resolve(_, args, context) {
      const providers = selectProviders(context.providers, args.providers ?? null)
      const [only, ...others] = providers
      return only && others.length === 0 ? readUsers(context, only, args) : readMergedUsers(context, providers, args)
    },
  }),
}))

function checkedFilter(input: FilterInput): UserFilter {
  if (input.status === 'unknown') throw new ArgumentError(at('status'), '`filter.status` cannot be UNKNOWN')
  return {
    ...(input.search == null ? {} : { search: checkedText(at('search'), input.search) }),
    ...(input.email == null ? {} : { email: checkedEmail(at('email'), input.email) }),
    ...(input.phoneNumber == null ? {} : { phoneNumber: checkedPhoneNumber(at('phoneNumber'), input.phoneNumber) }),
    ...(input.username == null ? {} : { username: checkedText(at('username'), input.username) }),
    ...(input.externalId == null ? {} : { externalId: checkedText(at('externalId'), input.externalId) }),
    ...(input.status == null ? {} : { status: input.status }),
    ...(input.createdAt == null ? {} : { createdAt: checkedRange(at('createdAt'), input.createdAt) }),
    ...(input.lastSignInAt == null ? {} : { lastSignInAt: checkedRange(at('lastSignInAt'), input.lastSignInAt) }),
  }
}

function at(field: string): readonly string[] {
  return ['filter', field]
}

function checkedPhoneNumber(argument: readonly string[], value: string): string {
  if (!/^\+[1-9]\d{1,14}$/.test(value)) {
    throw new ArgumentError(argument, `\`${argument.join('.')}\` must be a number in E.164, such as +442071838750`)
  }
  return value
}

function checkedRange(argument: readonly string[], { from, to }: RangeInput): DateTimeRange {
  const name = argument.join('.')
  if (from == null && to == null) throw new ArgumentError(argument, `\`${name}\` needs \`from\`, \`to\` or both`)
  if (from != null && to != null && from >= to)
    throw new ArgumentError(argument, `\`${name}.from\` must be before \`${name}.to\``)
  return { ...(from == null ? {} : { from }), ...(to == null ? {} : { to }) }
}
