import { ProviderError } from '../../src/identity/errors.ts'
import type { GlobalId } from '../../src/identity/global-id.ts'
import type { IdentityProvider } from '../../src/identity/provider.ts'
import type { GroupKind } from '../../src/identity/records.ts'
import type { InputReach } from '../access.ts'
import { builder } from '../builder.ts'
import { GroupKindEnum, groupKindNames } from '../enums.ts'
import * as check from './checks.ts'
import { atProvider, atRecord, defineMutation, given, givenValues } from './define.ts'
import { MetadataModeEnum } from './input-types.ts'
import { DeletePayloadRef, GroupPayloadRef } from './payloads.ts'
import { concernsRole } from './reach.ts'

const groupChecks = {
  name: check.nameText,
  slug: check.nameText,
  description: check.text(2000),
  publicMetadata: check.metadata,
}

const makesRole: InputReach<{ readonly provider: string; readonly kind?: GroupKind | null | undefined }> = {
  field: 'kind',
  scope: 'permissions:write',
  when: ({ provider, kind }, providers) => {
    const kinds = providers.get(provider)?.groups?.kinds ?? []
    return (kind ?? (kinds.length === 1 ? kinds[0] : null)) === 'role'
  },
}

defineMutation('createGroup', {
  scopes: ['groups:write'],
  reaches: [makesRole],
  input: builder.inputType('CreateGroupInput', {
    fields: (t) => ({
      provider: t.string({ required: true }),
      kind: t.field({ type: GroupKindEnum, description: 'Can be left out where the provider has one kind only.' }),
      name: t.string({ required: true }),
      slug: t.string(),
      description: t.string(),
      publicMetadata: t.field({ type: 'JSON' }),
    }),
  }),
  payload: GroupPayloadRef,
  aim: atProvider,
  makes: 'Group',
  checks: groupChecks,
  check: ({ kind }, { provider }) => requireKind(kind, provider),
  action: ({ groups }) => groups?.create,
  async run(create, { input: { provider, kind, ...input }, aim, context }) {
    const group = await create(kindOf(kind, aim.provider), givenValues(input), context.call)
    const target: GlobalId = { type: 'Group', provider, parts: [group.nativeId] }
    return { group, target }
  },
})

/** Guessing would make a role of what was meant to be an organization. */
function requireKind(kind: GroupKind | null | undefined, { name, groups }: IdentityProvider): void {
  if (kind != null || !groups || groups.kinds.length === 1) return
  const kinds = groups.kinds.map((offered) => groupKindNames[offered]).join(', ')
  throw check.wrong(['kind'], `must be given, because ${name} has several: ${kinds}`)
}

function kindOf(kind: GroupKind | null | undefined, { name, groups }: IdentityProvider): GroupKind {
  const wanted = kind ?? groups?.kinds[0]
  if (wanted !== undefined && groups?.kinds.includes(wanted)) return wanted
  throw new ProviderError({
    provider: name,
    kind: 'unsupported',
    operation: 'groups.create',
    argument: ['kind'],
    message: `${name} has no groups of this kind`,
  })
}

defineMutation('updateGroup', {
  scopes: ['groups:write'],
  reaches: [concernsRole('id')],
  input: builder.inputType('UpdateGroupInput', {
    description: 'What is left out is unchanged; null removes.',
    fields: (t) => ({
      id: t.id({ required: true }),
      name: t.string(),
      slug: t.string(),
      description: t.string(),
      publicMetadata: t.field({ type: 'JSON' }),
      metadataMode: t.field({ type: MetadataModeEnum, required: true, defaultValue: 'merge' }),
    }),
  }),
  payload: GroupPayloadRef,
  aim: atRecord('Group', 'id'),
  checks: groupChecks,
  check({ name, slug, description, publicMetadata }) {
    check.someOf({ name, slug, description, publicMetadata })
    if (name === null) throw check.wrong(['name'], 'cannot be removed: every group has a name')
  },
  action: ({ groups }) => groups?.update,
  run: async (update, { id, input: { name, ...changes }, context }) => ({
    group: await update(id, { ...given(changes), ...(name == null ? {} : { name }) }, context.call),
  }),
})

defineMutation('deleteGroup', {
  scopes: ['groups:write'],
  reaches: [concernsRole('id')],
  input: builder.inputType('DeleteGroupInput', { fields: (t) => ({ id: t.id({ required: true }) }) }),
  payload: DeletePayloadRef,
  aim: atRecord('Group', 'id'),
  action: ({ groups }) => groups?.delete,
  async run(remove, { id, aim, context }) {
    await remove(id, context.call)
    return { deleted: aim.target }
  },
})
