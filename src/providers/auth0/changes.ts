import type { Call } from '../../identity/call.ts'
import { asPartial, ProviderError } from '../../identity/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../identity/records.ts'
import type { HttpMethod, Operation, OperationContext } from '../../upstream/operation.ts'
import { parseWire } from '../../upstream/wire.ts'
import { readOrNull, type Shape } from '../../upstream/wire/fault.ts'
import { object } from '../../upstream/wire/structures.ts'
import { literal } from '../../upstream/wire/values.ts'
import type { Clients } from './clients.ts'
import { refusal } from './refusals.ts'
import type { Auth0Upstream } from './upstream.ts'

/** A change that is made at most once: after a lost answer nobody knows whether it happened. */
export function changing(name: string, route: `${Exclude<HttpMethod, 'GET'>} /${string}`): Operation {
  return { name, route, safe: false }
}

/** A DELETE that answers the same when there is nothing left to delete, so that it may be repeated. */
export function removing(name: string, path: `/${string}`): Operation {
  return { name, route: `DELETE ${path}`, safe: true }
}

/** What the package makes of a 2xx that is no JSON, instead of throwing (auth0.md 1.3). */
const isFalse = literal(false)
const isNonJson = literal('non-json')
const noJsonReason = object((error) => isNonJson(error['reason']))
const noJson = object((answer) => [isFalse(answer['ok']), noJsonReason(answer['error'])])

/** Makes a change, and answers what the upstream said of it. */
export async function change<Value>(
  { provider, clients, sdk }: Auth0Upstream,
  operation: Operation,
  shape: Shape<Value>,
  call: Call,
  work: (clients: Clients) => Promise<unknown>,
): Promise<Value> {
  const imported = await clients()
  const answer = await sdk.run(operation, call, () => work(imported))
  return parseWire(shape, answer, { provider, operation: operation.name, outcome: 'unknown' })
}

/** Makes a change of which the upstream says nothing but that it is done, or accepted. */
export async function send(
  { provider, clients, sdk }: Auth0Upstream,
  operation: Operation,
  call: Call,
  work: (clients: Clients) => Promise<unknown>,
): Promise<void> {
  const imported = await clients()
  const answer = await sdk.run(operation, call, () => work(imported))
  if (readOrNull(noJson, answer) === null) return
  throw new ProviderError({
    provider,
    kind: 'badResponse',
    operation: operation.name,
    message: `${provider} answered ${operation.name} with something that is not JSON`,
    outcome: 'unknown',
  })
}

/** As `send`, where it is as well that the thing is gone already. */
export async function sendUnlessGone(...args: Parameters<typeof send>): Promise<void> {
  try {
    await send(...args)
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== 'notFound') throw error
  }
}

/** Does what follows a first change that has been made. `applied`: the input fields that the first one gave effect to. */
export async function afterwards<Result>(applied: readonly string[], next: () => Promise<Result>): Promise<Result> {
  try {
    return await next()
  } catch (error) {
    throw asPartial(error, applied)
  }
}

/** Refuses fields that Auth0 has no place for. `false` asks for nothing. */
export function refuseOthers(input: object, known: readonly string[], context: OperationContext): void {
  for (const [field, value] of Object.entries(input) as [string, unknown][]) {
    if (value === undefined || value === false || known.includes(field)) continue
    throw refusal(context, 'unsupported', [field], `${context.provider} cannot set ${field}`)
  }
}

/** Metadata is an object at Auth0; `null` is an empty one. */
export function requireObject(value: JsonValue, field: string, context: OperationContext): JsonObject {
  if (value === null) return {}
  if (isJsonObject(value)) return value
  throw refusal(context, 'badInput', [field], `${field} has to be an object`)
}

/** As `requireObject`, where the field may have been left out. */
export function optionalObject(
  value: JsonValue | undefined,
  field: string,
  context: OperationContext,
): JsonObject | undefined {
  return value === undefined ? undefined : requireObject(value, field, context)
}

/** Without the members that are undefined. */
export function given<Members extends object>(
  members: Members,
): { readonly [Name in keyof Members]?: Exclude<Members[Name], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Name in keyof Members]?: Exclude<Members[Name], undefined> } // the same members, or fewer
}
