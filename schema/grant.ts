import { providerNamed } from '../src/directory/select.ts'
import { encodeGlobalId } from '../src/identity/global-id.ts'
import { access } from './access.ts'
import { targetOf } from './arguments.ts'
import { builder } from './builder.ts'
import { ownerOfRecord, providerOfRecord, recordsById, sessionOfGrant } from './costs.ts'
import { GrantKindEnum } from './enums.ts'
import { findGrant, findSession, grantParts } from './find.ts'
import { NodeRef } from './node.ts'
import { GrantRef, IdentityProviderRef, SessionRef, UserRef } from './refs.ts'

GrantRef.implement({
  description: 'Something a user has allowed, or a credential issued because of it. Never the secret itself.',
  extensions: access({
    scopes: ['grants:read'],
    endUser: [
      'id',
      'providerName',
      'nativeId',
      'kind',
      'clientId',
      'audiences',
      'scopes',
      'createdAt',
      'expiresAt',
      'lastUsedAt',
      'revocable',
    ],
  }),
  interfaces: [NodeRef],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      resolve: (grant) =>
        encodeGlobalId({
          type: 'Grant',
          provider: grant.provider,
          parts: grantParts({ ...grant, audience: grant.audiences?.[0] ?? null }),
        }),
    }),
    provider: t.field({
      type: IdentityProviderRef,
      nullable: false,
      extensions: providerOfRecord,
      resolve: (grant, _, context) => providerNamed(context.providers, grant.provider, ['provider']),
    }),
    providerName: t.exposeString('provider', { nullable: false }),
    nativeId: t.exposeString('nativeId', { nullable: false, description: "The provider's own id of this grant." }),
    kind: t.field({ type: GrantKindEnum, nullable: false, resolve: ({ kind }) => kind }),
    user: t.field({
      type: UserRef,
      nullable: true,
      extensions: ownerOfRecord,
      resolve: ({ provider, userId }, _, context) => context.loaders.user.load(provider, userId),
    }),
    clientId: t.exposeString('clientId', { nullable: true }),
    audiences: t.stringList({
      nullable: { list: true, items: false },
      description: 'null: grants of this kind have no audiences.',
      resolve: ({ audiences }) => audiences && [...audiences],
    }),
    scopes: t.stringList({
      nullable: { list: true, items: false },
      description: 'null: grants of this kind have no scopes.',
      resolve: ({ scopes }) => scopes && [...scopes],
    }),
    session: t.field({
      type: SessionRef,
      nullable: true,
      extensions: sessionOfGrant,
      description: 'The session in which it was issued; null where there was none, or where it is over.',
      resolve: ({ provider, sessionId, userId }, _, context) => {
        if (sessionId === null) return null
        const target = {
          provider: providerNamed(context.providers, provider, ['provider']),
          parts: [sessionId, userId],
        }
        return findSession(context, target, ['session'])
      },
    }),
    createdAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ createdAt }) => createdAt }),
    expiresAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ expiresAt }) => expiresAt }),
    lastUsedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ lastUsedAt }) => lastUsedAt }),
    revocable: t.exposeBoolean('revocable', { nullable: false, description: 'Whether it can be ended from here.' }),
  }),
})

builder.asEntity(GrantRef, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: ({ id }, context) => findGrant(context, targetOf(context, 'Grant', id, ['id']), ['id']),
})

builder.queryFields((t) => ({
  grant: t.field({
    type: GrantRef,
    nullable: true,
    description: 'null: there is no such grant any more.',
    extensions: { ...recordsById('id'), ...access({ scopes: ['grants:read'] }) },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_, { id }, context) => findGrant(context, targetOf(context, 'Grant', id, ['id']), ['id']),
  }),
}))
