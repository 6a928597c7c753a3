import { encodeGlobalId } from '../src/identity/global-id.ts'
import type {
  Authenticator,
  EmailAddress,
  LinkedIdentity,
  PhoneNumber,
  User,
  UserDevice,
} from '../src/identity/records.ts'
import { value } from '../src/limits/cost/field-cost.ts'
import { access } from './access.ts'
import { builder } from './builder.ts'
import { identityValue } from './complete.ts'
import { AuthenticatorKindEnum } from './enums.ts'

/** A part of a user that has an id of its own; the id is made from the user's and the part's. */
interface OwnedBy<Item> {
  readonly user: User
  readonly item: Item
}

type PartType = 'EmailAddress' | 'PhoneNumber' | 'LinkedIdentity' | 'Authenticator' | 'UserDevice'

function partId<Item extends { readonly nativeId: string }>(type: PartType, { user, item }: OwnedBy<Item>): string {
  return encodeGlobalId({ type, provider: user.provider, parts: [user.nativeId, item.nativeId] })
}

export function ownedBy<Item>(user: User, items: readonly Item[]): OwnedBy<Item>[] {
  return items.map((item) => ({ user, item }))
}

export const EmailAddressRef = builder.objectRef<OwnedBy<EmailAddress>>('EmailAddress').implement({
  extensions: access({ scopes: ['users:read'], endUser: ['id', 'address', 'verified', 'primary'] }),
  fields: (t) => ({
    id: t.id({ nullable: false, resolve: (owned) => partId('EmailAddress', owned) }),
    address: t.string({ nullable: false, resolve: ({ item }) => item.address }),
    verified: t.boolean({
      nullable: true,
      description: 'null: the provider does not say.',
      resolve: ({ item }) => item.verified,
    }),
    primary: t.boolean({ nullable: false, resolve: ({ item }) => item.primary }),
  }),
})

export const PhoneNumberRef = builder.objectRef<OwnedBy<PhoneNumber>>('PhoneNumber').implement({
  extensions: access({ scopes: ['users:read'], endUser: ['id', 'number', 'verified', 'primary'] }),
  fields: (t) => ({
    id: t.id({ nullable: false, resolve: (owned) => partId('PhoneNumber', owned) }),
    number: t.string({ nullable: false, description: 'E.164.', resolve: ({ item }) => item.number }),
    verified: t.boolean({
      nullable: true,
      description: 'null: the provider does not say.',
      resolve: ({ item }) => item.verified,
    }),
    primary: t.boolean({ nullable: false, resolve: ({ item }) => item.primary }),
  }),
})

export const LinkedIdentityRef = builder.objectRef<OwnedBy<LinkedIdentity>>('LinkedIdentity').implement({
  description: 'An account at another login service (Google, SAML, …), or a web3 wallet, that signs this user in.',
  extensions: access({ scopes: ['users:read'], endUser: ['id', 'service', 'externalUserId', 'email', 'name'] }),
  fields: (t) => ({
    id: t.id({ nullable: false, resolve: (owned) => partId('LinkedIdentity', owned) }),
    service: t.string({ nullable: false, resolve: ({ item }) => item.service }),
    externalUserId: t.string({ nullable: false, resolve: ({ item }) => item.externalUserId }),
    email: t.string({
      nullable: true,
      extensions: value('identities.email'),
      resolve: ({ user, item }, _, context) => identityValue(user, item, 'email', context),
    }),
    name: t.string({
      nullable: true,
      extensions: value('identities.name'),
      resolve: ({ user, item }, _, context) => identityValue(user, item, 'name', context),
    }),
  }),
})

export const AuthenticatorRef = builder.objectRef<OwnedBy<Authenticator>>('Authenticator').implement({
  description: 'A way in which a user can prove who they are.',
  extensions: access({ scopes: ['users:read'] }),
  fields: (t) => ({
    id: t.id({ nullable: false, resolve: (owned) => partId('Authenticator', owned) }),
    kind: t.field({ type: AuthenticatorKindEnum, nullable: false, resolve: ({ item }) => item.kind }),
    name: t.string({ nullable: true, resolve: ({ item }) => item.name }),
    createdAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ item }) => item.createdAt }),
    lastUsedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ item }) => item.lastUsedAt }),
  }),
})

export const UserDeviceRef = builder.objectRef<OwnedBy<UserDevice>>('UserDevice').implement({
  description: 'A device on which a user has been signed in.',
  extensions: access({ scopes: ['users:read'] }),
  fields: (t) => ({
    id: t.id({ nullable: false, resolve: (owned) => partId('UserDevice', owned) }),
    name: t.string({ nullable: true, resolve: ({ item }) => item.name }),
    platform: t.string({ nullable: true, resolve: ({ item }) => item.platform }),
    platformVersion: t.string({ nullable: true, resolve: ({ item }) => item.platformVersion }),
    appVersion: t.string({ nullable: true, resolve: ({ item }) => item.appVersion }),
  }),
})
