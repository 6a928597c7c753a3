import { builder } from '../builder.ts'
import * as check from './checks.ts'
import { atRecord, defineMutation } from './define.ts'
import { MembershipPayloadRef } from './payloads.ts'
import { concernsRole, givesRoles } from './reach.ts'

/** The group is what the mutation is about; the member is of the same provider. */
const about = {
  payload: MembershipPayloadRef,
  aim: atRecord('Group', 'groupId'),
  known: ({ userId }: { readonly userId: string }) => ({ memberId: userId }),
} as const

defineMutation('addGroupMember', {
  ...about,
  scopes: ['groups:write'],
  reaches: [concernsRole('groupId'), givesRoles],
  input: builder.inputType('AddGroupMemberInput', {
    fields: (t) => ({
      groupId: t.id({ required: true }),
      userId: t.id({ required: true }),
      roles: t.stringList({ description: "Left out: the provider's default roles, or none." }),
    }),
  }),
  checks: { userId: check.neighbour, roles: check.roles },
  action: ({ groups }) => groups?.addMember,
  async run(add, { id, input: { userId, roles }, context }) {
    const change = { groupId: id, userId, ...(roles == null ? {} : { roles }) }
    return { roles: (await add(change, context.call)).roles }
  },
})

defineMutation('updateGroupMember', {
  ...about,
  scopes: ['groups:write'],
  reaches: [concernsRole('groupId'), givesRoles],
  input: builder.inputType('UpdateGroupMemberInput', {
    fields: (t) => ({
      groupId: t.id({ required: true }),
      userId: t.id({ required: true }),
      roles: t.stringList({ required: true, description: 'All that the member has then.' }),
    }),
  }),
  checks: { userId: check.neighbour, roles: check.roles },
  action: ({ groups }) => groups?.updateMember,
  run: async (update, { id, input: { userId, roles }, context }) => ({
    roles: (await update({ groupId: id, userId, roles }, context.call)).roles,
  }),
})

defineMutation('removeGroupMember', {
  ...about,
  scopes: ['groups:write'],
  reaches: [concernsRole('groupId')],
  input: builder.inputType('RemoveGroupMemberInput', {
    fields: (t) => ({ groupId: t.id({ required: true }), userId: t.id({ required: true }) }),
  }),
  checks: { userId: check.neighbour },
  action: ({ groups }) => groups?.removeMember,
  async run(remove, { id, input: { userId }, context }) {
    await remove({ groupId: id, userId }, context.call)
    return {}
  },
})
