import { providerNamed } from '../src/directory/select.ts'
import { encodeGlobalId } from '../src/identity/global-id.ts'
import type { PendingUser } from '../src/identity/records.ts'
import { access } from './access.ts'
import { pageArguments } from './arguments.ts'
import { builder } from './builder.ts'
import { pendingUsersOfOne } from './costs.ts'
import { defineConnection, readConnection } from './connection.ts'
import { PendingUserRef } from './refs.ts'

PendingUserRef.implement({
  description: 'A registration that has not become a user yet.',
  extensions: access({ scopes: ['users:read'] }),
  fields: (t) => ({
    id: t.id({
      nullable: false,
      resolve: ({ provider, nativeId }) => encodeGlobalId({ type: 'PendingUser', provider, parts: [nativeId] }),
    }),
    providerName: t.exposeString('provider', { nullable: false }),
    nativeId: t.exposeString('nativeId', {
      nullable: false,
      description: "The provider's own id of this registration.",
    }),
    email: t.exposeString('email', { nullable: true }),
    confirmed: t.exposeBoolean('confirmed', { nullable: true, description: 'null: the provider does not say.' }),
    createdAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ createdAt }) => createdAt }),
  }),
})

const PendingUserConnectionRef = defineConnection<PendingUser, PendingUser>({
  name: 'PendingUser',
  access: { scopes: ['users:read'] },
  node: PendingUserRef,
  nodeOf: (pendingUser) => pendingUser,
})

builder.queryFields((t) => ({
  pendingUsers: t.field({
    type: PendingUserConnectionRef,
    nullable: true,
    description: 'null: this provider keeps no pending registrations.',
    extensions: { ...pendingUsersOfOne, ...access({ scopes: ['users:read'] }) },
    args: { provider: t.arg.string({ required: true }), ...pageArguments(t.arg) },
    resolve: (_, args, context) => {
      const { name, pendingUsers } = providerNamed(context.providers, args.provider, ['provider'])
      if (!pendingUsers) return null
      return readConnection(context, {
        list: ['pending users', name],
        args,
        read: (page) => pendingUsers.list(page, context.call),
      })
    },
  }),
}))
