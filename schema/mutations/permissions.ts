import { builder } from '../builder.ts'
import * as check from './checks.ts'
import { atRecord, defineMutation } from './define.ts'
import { PermissionInput } from './input-types.ts'
import { GroupPayloadRef } from './payloads.ts'
import { userMutation } from './user-mutation.ts'

/** An input of permissions to be given to, or taken from, whoever the id names. */
function permissionsInput(name: string) {
  return builder.inputType(name, {
    fields: (t) => ({
      id: t.id({ required: true }),
      permissions: t.field({ type: [PermissionInput], required: true, description: '1 to 50.' }),
    }),
  })
}

const UserPermissionsInput = permissionsInput('UserPermissionsInput')
const GroupPermissionsInput = permissionsInput('GroupPermissionsInput')

const changes = [
  { verb: 'grant', method: 'grantPermissions' },
  { verb: 'revoke', method: 'revokePermissions' },
] as const

for (const { verb, method } of changes) {
  userMutation(`${verb}UserPermissions`, {
    scopes: ['permissions:write'],
    input: UserPermissionsInput,
    checks: { permissions: check.permissions },
    action: (users) => users[method],
    run: (change, id, { permissions }, call) => change(id, permissions, call),
  })

  defineMutation(`${verb}GroupPermissions`, {
    scopes: ['permissions:write'],
    input: GroupPermissionsInput,
    payload: GroupPayloadRef,
    aim: atRecord('Group', 'id'),
    checks: { permissions: check.permissions },
    action: ({ groups }) => groups?.[method],
    async run(change, { id, input, context }) {
      await change(id, input.permissions, context.call)
      return {}
    },
  })
}
