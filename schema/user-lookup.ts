import { findByEmail, findMatches } from '../src/directory/lookup.ts'
import { selectProviders } from '../src/directory/select.ts'
import { items } from '../src/limits/cost/field-cost.ts'
import { access } from './access.ts'
import { checkedEmail } from './arguments.ts'
import { builder } from './builder.ts'
import { identifying, matchesOfUser, usersByEmail } from './costs.ts'
import { userWith } from './complete.ts'
import { ProviderFailureRef } from './provider-failure.ts'
import { UserLookupRef, UserRef } from './refs.ts'

UserLookupRef.implement({
  description: 'Accounts found at several providers, and where it could not be looked.',
  extensions: access({ scopes: ['users:read'] }),
  fields: (t) => ({
    users: t.field({
      type: [UserRef],
      nullable: false,
      extensions: { cost: items },
      resolve: ({ users }) => [...users],
    }),
    unavailable: t.field({ type: [ProviderFailureRef], nullable: false, resolve: ({ missing }) => [...missing] }),
  }),
})

builder.queryFields((t) => ({
  usersByEmail: t.field({
    type: UserLookupRef,
    nullable: true,
    description: 'Every account, at any provider, that carries this verified or unverified address.',
    extensions: { ...usersByEmail, ...access({ scopes: ['users:read'] }) },
    args: { email: t.arg.string({ required: true }), providers: t.arg.stringList() },
    resolve: async (_, args, context) => {
      const email = checkedEmail(['email'], args.email)
      const lookup = await findByEmail(email, selectProviders(context.providers, args.providers ?? null), context)
      context.remember(lookup)
      return lookup
    },
  }),
}))

builder.objectField(UserRef, 'matches', (t) =>
  t.field({
    type: UserLookupRef,
    nullable: true,
    extensions: matchesOfUser,
    description:
      'Accounts of the same person at the other providers, matched by verified email, verified phone or external id.',
    resolve: async (user, _, context) => {
      const lookup = await findMatches(await userWith(identifying, user, context), context)
      context.remember(lookup)
      return lookup
    },
  }),
)
