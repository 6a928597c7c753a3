import type { BatchLoader } from '../../src/batch.ts'
import type { Link, Revocation } from '../../src/identity/actions.ts'
import { encodeGlobalId, type GlobalId } from '../../src/identity/global-id.ts'
import type { Group, PendingUser, User } from '../../src/identity/records.ts'
import { asReached, asReachedByAnybody } from '../access.ts'
import { builder } from '../builder.ts'
import { recordOfPayload } from '../costs.ts'
import { RevocationScopeEnum } from '../enums.ts'
import { GroupRef, PendingUserRef, UserRef } from '../refs.ts'
import { MutationPayloadRef, type PayloadShape, tookEffect } from './failures.ts'

const couldNotBeTold = 'null: could not be told; see errors.'

/** The changed record is the payload's `target`; it is read by id when somebody selects it and the provider did not answer with it. */
export interface UserPayload extends PayloadShape {
  /** As the provider answered it. */
  readonly user?: User | null
}

export interface GroupPayload extends PayloadShape {
  readonly group?: Group | null
}

/** The group is the target. */
export interface MembershipPayload extends PayloadShape {
  /** Native id of the member. */
  readonly memberId?: string | null
  readonly roles?: readonly string[] | null
}

export interface PendingUserPayload extends PayloadShape {
  /** Finds the registration as it is now; `null`: it is none any more. */
  readonly find?: () => Promise<PendingUser | null>
}

export interface DeletePayload extends PayloadShape {
  readonly deleted?: GlobalId | null
}

export interface VerificationPayload extends PayloadShape {
  readonly verified?: boolean
}

export interface LinkPayload extends PayloadShape {
  readonly link?: Link
}

export interface RecoveryCodePayload extends PayloadShape {
  readonly recoveryCode?: string
}

export interface RevocationPayload extends PayloadShape {
  readonly revocation?: Revocation
  readonly revoked?: readonly GlobalId[]
}

/** What the payload is about, when it is of this type and there is something to show of it: not after a change that did not happen. */
function shownId({ errors, target }: PayloadShape, type: GlobalId['type']): GlobalId | null {
  return target?.type === type && tookEffect(errors) ? target : null
}

/** Reads the record of an id that names it alone. */
function recordById<Result>(loader: BatchLoader<Result>, { provider, parts }: GlobalId): Promise<Result> {
  return loader.load(provider, parts[0] ?? '')
}

export const UserPayloadRef = builder.objectRef<UserPayload>('UserPayload').implement({
  interfaces: [MutationPayloadRef],
  extensions: asReached,
  fields: (t) => ({
    user: t.field({
      type: UserRef,
      nullable: true,
      extensions: recordOfPayload.user,
      description: 'The user after the change; null where nothing was changed.',
      resolve: (payload, _, { loaders, remember }) => {
        const id = shownId(payload, 'User')
        if (!id || !payload.user) return id && recordById(loaders.user, id)
        remember({ users: [payload.user] })
        return payload.user
      },
    }),
  }),
})

export const GroupPayloadRef = builder.objectRef<GroupPayload>('GroupPayload').implement({
  interfaces: [MutationPayloadRef],
  extensions: asReached,
  fields: (t) => ({
    group: t.field({
      type: GroupRef,
      nullable: true,
      extensions: recordOfPayload.group,
      description: 'The group after the change; null where nothing was changed.',
      resolve: (payload, _, { loaders, remember }) => {
        const id = shownId(payload, 'Group')
        if (!id || !payload.group) return id && recordById(loaders.group, id)
        remember({ groups: [payload.group] })
        return payload.group
      },
    }),
  }),
})

export const MembershipPayloadRef = builder.objectRef<MembershipPayload>('MembershipPayload').implement({
  interfaces: [MutationPayloadRef],
  extensions: asReached,
  fields: (t) => ({
    group: t.field({
      type: GroupRef,
      nullable: true,
      extensions: recordOfPayload.group,
      resolve: (payload, _, { loaders }) => {
        const id = shownId(payload, 'Group')
        return id && recordById(loaders.group, id)
      },
    }),
    user: t.field({
      type: UserRef,
      nullable: true,
      extensions: recordOfPayload.user,
      resolve: (payload, _, { loaders }) => {
        const group = shownId(payload, 'Group')
        return group && payload.memberId ? loaders.user.load(group.provider, payload.memberId) : null
      },
    }),
    roles: t.stringList({
      nullable: { list: true, items: false },
      description: "The member's roles after the change. null: none are known, or this kind of group gives none.",
      resolve: ({ roles }) => (roles ? [...roles] : null),
    }),
  }),
})

export const PendingUserPayloadRef = builder.objectRef<PendingUserPayload>('PendingUserPayload').implement({
  interfaces: [MutationPayloadRef],
  extensions: asReached,
  fields: (t) => ({
    pendingUser: t.field({
      type: PendingUserRef,
      nullable: true,
      extensions: recordOfPayload.pendingUser,
      description: 'The registration as it is now; null where it is none any more.',
      resolve: ({ find }) => find?.() ?? null,
    }),
  }),
})

export const DeletePayloadRef = builder.objectRef<DeletePayload>('DeletePayload').implement({
  interfaces: [MutationPayloadRef],
  extensions: asReached,
  fields: (t) => ({
    deletedId: t.id({
      nullable: true,
      description: 'null where nothing was deleted.',
      resolve: ({ deleted }) => (deleted ? encodeGlobalId(deleted) : null),
    }),
  }),
})

export const VerificationPayloadRef = builder.objectRef<VerificationPayload>('VerificationPayload').implement({
  interfaces: [MutationPayloadRef],
  extensions: asReached,
  fields: (t) => ({
    verified: t.boolean({
      nullable: true,
      description: couldNotBeTold,
      resolve: ({ verified }) => verified ?? null,
    }),
  }),
})

export const LinkPayloadRef = builder.objectRef<LinkPayload>('LinkPayload').implement({
  interfaces: [MutationPayloadRef],
  extensions: asReached,
  fields: (t) => ({
    url: t.string({
      nullable: true,
      description: 'A secret. null where the provider mails the link and never shows it.',
      resolve: ({ link }) => link?.url ?? null,
    }),
    sent: t.boolean({ nullable: true, description: couldNotBeTold, resolve: ({ link }) => link?.sent ?? null }),
    expiresAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ link }) => link?.expiresAt ?? null }),
  }),
})

export const RecoveryCodePayloadRef = builder.objectRef<RecoveryCodePayload>('RecoveryCodePayload').implement({
  interfaces: [MutationPayloadRef],
  extensions: asReached,
  fields: (t) => ({
    recoveryCode: t.string({
      nullable: true,
      description: 'A secret, shown once. The one before is dead.',
      resolve: ({ recoveryCode }) => recoveryCode ?? null,
    }),
  }),
})

export const RevocationPayloadRef = builder.objectRef<RevocationPayload>('RevocationPayload').implement({
  interfaces: [MutationPayloadRef],
  extensions: asReachedByAnybody,
  fields: (t) => ({
    count: t.int({
      nullable: true,
      description: 'How many were ended, where the provider says.',
      resolve: ({ revocation }) => revocation?.count ?? null,
    }),
    scope: t.field({
      type: RevocationScopeEnum,
      nullable: true,
      description: 'What ending a session ended; null for grants.',
      resolve: ({ revocation }) => revocation?.scope ?? null,
    }),
    revokedIds: t.idList({
      nullable: { list: true, items: false },
      description: 'What was ended; null where the provider does not say what it was.',
      // Something was ended that nobody named: an empty list would say that there was nothing.
      resolve: ({ revocation, revoked }) =>
        !revoked || (revoked.length === 0 && revocation?.count !== 0) ? null : revoked.map(encodeGlobalId),
    }),
    pending: t.boolean({
      nullable: true,
      description: 'True where the provider ends them later: it only accepted the request. null: could not be told.',
      resolve: ({ revocation }) => revocation?.pending ?? null,
    }),
  }),
})
