import type { Call } from '../../identity/call.ts'
import { asPartial, ProviderError, restated } from '../../identity/errors.ts'
import type { User } from '../../identity/records.ts'
import type { Operation } from '../../upstream/operation.ts'
import { parseWire } from '../../upstream/wire.ts'
import type { Shape } from '../../upstream/wire/fault.ts'
import type { ArgumentNames } from './errors.ts'
import { toUser } from './map.ts'
import { somethingElse } from './refusals.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import { type MonoCloudUser, userWire } from './wire.ts'

/** What a write sends beside its operation. */
export interface Write {
  /** Values for the `{…}` of the route. */
  readonly params?: Readonly<Record<string, string>>
  /** Left out: none, as the vendor's body-less POSTs want it (monocloud.md 1). */
  readonly body?: unknown
}

/** Makes writes and reads what they answer: any 2xx is success, with a body or without (monocloud.md 4). */
export interface Writer {
  /** Answers what the shape reads of the body. */
  send<Value>(operation: Operation, write: Write, shape: Shape<Value>, call: Call): Promise<Value>
  /** Answers the user as the upstream now has it, or `null` when it answers without. */
  changeUser(operation: Operation, userId: string, write: Write, call: Call): Promise<User | null>
  /** Answers nothing. */
  perform(operation: Operation, write: Write, call: Call): Promise<void>
}

/** `names`: which of our arguments the members of these writes are. */
export function createWriter({ provider, httpNaming, mapping }: MonoCloudUpstream, names: ArgumentNames): Writer {
  const http = httpNaming(names)

  function read<Value>(shape: Shape<Value>, body: unknown, operation: Operation): Value {
    try {
      return parseWire(shape, body, { provider, operation: operation.name })
    } catch (error) {
      // It was done, whatever we make of the answer.
      throw error instanceof ProviderError ? restated(error, { outcome: 'applied' }) : error
    }
  }

  /** The body, or `undefined` where there is none. */
  async function request(operation: Operation, { params = {}, body }: Write, call: Call): Promise<unknown> {
    let isAnswerLost = false
    const watched: Call = {
      ...call,
      record(attempt) {
        if (attempt.status === null || attempt.status >= 500) isAnswerLost = true
        call.record(attempt)
      },
    }
    try {
      return (await http.request({ operation, params, body }, watched)).body
    } catch (error) {
      const isGone = error instanceof ProviderError && error.kind === 'notFound'
      // What the try before, whose answer was lost, has taken away (monocloud.md 3.5). A try that was refused took nothing.
      if (isGone && isAnswerLost && operation.route.startsWith('DELETE ')) return undefined
      throw error
    }
  }

  return {
    async send(operation, write, shape, call) {
      return read(shape, await request(operation, write, call), operation)
    },

    async changeUser(operation, userId, { params, body }, call) {
      const answer = await request(operation, { params: { user_id: userId, ...params }, body }, call)
      if (answer === undefined) return null
      const user: MonoCloudUser = read(userWire, answer, operation)
      if (user.user_id === userId) return toUser(user, mapping())
      throw restated(somethingElse({ provider, operation: operation.name }, 'user_id'), { outcome: 'unknown' })
    },

    async perform(operation, write, call) {
      await request(operation, write, call)
    },
  }
}

/** A part of a change that takes several calls. */
export interface Step<Before, Result> {
  /** The input fields that it gives effect to. */
  readonly fields: readonly string[]
  readonly run: (before: Before) => Promise<Result>
}

/**
 * Does one step after the other, each with the result of the one before, up to the first failure. A failure after the first step is
 * `partiallyApplied` and names what took effect.
 */
export async function inSteps<Result>(
  first: Step<void, Result>,
  rest: readonly Step<Result, Result>[],
): Promise<Result> {
  let result = await first.run()
  const applied = [...first.fields]
  for (const { fields, run } of rest) {
    try {
      result = await run(result)
    } catch (error) {
      throw asPartial(error, applied)
    }
    applied.push(...fields)
  }
  return result
}
