import type { Call } from '../../identity/call.ts'
import { asPartial, ProviderError, restated } from '../../identity/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue, type User } from '../../identity/records.ts'
import type { Operation, OperationContext } from '../../upstream/operation.ts'
import { parseWire } from '../../upstream/wire.ts'
import type { Shape } from '../../upstream/wire/fault.ts'
import type { ArgumentNames } from './errors.ts'
import { isUserId } from './ids.ts'
import { toUser } from './map-user.ts'
import { notFound, otherRecord } from './rows.ts'
import type { ClerkUpstream, ClerkWork } from './upstream.ts'
import { userWire, wireOf } from './wire.ts'

/** Changes of one user. Clerk documents none as safe to repeat (clerk.md 8), so that each is made at most once. */
export interface UserChanger {
  /** A change that Clerk answers with the user as it is then. */
  changed(operation: Operation, id: string, call: Call, work: ClerkWork<unknown>): Promise<User>
  /** A change whose answer tells nothing of the user. */
  done(operation: Operation, id: string, call: Call, work: ClerkWork<unknown>): Promise<null>
}

/** `argumentNames`: what we call the parameters of the endpoints behind these changes. */
export function createUserChanger(
  { provider, sdk: makeSdk, clock }: ClerkUpstream,
  argumentNames: ArgumentNames,
): UserChanger {
  const sdk = makeSdk(argumentNames)

  const done: UserChanger['done'] = async (operation, id, call, work) => {
    if (!isUserId(id)) throw notFound({ provider, operation: operation.name })
    await sdk.run(operation, call, work)
    return null
  }

  return {
    done,
    async changed(operation, id, call, work) {
      const context = { provider, operation: operation.name }
      if (!isUserId(id)) throw notFound(context)
      const user = readAnswer(userWire, wireOf(await sdk.run(operation, call, work)), context)
      if (user.id !== id) throw restated(otherRecord(context, 'user'), { outcome: 'unknown' })
      return toUser(provider, user, clock.now())
    },
  }
}

/** Reads the answer to a change. One that cannot be read leaves open what became of it. */
export function readAnswer<Value>(shape: Shape<Value>, answer: unknown, context: OperationContext): Value {
  try {
    return parseWire(shape, answer, context)
  } catch (error) {
    throw error instanceof ProviderError ? restated(error, { outcome: 'unknown' }) : error
  }
}

/** One of several calls that make up a change, and our input fields that it brings into effect. */
export interface Step<Result> {
  readonly fields: readonly string[]
  run(): Promise<Result>
}

/** One step after another, until one fails. Answers what the last one did. */
export async function inSteps<Result>(steps: readonly Step<Result>[]): Promise<Result | null> {
  const applied: string[] = []
  let result: Result | null = null
  for (const step of steps) {
    try {
      result = await step.run()
      applied.push(...step.fields)
    } catch (error) {
      throw applied.length === 0 ? error : asPartial(error, applied)
    }
  }
  return result
}

/** Refuses fields that Clerk has no place for, before any call. */
export function refuseOtherFields(input: object, known: ReadonlySet<string>, context: OperationContext): void {
  const given = Object.entries(input).filter(([, value]) => value !== undefined)
  const refused = given.find(([field]) => !known.has(field))
  if (refused) throw unsupported(context, [refused[0]], `${context.provider} cannot set ${refused[0]}`)
}

/** The refusal of an argument that Clerk has no way to honour. */
export function unsupported(context: OperationContext, argument: readonly string[], message: string): ProviderError {
  return new ProviderError({ ...context, kind: 'unsupported', argument, message })
}

/** Metadata is an object at Clerk, and nothing else. */
export function requireObject(value: JsonValue, field: string, context: OperationContext): JsonObject {
  if (isJsonObject(value)) return value
  throw new ProviderError({ ...context, kind: 'badInput', argument: [field], message: `${field} must be an object` })
}
