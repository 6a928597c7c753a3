import type { Revocation } from '../../src/identity/actions.ts'
import type { GlobalId } from '../../src/identity/global-id.ts'
import type { GrantKey } from '../../src/identity/records.ts'
import { requiredPart } from '../arguments.ts'
import { builder } from '../builder.ts'
import { grantKeyOf, grantParts } from '../find.ts'
import * as check from './checks.ts'
import { type Aim, atRecord, defineMutation } from './define.ts'
import { requireOwnGrant, requireOwnSession, requireSelf } from './own.ts'
import { RevocationPayloadRef } from './payloads.ts'

/** An input that names a session or a grant and says no more. */
function idInput(name: string) {
  return builder.inputType(name, { fields: (t) => ({ id: t.id({ required: true }) }) })
}

/** An input that names the user whose sessions or grants end, and says no more. */
function ownerInput(name: string) {
  return builder.inputType(name, { fields: (t) => ({ userId: t.id({ required: true }) }) })
}

function sessionIds({ revokedIds }: Revocation, provider: string, userId: string): readonly GlobalId[] {
  return revokedIds.map((nativeId) => ({ type: 'Session', provider, parts: [nativeId, userId] }))
}

/** The grant that was named, when the provider says that it ended it, or all that it says it ended. */
function grantIds({ revokedGrants = [] }: Revocation, provider: string): readonly GlobalId[] {
  return revokedGrants.map((key) => ({ type: 'Grant', provider, parts: grantParts(key) }))
}

defineMutation('revokeSession', {
  description: 'What ends with it, the session itself says beforehand: see Session.revocationScope.',
  scopes: ['sessions:revoke'],
  requireOwn: requireOwnSession,
  input: idInput('RevokeSessionInput'),
  payload: RevocationPayloadRef,
  aim: atRecord('Session', 'id'),
  action: ({ sessions }) => sessions?.revoke,
  async run(revoke, { id, aim, context }) {
    const userId = requiredPart(aim, 1, ['id'])
    const revocation = await revoke({ nativeId: id, userId }, context.call)
    return { revocation, revoked: sessionIds(revocation, aim.provider.name, userId) }
  },
})

defineMutation('revokeAllSessions', {
  scopes: ['sessions:revoke'],
  requireOwn: requireSelf,
  input: ownerInput('RevokeAllSessionsInput'),
  payload: RevocationPayloadRef,
  aim: atRecord('User', 'userId'),
  action: ({ sessions }) => sessions?.revokeAll,
  async run(revoke, { id, aim, context }) {
    const revocation = await revoke(id, context.call)
    return { revocation, revoked: sessionIds(revocation, aim.provider.name, id) }
  },
})

defineMutation('revokeGrant', {
  scopes: ['grants:revoke'],
  requireOwn: requireOwnGrant,
  input: idInput('RevokeGrantInput'),
  payload: RevocationPayloadRef,
  aim: atRecord('Grant', 'id'),
  check: (_, aim) => void grantKeyAt(aim),
  action: ({ grants }) => grants?.revoke,
  async run(revoke, { aim, context }) {
    const revocation = await revoke(grantKeyAt(aim), context.call)
    return { revocation, revoked: aim.target ? [aim.target] : [] }
  },
})

function grantKeyAt(aim: Aim): GrantKey {
  return grantKeyOf(aim, ['id'])
}

defineMutation('revokeGrants', {
  description: 'Everything one application was granted by one user.',
  scopes: ['grants:revoke'],
  requireOwn: requireSelf,
  input: builder.inputType('RevokeGrantsInput', {
    fields: (t) => ({ userId: t.id({ required: true }), clientId: t.string({ required: true }) }),
  }),
  payload: RevocationPayloadRef,
  aim: atRecord('User', 'userId'),
  checks: { clientId: check.word },
  action: ({ grants }) => grants?.revokeByClient,
  async run(revoke, { id, input, aim, context }) {
    const revocation = await revoke(id, input.clientId, context.call)
    return { revocation, revoked: grantIds(revocation, aim.provider.name) }
  },
})

defineMutation('revokeAllGrants', {
  description: 'Everything every application was granted by one user.',
  scopes: ['grants:revoke'],
  requireOwn: requireSelf,
  input: ownerInput('RevokeAllGrantsInput'),
  payload: RevocationPayloadRef,
  aim: atRecord('User', 'userId'),
  action: ({ grants }) => grants?.revokeAll,
  async run(revoke, { id, aim, context }) {
    const revocation = await revoke(id, context.call)
    return { revocation, revoked: grantIds(revocation, aim.provider.name) }
  },
})
