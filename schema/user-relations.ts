import type { RequestContext } from '../src/context.ts'
import { concatenate } from '../src/directory/concatenate.ts'
import { encodeGlobalId } from '../src/identity/global-id.ts'
import { edgeWith, type Page } from '../src/identity/page.ts'
import type {
  GrantKind,
  Group,
  Session,
  User,
  UserMembership,
  Grant,
  BlockedIp,
  Permission,
} from '../src/identity/records.ts'
import { access, asReached } from './access.ts'
import { checkedText, pageArguments, type PageArguments } from './arguments.ts'
import { builder } from './builder.ts'
import { type Connection, defineConnection, readConnection } from './connection.ts'
import { grantsOfUser, groupsOfUser, relationOfUser, rolesOfMembership, sessionsOfUser } from './costs.ts'
import { GrantKindEnum, grantKindNames, GroupKindEnum, groupKindNames } from './enums.ts'
import {
  BlockedIpRef,
  GrantRef,
  GroupRef,
  IdentityEventRef,
  IdentityPermissionRef,
  type OwnedEvent,
  SessionRef,
  UserRef,
} from './refs.ts'

const UserGroupConnectionRef = defineConnection<UserMembership, Group>({
  name: 'UserGroup',
  access: { scopes: ['groups:read'], endUser: '*' },
  node: GroupRef,
  nodeOf: ({ group }) => group,
  nullableNodes: true,
  hasTotalCount: true,
  hasUnavailable: true,
  edgeFields: (t) => ({
    roles: t.stringList({
      extensions: rolesOfMembership,
      nullable: { list: true, items: false },
      description: 'null: this provider gives members of this kind of group no roles.',
      resolve: async ({ node: { roles } }) => {
        const known = typeof roles === 'function' ? await roles() : roles
        return known && [...known]
      },
    }),
    joinedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ node }) => node.joinedAt }),
  }),
})

export const GrantConnectionRef = defineConnection<Grant, Grant>({
  name: 'Grant',
  access: { scopes: ['grants:read'], endUser: '*' },
  node: GrantRef,
  nodeOf: (grant) => grant,
  hasTotalCount: true,
  hasUnavailable: true,
})

const SessionConnectionRef = defineConnection<Session, Session>({
  name: 'Session',
  access: { scopes: ['sessions:read'], endUser: '*' },
  node: SessionRef,
  nodeOf: (session) => session,
  hasTotalCount: true,
})

export const PermissionConnectionRef = defineConnection<Permission, Permission>({
  name: 'Permission',
  // Of a user with users:read, of a group with groups:read.
  access: { scopes: [] },
  node: IdentityPermissionRef,
  nodeOf: (permission) => permission,
  hasTotalCount: true,
})

const BlockedIpConnectionRef = defineConnection<BlockedIp, BlockedIp>({
  name: 'BlockedIp',
  access: { scopes: ['users:read:private'] },
  node: BlockedIpRef,
  nodeOf: (blockedIp) => blockedIp,
  hasTotalCount: true,
})

const IdentityEventConnectionRef = defineConnection<OwnedEvent, OwnedEvent>({
  name: 'IdentityEvent',
  access: { scopes: ['users:read:private'] },
  node: IdentityEventRef,
  nodeOf: (event) => event,
})

IdentityPermissionRef.implement({
  description: 'Something that a user, or a member of a group, may do at an API.',
  extensions: asReached,
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false }),
    api: t.exposeString('api', { nullable: true, description: 'Identifier of the API that defines it.' }),
    description: t.exposeString('description', { nullable: true }),
  }),
})

BlockedIpRef.implement({
  description: 'An address from which sign-in is blocked.',
  extensions: access({ scopes: ['users:read:private'] }),
  fields: (t) => ({
    address: t.exposeString('address', { nullable: false }),
    blockedUntil: t.field({ type: 'DateTime', nullable: true, resolve: ({ blockedUntil }) => blockedUntil }),
    lastAttemptAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ lastAttemptAt }) => lastAttemptAt }),
  }),
})

IdentityEventRef.implement({
  description: 'Something the provider recorded about a user: a sign-in, a failed attempt, a change.',
  extensions: access({ scopes: ['users:read:private'] }),
  fields: (t) => ({
    id: t.id({
      nullable: false,
      resolve: ({ user, nativeId }) =>
        encodeGlobalId({ type: 'IdentityEvent', provider: user.provider, parts: [user.nativeId, nativeId] }),
    }),
    type: t.exposeString('type', { nullable: false, description: "The provider's word for it." }),
    occurredAt: t.field({ type: 'DateTime', nullable: false, resolve: ({ occurredAt }) => occurredAt }),
    succeeded: t.exposeBoolean('succeeded', { nullable: true, description: 'null: neither a success nor a failure.' }),
    ipAddress: t.exposeString('ipAddress', { nullable: true }),
    userAgent: t.exposeString('userAgent', { nullable: true }),
    clientId: t.exposeString('clientId', { nullable: true }),
    description: t.exposeString('description', { nullable: true }),
  }),
})

/** The kinds asked for that the provider has, in the provider's order; all of its kinds when none are named. */
function kindsAskedFor<Kind>(asked: readonly Kind[] | null | undefined, offered: readonly Kind[]): readonly Kind[] {
  return asked ? offered.filter((kind) => asked.includes(kind)) : offered
}

export interface GrantArguments extends PageArguments {
  readonly clientId?: string | null | undefined
}

/** A user's grants of several kinds, one kind after the other, read at once: each kind is usually short. */
export function readGrants(
  context: RequestContext,
  user: { readonly provider: string; readonly nativeId: string },
  kinds: readonly GrantKind[],
  sessionId: string | null,
  args: GrantArguments,
): Promise<Connection<Grant>> | null {
  const provider = context.providers.get(user.provider)
  const grants = provider?.grants
  if (!provider || !grants) return null
  const clientId = args.clientId == null ? null : checkedText(['clientId'], args.clientId)
  const handle = context.userHandle(user.provider, user.nativeId)
  return readConnection(context, {
    list: ['grants', user.provider, user.nativeId, kinds, clientId, sessionId],
    args,
    read: (page) =>
      concatenate(
        page,
        kinds.map((kind) => ({
          key: kind,
          provider: provider.name,
          name: grantKindNames[kind],
          read: (part) => grants.listByUser(handle, { ...part, kind, clientId, sessionId }, context.call),
        })),
        { eager: true },
      ),
  })
}

builder.objectFields(UserRef, (t) => ({
  groups: t.field({
    type: UserGroupConnectionRef,
    nullable: true,
    extensions: groupsOfUser,
    description: 'null: this provider has no groups.',
    args: { ...pageArguments(t.arg), kinds: t.arg({ type: [GroupKindEnum] }) },
    resolve: (user, args, context) => {
      const provider = context.providers.get(user.provider)
      const groups = provider?.groups
      if (!provider || !groups) return null
      const kinds = kindsAskedFor(args.kinds, groups.kinds)
      return readConnection<UserMembership>(context, {
        list: ['user groups', user.provider, user.nativeId, kinds],
        args,
        read: async (page) => {
          const memberships = await concatenate(
            page,
            kinds.map((kind) => ({
              key: kind,
              provider: provider.name,
              name: groupKindNames[kind],
              read: (part) => groups.listByUser(user.nativeId, { ...part, kind }, context.call),
            })),
            { eager: true },
          )
          context.remember({ groups: memberships.edges.map(({ node }) => node.group) })
          return memberships
        },
      })
    },
  }),
  sessions: t.field({
    type: SessionConnectionRef,
    nullable: true,
    extensions: sessionsOfUser,
    description: 'null: this provider has no sessions.',
    args: { ...pageArguments(t.arg), clientId: t.arg.string() },
    resolve: (user, args, context) => {
      const sessions = context.providers.get(user.provider)?.sessions
      if (!sessions) return null
      const clientId = args.clientId == null ? null : checkedText(['clientId'], args.clientId)
      const handle = context.userHandle(user.provider, user.nativeId)
      return readConnection(context, {
        list: ['sessions', user.provider, user.nativeId, clientId],
        args,
        read: (page) => sessions.listByUser(handle, { ...page, clientId }, context.call),
      })
    },
  }),
  grants: t.field({
    type: GrantConnectionRef,
    nullable: true,
    extensions: grantsOfUser,
    description: 'null: this provider has no grants.',
    args: { ...pageArguments(t.arg), kinds: t.arg({ type: [GrantKindEnum] }), clientId: t.arg.string() },
    resolve: (user, args, context) => {
      const offered = context.providers.get(user.provider)?.grants?.kinds ?? []
      return readGrants(context, user, kindsAskedFor(args.kinds, offered), null, args)
    },
  }),
  blockedIps: t.field({
    type: BlockedIpConnectionRef,
    nullable: true,
    extensions: relationOfUser('listBlockedIps'),
    description: 'null: this provider does not show blocked addresses.',
    args: pageArguments(t.arg),
    resolve: (user, args, context) => readRelation(context, user, 'listBlockedIps', args),
  }),
  permissions: t.field({
    type: PermissionConnectionRef,
    nullable: true,
    extensions: relationOfUser('listPermissions'),
    description: 'null: this provider keeps no permissions of users.',
    args: pageArguments(t.arg),
    resolve: (user, args, context) => readRelation(context, user, 'listPermissions', args),
  }),
  events: t.field({
    type: IdentityEventConnectionRef,
    nullable: true,
    extensions: relationOfUser('listEvents'),
    description: 'Newest first. null: this provider shows no events of users.',
    args: pageArguments(t.arg),
    resolve: (user, args, context) => {
      const list = context.providers.get(user.provider)?.users.listEvents
      if (!list) return null
      return readConnection<OwnedEvent>(context, {
        list: ['listEvents', user.provider, user.nativeId],
        args,
        read: async (page) => {
          const events = await list(user.nativeId, page, context.call)
          return { ...events, edges: events.edges.map((edge) => edgeWith(edge, { ...edge.node, user })) }
        },
      })
    },
  }),
}))

type Relation = 'listBlockedIps' | 'listPermissions'

type RelationItem = {
  listBlockedIps: BlockedIp
  listPermissions: Permission
}

/** One page of a relation that is read by the user's id alone; `null` where the provider does not have it. */
function readRelation<Name extends Relation>(
  context: RequestContext,
  user: User,
  name: Name,
  args: PageArguments,
): Promise<Connection<RelationItem[Name]>> | null {
  const read = context.providers.get(user.provider)?.users[name]
  if (!read) return null
  return readConnection<RelationItem[Name]>(context, {
    list: [name, user.provider, user.nativeId],
    args,
    // The compiler does not follow that the method of this name answers items of this name.
    read: (page) => read(user.nativeId, page, context.call) as Promise<Page<RelationItem[Name]>>,
  })
}
