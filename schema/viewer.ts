import type { Caller } from '../src/access/caller.ts'
import { builder } from './builder.ts'
import { accountOfCaller } from './costs.ts'
import { UserRef } from './refs.ts'

const ViewerRef = builder.objectRef<Caller>('Viewer').implement({
  description: 'Who is asking.',
  fields: (t) => ({
    subject: t.exposeString('subject', { nullable: false }),
    scopes: t.stringList({ nullable: false, resolve: ({ scopes }) => [...scopes] }),
    user: t.field({
      type: UserRef,
      nullable: true,
      extensions: accountOfCaller,
      description: "The caller's own account, when the caller is an end user of one of the providers.",
      // An API key is nobody's account, and there is no other way in yet.
      resolve: () => null,
    }),
  }),
})

builder.queryFields((t) => ({
  viewer: t.field({
    type: ViewerRef,
    nullable: true,
    description: 'Who is asking.',
    resolve: (_, _args, { caller }) => caller,
  }),
}))
