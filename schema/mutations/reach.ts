import type { RequestContext } from '../../src/context.ts'
import { decodeGlobalId } from '../../src/identity/global-id.ts'
import type { InputReach } from '../access.ts'
import { type MissingScope, refuseScopes } from '../refusals.ts'

/** The scopes that a mutation needs because of this input, and that the caller does not have. `undefined`: there is no input. */
export function missingByInput(
  mutation: string,
  reaches: readonly InputReach[],
  input: unknown,
  { caller, providers }: RequestContext,
): readonly MissingScope[] {
  if (input === undefined) return []
  return reaches
    .filter(({ scope }) => !caller.scopes.has(scope))
    .filter(({ when }) => when(input as never, providers)) // declared beside the mutation whose input it is
    .map(({ scope, field }) => ({ scope, path: [mutation, 'input', field] }))
}

/** As `missingByInput`, for the resolver, which has the input as it was executed. Throws `ForbiddenError`. */
export function requireReaches(
  mutation: string,
  reaches: readonly InputReach[],
  input: object,
  context: RequestContext,
): void {
  const refusal = refuseScopes(missingByInput(mutation, reaches, input, context))
  if (refusal) throw refusal
}

/** Sessions end with the change, unless the input says NO. */
export const endsSessions: InputReach<{ readonly revokeSessions: string }> = {
  field: 'revokeSessions',
  scope: 'sessions:revoke',
  when: ({ revokeSessions }) => revokeSessions !== 'no',
}

/** A role is a bundle of permissions: to change it, or who has it, is to change what people may do. */
export function concernsRole<Field extends string>(field: Field): InputReach<{ readonly [Name in Field]: string }> {
  return {
    field,
    scope: 'permissions:write',
    when(input, providers) {
      const id = decodeGlobalId(input[field])
      const [nativeId] = id?.parts ?? []
      // An id of something else is refused for that.
      if (id?.type !== 'Group' || typeof nativeId !== 'string') return false
      return providers.get(id.provider)?.groups?.kindOf(nativeId) === 'role'
    },
  }
}

/** Roles within a group are permissions, too. */
export const givesRoles: InputReach<{ readonly roles?: readonly string[] | null | undefined }> = {
  field: 'roles',
  scope: 'permissions:write',
  when: ({ roles }) => roles != null,
}
