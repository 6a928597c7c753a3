import { encodeGlobalId } from '../src/identity/global-id.ts'
import { providerNamed } from '../src/directory/select.ts'
import type { User, UserField } from '../src/identity/records.ts'
import { value } from '../src/limits/cost/field-cost.ts'
import { access } from './access.ts'
import { targetOf, checkedText, requiredPart } from './arguments.ts'
import { builder } from './builder.ts'
import { userValue } from './complete.ts'
import { providerOfRecord, recordsById, relationOfUser, userByNativeId } from './costs.ts'
import { UserStatusEnum } from './enums.ts'
import { NodeRef } from './node.ts'
import { IdentityProviderRef, UserRef } from './refs.ts'
import {
  AuthenticatorRef,
  EmailAddressRef,
  LinkedIdentityRef,
  ownedBy,
  PhoneNumberRef,
  UserDeviceRef,
} from './user-parts.ts'

type FieldsOfType<Value> = { [Field in UserField]: User[Field] extends Value | null ? Field : never }[UserField]

UserRef.implement({
  description: 'An account at one provider.',
  extensions: access({
    scopes: ['users:read'],
    endUser: [
      'id',
      'provider',
      'providerName',
      'nativeId',
      'username',
      'name',
      'givenName',
      'familyName',
      'nickname',
      'pictureUrl',
      'locale',
      'middleName',
      'preferredUsername',
      'profileUrl',
      'website',
      'gender',
      'birthdate',
      'zoneinfo',
      'address',
      'email',
      'emailVerified',
      'emails',
      'phoneNumbers',
      'status',
      'createdAt',
      'updatedAt',
      'lastSignInAt',
      'hasPassword',
      'mfaEnabled',
      'identities',
      'publicMetadata',
      'groups',
      'sessions',
      'grants',
    ],
  }),
  interfaces: [NodeRef],
  fields: (t) => {
    const text = (field: FieldsOfType<string>, description?: string) =>
      t.string({
        nullable: true,
        extensions: value(field),
        ...(description === undefined ? {} : { description }),
        resolve: (user, _, context) => userValue(user, field, context),
      })
    const time = (field: FieldsOfType<Date>, description?: string) =>
      t.field({
        type: 'DateTime',
        nullable: true,
        extensions: value(field),
        ...(description === undefined ? {} : { description }),
        resolve: (user, _, context) => userValue(user, field, context),
      })
    const flag = (field: FieldsOfType<boolean>) =>
      t.boolean({
        nullable: true,
        extensions: value(field),
        description: 'null: the provider does not say.',
        resolve: (user, _, context) => userValue(user, field, context),
      })
    const json = (field: 'address' | 'publicMetadata', description: string) =>
      t.field({
        type: 'JSON',
        nullable: true,
        extensions: value(field),
        description,
        resolve: (user, _, context) => userValue(user, field, context),
      })
    return {
      id: t.id({
        nullable: false,
        resolve: (user) => encodeGlobalId({ type: 'User', provider: user.provider, parts: [user.nativeId] }),
      }),
      provider: t.field({
        type: IdentityProviderRef,
        nullable: false,
        extensions: providerOfRecord,
        resolve: (user, _, context) => providerNamed(context.providers, user.provider, ['provider']),
      }),
      providerName: t.exposeString('provider', { nullable: false }),
      nativeId: t.exposeString('nativeId', { nullable: false, description: "The provider's own id of this account." }),
      externalId: text('externalId', "The customer's own id for this person, where the provider stores one."),
      username: text('username'),
      name: text('name'),
      givenName: text('givenName'),
      familyName: text('familyName'),
      nickname: text('nickname'),
      pictureUrl: text('pictureUrl'),
      locale: text('locale'),
      middleName: text('middleName'),
      preferredUsername: text('preferredUsername'),
      profileUrl: text('profileUrl'),
      website: text('website'),
      gender: text('gender'),
      birthdate: text('birthdate', 'YYYY-MM-DD, or YYYY where only the year is known.'),
      zoneinfo: text('zoneinfo'),
      address: json('address', 'The OIDC address claim.'),
      email: text('email', 'The primary address.'),
      emailVerified: flag('emailVerified'),
      emails: t.field({
        type: [EmailAddressRef],
        nullable: false,
        extensions: value('emails'),
        resolve: async (user, _, context) => ownedBy(user, await userValue(user, 'emails', context)),
      }),
      phoneNumbers: t.field({
        type: [PhoneNumberRef],
        nullable: false,
        extensions: value('phoneNumbers'),
        resolve: async (user, _, context) => ownedBy(user, await userValue(user, 'phoneNumbers', context)),
      }),
      status: t.field({
        type: UserStatusEnum,
        nullable: false,
        extensions: value('status'),
        resolve: (user, _, context) => userValue(user, 'status', context),
      }),
      lockedUntil: time('lockedUntil', 'End of a temporary lock; null when not locked, or when the end is not known.'),
      createdAt: time('createdAt'),
      updatedAt: time('updatedAt'),
      lastSignInAt: time('lastSignInAt'),
      lastActiveAt: time('lastActiveAt'),
      signInCount: t.int({
        nullable: true,
        extensions: value('signInCount'),
        resolve: (user, _, context) => userValue(user, 'signInCount', context),
      }),
      hasPassword: flag('hasPassword'),
      passwordResetRequired: flag('passwordResetRequired'),
      mfaEnabled: flag('mfaEnabled'),
      identities: t.field({
        type: [LinkedIdentityRef],
        nullable: false,
        extensions: value('identities'),
        resolve: async (user, _, context) => ownedBy(user, await userValue(user, 'identities', context)),
      }),
      authenticators: t.field({
        type: [AuthenticatorRef],
        nullable: true,
        extensions: relationOfUser('listAuthenticators'),
        description: 'null: this provider keeps no authenticators.',
        resolve: async (user, _, context) => {
          const read = context.providers.get(user.provider)?.users.listAuthenticators
          if (!read) return null
          const handle = context.userHandle(user.provider, user.nativeId)
          const items = await context.once(JSON.stringify(['authenticators', user.provider, user.nativeId]), () =>
            read(handle, context.call),
          )
          return ownedBy(user, items)
        },
      }),
      publicMetadata: json('publicMetadata', 'Data that front ends may read.'),
      privateMetadata: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Data for trusted back ends only.',
        extensions: access({ scopes: ['users:read:private'] }),
        resolve: (user, _, context) => userValue(user, 'privateMetadata', context),
      }),
      devices: t.field({
        type: [UserDeviceRef],
        nullable: true,
        extensions: relationOfUser('listDevices'),
        description: 'null: this provider keeps no devices.',
        resolve: async (user, _, context) => {
          const read = context.providers.get(user.provider)?.users.listDevices
          if (!read) return null
          const items = await context.once(JSON.stringify(['devices', user.provider, user.nativeId]), () =>
            read(user.nativeId, context.call),
          )
          return ownedBy(user, items)
        },
      }),
    }
  },
})

builder.asEntity(UserRef, {
  key: [
    builder.selection<{ id: string }>('id'),
    builder.selection<{ providerName: string; nativeId: string }>('providerName nativeId'),
  ],
  resolveReference: (reference, context) => {
    if ('id' in reference) {
      const target = targetOf(context, 'User', reference.id, ['id'])
      return context.loaders.user.load(target.provider.name, requiredPart(target, 0, ['id']))
    }
    const provider = providerNamed(context.providers, reference.providerName, ['providerName'])
    return context.loaders.user.load(provider.name, checkedText(['nativeId'], reference.nativeId))
  },
})

builder.queryFields((t) => ({
  user: t.field({
    type: UserRef,
    nullable: true,
    description: 'null: there is no such user any more.',
    extensions: { ...recordsById('id'), ...access({ scopes: ['users:read'] }) },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_, { id }, context) => {
      const target = targetOf(context, 'User', id, ['id'])
      return context.loaders.user.load(target.provider.name, requiredPart(target, 0, ['id']))
    },
  }),
  userByNativeId: t.field({
    type: UserRef,
    nullable: true,
    description: "By the provider's name and its own id of the user.",
    extensions: { ...userByNativeId, ...access({ scopes: ['users:read'] }) },
    args: { provider: t.arg.string({ required: true }), nativeId: t.arg.string({ required: true }) },
    resolve: (_, { provider, nativeId }, context) => {
      const { name } = providerNamed(context.providers, provider, ['provider'])
      return context.loaders.user.load(name, checkedText(['nativeId'], nativeId))
    },
  }),
}))
