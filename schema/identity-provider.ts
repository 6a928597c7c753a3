import { capabilitiesOf, supports } from '../src/identity/capabilities.ts'
import { encodeGlobalId } from '../src/identity/global-id.ts'
import type { EmailIndexState, ProviderHealth } from '../src/identity/provider.ts'
import { access } from './access.ts'
import { pageArguments, targetOf } from './arguments.ts'
import { builder } from './builder.ts'
import { allProviders, countOf, groupsOfOne, namedProvider, usersOfOne } from './costs.ts'
import { CapabilityEnum, GroupKindEnum, IdentityProviderKindEnum, ProviderStatusEnum } from './enums.ts'
import { GroupConnectionRef, readGroups } from './group.ts'
import { NodeRef } from './node.ts'
import { IdentityProviderRef } from './refs.ts'
import { readUsers, UserConnectionRef, UserFilterInput, UserOrderInput } from './user-list.ts'

const ProviderHealthRef = builder.objectRef<ProviderHealth>('ProviderHealth').implement({
  description: 'How a provider has been answering lately.',
  extensions: access({ scopes: ['providers:read'] }),
  fields: (t) => ({
    status: t.field({ type: ProviderStatusEnum, nullable: false, resolve: ({ status }) => status }),
    lastError: t.exposeString('lastError', { nullable: true }),
    lastErrorAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ lastErrorAt }) => lastErrorAt }),
    retryAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ retryAt }) => retryAt }),
    rateLimitRemaining: t.exposeInt('rateLimitRemaining', {
      nullable: true,
      description: "Calls left in the provider's current window, where it says.",
    }),
  }),
})

const EmailIndexRef = builder.objectRef<EmailIndexState>('EmailIndex').implement({
  description: 'An index of addresses, kept by the gateway for a provider that cannot look users up by email.',
  extensions: access({ scopes: ['providers:read'] }),
  fields: (t) => ({
    users: t.exposeInt('users', { nullable: false, description: 'How many users are in it.' }),
    isComplete: t.exposeBoolean('isComplete', {
      nullable: false,
      description:
        'Whether it holds all users that there were at refreshedAt. Until then the provider is unavailable for look-ups.',
    }),
    refreshedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ refreshedAt }) => refreshedAt }),
  }),
})

IdentityProviderRef.implement({
  description: 'One tenant of one vendor.',
  extensions: access({ scopes: ['providers:read'], endUser: ['id', 'name', 'kind', 'capabilities', 'supports'] }),
  interfaces: [NodeRef],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      resolve: ({ name }) => encodeGlobalId({ type: 'IdentityProvider', provider: name, parts: [] }),
    }),
    name: t.exposeString('name', {
      nullable: false,
      description: 'The name this provider was configured under. Two tenants of one vendor are two providers.',
    }),
    kind: t.field({ type: IdentityProviderKindEnum, nullable: false, resolve: ({ kind }) => kind }),
    capabilities: t.field({
      type: [CapabilityEnum],
      nullable: false,
      resolve: (provider) => [...capabilitiesOf(provider)],
    }),
    supports: t.boolean({
      nullable: false,
      args: { capability: t.arg({ type: CapabilityEnum, required: true }) },
      resolve: (provider, { capability }) => supports(provider, capability),
    }),
    health: t.field({ type: ProviderHealthRef, nullable: false, resolve: (provider) => provider.health() }),
    emailIndex: t.field({
      type: EmailIndexRef,
      nullable: true,
      description: 'null: look-ups by email need no index here, or none is kept.',
      resolve: ({ users }) => users.emailIndex?.() ?? null,
    }),
    totalUsers: t.int({
      nullable: true,
      extensions: countOf('count'),
      description: 'null: this provider cannot count.',
      resolve: ({ name, users }, _, context) =>
        context.once(
          JSON.stringify(['total users', name]),
          async () => (await users.count?.({}, context.call)) ?? null,
        ),
    }),
    activeUsers: t.int({
      nullable: true,
      extensions: countOf('countActive'),
      description: 'Signed in recently, as the vendor counts it. null: this provider does not count them.',
      resolve: ({ name, users }, _, context) =>
        context.once(
          JSON.stringify(['active users', name]),
          async () => (await users.countActive?.(context.call)) ?? null,
        ),
    }),
    users: t.field({
      type: UserConnectionRef,
      nullable: true,
      extensions: usersOfOne,
      args: {
        ...pageArguments(t.arg),
        filter: t.arg({ type: UserFilterInput }),
        orderBy: t.arg({ type: UserOrderInput }),
      },
      resolve: (provider, args, context) => readUsers(context, provider, args),
    }),
    groups: t.field({
      type: GroupConnectionRef,
      nullable: true,
      extensions: groupsOfOne,
      description: 'null: this provider has no groups.',
      args: { ...pageArguments(t.arg), kinds: t.arg({ type: [GroupKindEnum] }), search: t.arg.string() },
      resolve: (provider, args, context) => readGroups(context, provider, args),
    }),
  }),
})

builder.asEntity(IdentityProviderRef, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: ({ id }, context) => targetOf(context, 'IdentityProvider', id, ['id']).provider,
})

builder.queryFields((t) => ({
  providers: t.field({
    type: [IdentityProviderRef],
    nullable: false,
    extensions: { ...allProviders, ...access({ scopes: ['providers:read'] }) },
    resolve: (_, _args, context) => [...context.providers.values()],
  }),
  provider: t.field({
    type: IdentityProviderRef,
    nullable: true,
    description: 'null: no provider is configured under this name.',
    extensions: { ...namedProvider, ...access({ scopes: ['providers:read'] }) },
    args: { name: t.arg.string({ required: true }) },
    resolve: (_, { name }, context) => context.providers.get(name) ?? null,
  }),
}))
