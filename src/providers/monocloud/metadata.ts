import type { MetadataChanges } from '../../identity/actions.ts'
import type { Call } from '../../identity/call.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../identity/records.ts'
import type { Operation, OperationContext } from '../../upstream/operation.ts'
import { optionalJson } from '../../upstream/wire/json.ts'
import { object, optional } from '../../upstream/wire/structures.ts'
import type { ArgumentNames } from './errors.ts'
import { badInput } from './refusals.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import { readUser } from './user-by-id.ts'
import type { MonoCloudUser } from './wire.ts'
import { inSteps, type Writer } from './writer.ts'

/** The two bags of data at a user. Each is written by merging its top-level keys, in which null deletes one (monocloud.md 4.1). */
const bags = {
  publicMetadata: {
    member: 'public_data',
    operation: { name: 'users.updateMetadata', route: 'PATCH /users/{user_id}/public_data', safe: true },
  },
  privateMetadata: {
    member: 'private_data',
    operation: { name: 'users.updateMetadata', route: 'PATCH /users/{user_id}/private_data', safe: true },
  },
} as const satisfies Readonly<Record<string, { readonly member: string; readonly operation: Operation }>>

type BagField = keyof typeof bags

/** What a bag shall hold. */
export interface BagChange {
  readonly field: BagField
  /** `null`: nothing. */
  readonly value: JsonObject | null
}

export const metadataMembers: ArgumentNames = {
  public_data: ['publicMetadata'],
  private_data: ['privateMetadata'],
}

export interface MetadataWriter {
  /** Answers the whole bag. */
  merge(userId: string, change: BagChange, call: Call): Promise<JsonValue>
  update(userId: string, changes: MetadataChanges, call: Call): Promise<void>
}

export function createMetadataWriter(upstream: MonoCloudUpstream, writer: Writer): MetadataWriter {
  async function merge(userId: string, { field, value }: BagChange, call: Call): Promise<JsonValue> {
    const { member, operation } = bags[field]
    const write = { params: { user_id: userId }, body: { [member]: value ?? {} } }
    const bag = optional(object((wire) => optionalJson(wire[member])))
    return writer.send(operation, write, bag, call)
  }

  return {
    merge,
    /** Upstream can only merge: to replace, or to empty, a bag its keys are read first. Somebody else's key may be added in between. */
    async update(userId, changes, call) {
      const operation = bags.publicMetadata.operation.name
      const wanted = bagsOf(changes, { provider: upstream.provider, operation })
      const isReplaced = (change: BagChange): boolean => changes.mode === 'replace' || change.value === null
      const stored = wanted.some(isReplaced) ? await readUser(upstream, userId, operation, call) : null
      const [first, ...rest] = wanted.map((change) => ({
        fields: [change.field],
        run: () => merge(userId, stored && isReplaced(change) ? replacing(change, stored) : change, call),
      }))
      if (first) await inSteps(first, rest)
    },
  }
}

/** The bags that a change gives, public first; refuses what is no object. */
export function bagsOf(
  changes: Partial<Record<BagField, JsonValue | undefined>>,
  context: OperationContext,
): readonly BagChange[] {
  const fields = Object.keys(bags) as BagField[] // the keys of a literal are exactly these
  return fields.flatMap((field) => {
    const value = changes[field]
    if (value === undefined) return []
    if (value === null || isJsonObject(value)) return [{ field, value }]
    throw badInput(context, [field], `${context.provider} keeps metadata as an object`)
  })
}

/** The change that leaves a bag with the value alone: every other key it has is deleted. */
function replacing({ field, value }: BagChange, user: MonoCloudUser): BagChange {
  const stored = user[bags[field].member]
  const deleted = Object.keys(isJsonObject(stored) ? stored : {}).map((key) => [key, null] as const)
  return { field, value: { ...Object.fromEntries(deleted), ...value } }
}
