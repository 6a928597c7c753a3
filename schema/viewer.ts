import type { Caller } from '../src/access/caller.ts'
import { scopes } from '../src/access/scopes.ts'
import { access } from './access.ts'
import { builder } from './builder.ts'
import { accountOfCaller } from './costs.ts'
import { UserRef } from './refs.ts'

const ViewerRef = builder.objectRef<Caller>('Viewer').implement({
  description: 'Who is asking.',
  extensions: access({ scopes: [], endUser: ['subject', 'scopes', 'user'] }),
  fields: (t) => ({
    subject: t.exposeString('subject', { nullable: false }),
    scopes: t.stringList({ nullable: false, resolve: (caller) => scopes.filter((scope) => caller.scopes.has(scope)) }),
    user: t.field({
      type: UserRef,
      nullable: true,
      extensions: accountOfCaller,
      description: "The caller's own account, when the caller is an end user of one of the providers.",
      resolve: ({ account }, _, { loaders }) => account && loaders.user.load(account.provider, account.nativeId),
    }),
  }),
})

builder.queryFields((t) => ({
  viewer: t.field({
    type: ViewerRef,
    nullable: true,
    extensions: access({ scopes: [], endUser: true }),
    description: 'Who is asking.',
    resolve: (_, _args, { caller }) => caller,
  }),
}))
