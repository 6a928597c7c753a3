import { batchKey } from '../src/batch.ts'
import type { RequestContext } from '../src/context.ts'
import { concatenate } from '../src/directory/concatenate.ts'
import { providerNamed } from '../src/directory/select.ts'
import { ProviderError } from '../src/identity/errors.ts'
import { encodeGlobalId } from '../src/identity/global-id.ts'
import type { IdentityProvider } from '../src/identity/provider.ts'
import type { Group, GroupField, GroupKind, GroupMember, User } from '../src/identity/records.ts'
import { checkedText, pageArguments, type PageArguments, requiredPart, targetOf } from './arguments.ts'
import { builder } from './builder.ts'
import { groupValue } from './complete.ts'
import { type Connection, defineConnection, readConnection, readOptionalConnection } from './connection.ts'
import { GroupKindEnum, groupKindNames } from './enums.ts'
import { NodeRef } from './node.ts'
import { GroupRef, IdentityProviderRef, UserRef } from './refs.ts'
import { onlyProvider } from './user-list.ts'
import { kindsAskedFor, PermissionConnectionRef } from './user-relations.ts'

export const GroupConnectionRef = defineConnection<Group, Group>({
  name: 'Group',
  node: GroupRef,
  nodeOf: (group) => group,
  hasTotalCount: true,
  hasUnavailable: true,
})

const GroupMemberConnectionRef = defineConnection<GroupMember, User>({
  name: 'GroupMember',
  node: UserRef,
  nodeOf: ({ user }) => user,
  nullableNodes: true,
  hasTotalCount: true,
  edgeFields: (t) => ({
    roles: t.stringList({
      nullable: { list: true, items: false },
      description: 'null: this provider gives members of this kind of group no roles.',
      resolve: ({ node }) => node.roles && [...node.roles],
    }),
    joinedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ node }) => node.joinedAt }),
  }),
})

GroupRef.implement({
  description: 'Users who belong together: a group, a role or an organization.',
  interfaces: [NodeRef],
  fields: (t) => {
    const text = (field: Extract<GroupField, 'slug' | 'description'>) =>
      t.string({ nullable: true, resolve: (group, _, context) => groupValue(group, field, context) })
    const time = (field: Extract<GroupField, 'createdAt' | 'updatedAt'>) =>
      t.field({ type: 'DateTime', nullable: true, resolve: (group, _, context) => groupValue(group, field, context) })
    return {
      id: t.id({
        nullable: false,
        resolve: (group) => encodeGlobalId({ type: 'Group', provider: group.provider, parts: [group.nativeId] }),
      }),
      provider: t.field({
        type: IdentityProviderRef,
        nullable: false,
        resolve: (group, _, context) => providerNamed(context.providers, group.provider, ['provider']),
      }),
      providerName: t.exposeString('provider', { nullable: false }),
      nativeId: t.exposeString('nativeId', { nullable: false, description: "The provider's own id of this group." }),
      kind: t.field({ type: GroupKindEnum, nullable: false, resolve: ({ kind }) => kind }),
      name: t.string({ nullable: false, resolve: (group, _, context) => groupValue(group, 'name', context) }),
      slug: text('slug'),
      description: text('description'),
      memberCount: t.int({ nullable: true, resolve: (group, _, context) => groupValue(group, 'memberCount', context) }),
      createdAt: time('createdAt'),
      updatedAt: time('updatedAt'),
      publicMetadata: t.field({
        type: 'JSON',
        nullable: true,
        resolve: (group, _, context) => groupValue(group, 'publicMetadata', context),
      }),
      members: t.field({
        type: GroupMemberConnectionRef,
        nullable: true,
        description: 'The members that are users.',
        args: pageArguments(t.arg),
        resolve: (group, args, context) => {
          const list = context.providers.get(group.provider)?.groups?.listMembers
          if (!list) return null
          return readConnection<GroupMember>(context, {
            list: ['members', group.provider, group.nativeId],
            args,
            read: async (page) => {
              const members = await list(group.nativeId, page, context.call)
              context.remember({ users: members.edges.map(({ node }) => node.user) })
              return members
            },
          })
        },
      }),
      permissions: t.field({
        type: PermissionConnectionRef,
        nullable: true,
        description: 'What members may do. null: this provider gives this kind of group no permissions.',
        args: pageArguments(t.arg),
        resolve: (group, args, context) => {
          const list = context.providers.get(group.provider)?.groups?.listPermissions
          if (!list) return null
          return readOptionalConnection(context, {
            list: ['group permissions', group.provider, group.nativeId],
            args,
            read: (page) => list(group.nativeId, page, context.call),
          })
        },
      }),
    }
  },
})

export interface GroupListArguments extends PageArguments {
  readonly kinds?: readonly GroupKind[] | null | undefined
  readonly search?: string | null | undefined
}

/** One page of one provider's groups, kind by kind, in the provider's order. */
export async function readGroups(
  context: RequestContext,
  provider: IdentityProvider,
  args: GroupListArguments,
): Promise<Connection<Group> | null> {
  const { groups } = provider
  if (!groups) return null
  const search = args.search == null ? null : checkedText(['search'], args.search)
  const kinds = kindsAskedFor(args.kinds, groups.kinds)
  return readConnection<Group>(context, {
    list: ['groups', provider.name, kinds, search],
    args,
    read: async (page) => {
      const list = await concatenate(
        page,
        kinds.map((kind) => ({
          key: kind,
          provider: provider.name,
          name: groupKindNames[kind],
          read: (part) => groups.list({ ...part, kind, search }, context.call),
        })),
        { eager: false },
      )
      context.remember({ groups: list.edges.map(({ node }) => node) })
      return list
    },
  })
}

builder.asEntity(GroupRef, {
  key: [
    builder.selection<{ id: string }>('id'),
    builder.selection<{ providerName: string; nativeId: string }>('providerName nativeId'),
  ],
  resolveReference: async (reference, context) => {
    if ('id' in reference) {
      const target = targetOf(context, 'Group', reference.id, ['id'])
      return context.loaders.group.load(batchKey(target.provider.name, requiredPart(target, 0, ['id'])))
    }
    const provider = providerNamed(context.providers, reference.providerName, ['providerName'])
    return context.loaders.group.load(batchKey(provider.name, checkedText(['nativeId'], reference.nativeId)))
  },
})

builder.queryFields((t) => ({
  group: t.field({
    type: GroupRef,
    nullable: true,
    description: 'null: there is no such group any more.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_, { id }, context) => {
      const target = targetOf(context, 'Group', id, ['id'])
      return context.loaders.group.load(batchKey(target.provider.name, requiredPart(target, 0, ['id'])))
    },
  }),
  groups: t.field({
    type: GroupConnectionRef,
    nullable: true,
    description:
      "The groups of one provider, kind by kind, in the provider's own order. Name it, unless only one is configured.",
    args: {
      ...pageArguments(t.arg),
      providers: t.arg.stringList(),
      kinds: t.arg({ type: [GroupKindEnum] }),
      search: t.arg.string(),
    },
    resolve: async (_, args, context) => {
      const provider = onlyProvider(context, args.providers ?? null)
      if (!provider.groups) {
        throw new ProviderError({
          provider: provider.name,
          kind: 'unsupported',
          operation: 'groups.list',
          argument: ['providers'],
          message: `${provider.name} has no groups`,
        })
      }
      return readGroups(context, provider, args)
    },
  }),
}))
