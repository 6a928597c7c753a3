import type { RequestContext } from '../src/context.ts'
import { concatenate } from '../src/directory/concatenate.ts'
import { countJoinedGroups, groupParts, type GroupSelection, listJoinedGroups } from '../src/directory/joined-groups.ts'
import { providerNamed, selectProviders } from '../src/directory/select.ts'
import { ProviderError } from '../src/identity/errors.ts'
import { encodeGlobalId } from '../src/identity/global-id.ts'
import type { IdentityProvider } from '../src/identity/provider.ts'
import type { Group, GroupField, GroupKind, GroupMember, User } from '../src/identity/records.ts'
import { value } from '../src/limits/cost/field-cost.ts'
import { access } from './access.ts'
import { checkedText, pageArguments, type PageArguments, requiredPart, targetOf } from './arguments.ts'
import { builder } from './builder.ts'
import { groupValue } from './complete.ts'
import { type Connection, defineConnection, readConnection, readOptionalConnection } from './connection.ts'
import { groupsOfAll, groupTotal, membersOfGroup, permissionsOfGroup, providerOfRecord, recordsById } from './costs.ts'
import { GroupKindEnum, groupKindNames } from './enums.ts'
import { NodeRef } from './node.ts'
import { GroupRef, IdentityProviderRef, UserRef } from './refs.ts'
import { PermissionConnectionRef } from './user-relations.ts'

export const GroupConnectionRef = defineConnection<Group, Group>({
  name: 'Group',
  access: { scopes: ['groups:read'] },
  node: GroupRef,
  nodeOf: (group) => group,
  hasTotalCount: true,
  totalCost: groupTotal,
  hasUnavailable: true,
})

const GroupMemberConnectionRef = defineConnection<GroupMember, User>({
  name: 'GroupMember',
  access: { scopes: ['groups:read', 'users:read'] },
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
  extensions: access({
    scopes: ['groups:read'],
    endUser: ['id', 'providerName', 'nativeId', 'kind', 'name', 'slug', 'description'],
  }),
  interfaces: [NodeRef],
  fields: (t) => {
    const text = (field: Extract<GroupField, 'slug' | 'description'>) =>
      t.string({
        nullable: true,
        extensions: value(field),
        resolve: (group, _, context) => groupValue(group, field, context),
      })
    const time = (field: Extract<GroupField, 'createdAt' | 'updatedAt'>) =>
      t.field({
        type: 'DateTime',
        nullable: true,
        extensions: value(field),
        resolve: (group, _, context) => groupValue(group, field, context),
      })
    return {
      id: t.id({
        nullable: false,
        resolve: (group) => encodeGlobalId({ type: 'Group', provider: group.provider, parts: [group.nativeId] }),
      }),
      provider: t.field({
        type: IdentityProviderRef,
        nullable: false,
        extensions: providerOfRecord,
        resolve: (group, _, context) => providerNamed(context.providers, group.provider, ['provider']),
      }),
      providerName: t.exposeString('provider', { nullable: false }),
      nativeId: t.exposeString('nativeId', { nullable: false, description: "The provider's own id of this group." }),
      kind: t.field({ type: GroupKindEnum, nullable: false, resolve: ({ kind }) => kind }),
      name: t.string({
        nullable: false,
        extensions: value('name'),
        resolve: (group, _, context) => groupValue(group, 'name', context),
      }),
      slug: text('slug'),
      description: text('description'),
      memberCount: t.int({
        nullable: true,
        extensions: value('memberCount'),
        resolve: (group, _, context) => groupValue(group, 'memberCount', context),
      }),
      createdAt: time('createdAt'),
      updatedAt: time('updatedAt'),
      publicMetadata: t.field({
        type: 'JSON',
        nullable: true,
        extensions: value('publicMetadata'),
        resolve: (group, _, context) => groupValue(group, 'publicMetadata', context),
      }),
      members: t.field({
        type: GroupMemberConnectionRef,
        nullable: true,
        extensions: membersOfGroup,
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
        extensions: permissionsOfGroup,
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

/** One page of one provider's groups, kind by kind, in the provider's order. `null`: it has no groups. */
export async function readGroups(
  context: RequestContext,
  provider: IdentityProvider,
  args: GroupListArguments,
): Promise<Connection<Group> | null> {
  if (!provider.groups) return null
  const selection = selectionOf(args)
  const connection = await readConnection<Group>(context, {
    list: ['groups', provider.name, selection.kinds, selection.search],
    args,
    read: (page) => concatenate(page, groupParts(provider, selection, context), { eager: false }),
    count: (known) => countJoinedGroups([provider], selection, known, context),
  })
  context.remember({ groups: connection.items })
  return connection
}

/** One page of one list over all these providers. */
async function readJoinedGroups(
  context: RequestContext,
  providers: readonly IdentityProvider[],
  args: GroupListArguments,
): Promise<Connection<Group>> {
  const selection = selectionOf(args)
  const connection = await readConnection<Group>(context, {
    list: ['groups', providers.map(({ name }) => name), selection.kinds, selection.search],
    args,
    read: (page) => listJoinedGroups(providers, selection, page, context),
    count: (known) => countJoinedGroups(providers, selection, known, context),
  })
  context.remember({ groups: connection.items })
  return connection
}

function selectionOf({ kinds, search }: GroupListArguments): GroupSelection {
  return {
    // In one order, so that a cursor does not depend on how the kinds were written.
    kinds: kinds ? [...new Set(kinds)].toSorted() : null,
    search: search == null ? null : checkedText(['search'], search),
    nameOf: (kind) => groupKindNames[kind],
  }
}

builder.asEntity(GroupRef, {
  key: [
    builder.selection<{ id: string }>('id'),
    builder.selection<{ providerName: string; nativeId: string }>('providerName nativeId'),
  ],
  resolveReference: (reference, context) => {
    if ('id' in reference) {
      const target = targetOf(context, 'Group', reference.id, ['id'])
      return context.loaders.group.load(target.provider.name, requiredPart(target, 0, ['id']))
    }
    const provider = providerNamed(context.providers, reference.providerName, ['providerName'])
    return context.loaders.group.load(provider.name, checkedText(['nativeId'], reference.nativeId))
  },
})

builder.queryFields((t) => ({
  group: t.field({
    type: GroupRef,
    nullable: true,
    description: 'null: there is no such group any more.',
    extensions: { ...recordsById('id'), ...access({ scopes: ['groups:read'] }) },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_, { id }, context) => {
      const target = targetOf(context, 'Group', id, ['id'])
      return context.loaders.group.load(target.provider.name, requiredPart(target, 0, ['id']))
    },
  }),
  groups: t.field({
    type: GroupConnectionRef,
    nullable: true,
    description:
      "The groups of all or the named providers, provider by provider and kind by kind, each in the provider's own order. Groups that are created or deleted during a walk may shift others, where the provider numbers its pages. Providers without groups are not part of it.",
    extensions: { ...groupsOfAll, ...access({ scopes: ['groups:read'] }) },
    args: {
      ...pageArguments(t.arg),
      providers: t.arg.stringList(),
      kinds: t.arg({ type: [GroupKindEnum] }),
      search: t.arg.string(),
    },
    resolve(_, args, context) {
      const providers = selectProviders(context.providers, args.providers ?? null)
      const withGroups = providers.filter(({ groups }) => groups)
      const [first, ...others] = withGroups
      if (!first) throw withoutGroups(providers)
      return others.length === 0 ? readGroups(context, first, args) : readJoinedGroups(context, withGroups, args)
    },
  }),
}))

function withoutGroups(providers: readonly IdentityProvider[]): ProviderError {
  const names = providers.map(({ name }) => name)
  return new ProviderError({
    provider: names[0] ?? '',
    kind: 'unsupported',
    operation: 'groups.list',
    argument: ['providers'],
    message: `${names.join(', ')} ${names.length === 1 ? 'has' : 'have'} no groups`,
  })
}
