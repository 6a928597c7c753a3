import { providerNamed } from '../src/directory/select.ts'
import { encodeGlobalId } from '../src/identity/global-id.ts'
import { access } from './access.ts'
import { pageArguments, targetOf } from './arguments.ts'
import { builder } from './builder.ts'
import { grantsOfSession, ownerOfRecord, providerOfRecord, recordsById } from './costs.ts'
import { RevocationScopeEnum, SessionStatusEnum } from './enums.ts'
import { findSession } from './find.ts'
import { NodeRef } from './node.ts'
import { IdentityProviderRef, SessionRef, UserRef } from './refs.ts'
import { GrantConnectionRef, readGrants } from './user-relations.ts'

SessionRef.implement({
  description: 'That a user is, or was, signed in.',
  extensions: access({
    scopes: ['sessions:read'],
    endUser: [
      'id',
      'providerName',
      'nativeId',
      'status',
      'clientIds',
      'createdAt',
      'lastActiveAt',
      'expiresAt',
      'ipAddress',
      'userAgent',
      'city',
      'country',
      'revocationScope',
    ],
  }),
  interfaces: [NodeRef],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      // Some providers find a session only under its user.
      resolve: ({ provider, nativeId, userId }) =>
        encodeGlobalId({ type: 'Session', provider, parts: [nativeId, userId] }),
    }),
    provider: t.field({
      type: IdentityProviderRef,
      nullable: false,
      extensions: providerOfRecord,
      resolve: (session, _, context) => providerNamed(context.providers, session.provider, ['provider']),
    }),
    providerName: t.exposeString('provider', { nullable: false }),
    nativeId: t.exposeString('nativeId', { nullable: false, description: "The provider's own id of this session." }),
    user: t.field({
      type: UserRef,
      nullable: true,
      extensions: ownerOfRecord,
      resolve: ({ provider, userId }, _, context) => context.loaders.user.load(provider, userId),
    }),
    status: t.field({ type: SessionStatusEnum, nullable: false, resolve: ({ status }) => status }),
    clientIds: t.stringList({ nullable: false, resolve: ({ clientIds }) => [...clientIds] }),
    createdAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ createdAt }) => createdAt }),
    lastActiveAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ lastActiveAt }) => lastActiveAt }),
    expiresAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ expiresAt }) => expiresAt }),
    ipAddress: t.exposeString('ipAddress', { nullable: true }),
    userAgent: t.exposeString('userAgent', { nullable: true }),
    city: t.exposeString('city', { nullable: true }),
    country: t.exposeString('country', { nullable: true }),
    revocationScope: t.field({
      type: RevocationScopeEnum,
      nullable: false,
      description: 'What ending this session ends.',
      resolve: ({ revocationScope }) => revocationScope,
    }),
    grants: t.field({
      type: GrantConnectionRef,
      nullable: true,
      extensions: grantsOfSession,
      description: 'What was issued in this session. null: this provider does not tie grants to sessions.',
      args: pageArguments(t.arg),
      resolve: (session, args, context) => {
        const kinds = context.providers.get(session.provider)?.grants?.kindsBySession ?? []
        if (kinds.length === 0) return null
        const user = { provider: session.provider, nativeId: session.userId }
        return readGrants(context, user, kinds, session.nativeId, args)
      },
    }),
  }),
})

builder.asEntity(SessionRef, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: ({ id }, context) => findSession(context, targetOf(context, 'Session', id, ['id']), ['id']),
})

builder.queryFields((t) => ({
  session: t.field({
    type: SessionRef,
    nullable: true,
    description: 'null: there is no such session any more.',
    extensions: { ...recordsById('id'), ...access({ scopes: ['sessions:read'] }) },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_, { id }, context) => findSession(context, targetOf(context, 'Session', id, ['id']), ['id']),
  }),
}))
