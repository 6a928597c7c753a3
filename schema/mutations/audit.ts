import { ForbiddenError } from '../../src/access/forbidden.ts'
import { type GraphQLFieldResolver, type GraphQLSchema, defaultFieldResolver } from 'graphql'
import type { RequestContext } from '../../src/context.ts'
import { decodeGlobalId, encodeGlobalId, type GlobalIdType } from '../../src/identity/global-id.ts'
import type { AuditRecord } from '../../src/telemetry/audit.ts'
import type { PayloadShape } from './failures.ts'

/** Ids of addresses and numbers may hold the address or number itself, which is nothing for a log. */
const namedTypes: ReadonlySet<GlobalIdType> = new Set([
  'User',
  'Group',
  'Session',
  'Grant',
  'LinkedIdentity',
  'Authenticator',
])

/** Wraps every mutation of the schema, whatever it is, so that each writes one record and none can forget to. */
export function auditMutations(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    field.resolve = audited(field.name, field.resolve ?? defaultFieldResolver)
  }
}

type Resolve = GraphQLFieldResolver<unknown, RequestContext>

function audited(operation: string, resolve: Resolve): Resolve {
  return async (source, args, context, info) => {
    const time = new Date()
    const startedAt = performance.now()
    context.takeRequestIds() // those of the mutation before
    const write = (rest: Pick<AuditRecord, 'provider' | 'targets' | 'outcome' | 'code'>): void =>
      context.audit({
        time: time.toISOString(),
        requestId: context.call.id ?? null,
        subject: context.caller.subject,
        issuer: context.caller.issuer,
        operation,
        ...rest,
        providerRequestIds: context.takeRequestIds(),
        durationMs: Math.round(performance.now() - startedAt),
      })
    const named = idsIn(args['input'])
    try {
      const payload = (await resolve(source, args, context, info)) as PayloadShape // what every mutation answers
      const [error] = payload.errors
      const made = payload.target ? [encodeGlobalId(payload.target)] : []
      write({
        provider: payload.provider,
        targets: [...new Set([...made, ...named])],
        outcome: error?.outcome ?? 'applied',
        code: error?.code ?? null,
      })
      return payload
    } catch (error) {
      // What is not refused is our own bug, anywhere between nothing done and all done.
      const isRefused = error instanceof ForbiddenError
      const [outcome, code] = isRefused ? (['notApplied', 'FORBIDDEN'] as const) : (['unknown', 'INTERNAL'] as const)
      write({ provider: null, targets: named, outcome, code })
      throw error
    }
  }
}

/** The record of a mutation that was refused before it was tried. `input`: `undefined` where it cannot be read. */
export function auditRefusal(operation: string, input: unknown, { audit, caller, call }: RequestContext): void {
  audit({
    time: new Date().toISOString(),
    requestId: call.id ?? null,
    subject: caller.subject,
    issuer: caller.issuer,
    operation,
    provider: null,
    targets: idsIn(input),
    outcome: 'notApplied',
    providerRequestIds: [],
    code: 'FORBIDDEN',
    durationMs: 0,
  })
}

/** The records that an input names. Whatever else stands in it stays in it. */
function idsIn(input: unknown): readonly string[] {
  if (typeof input !== 'object' || input === null) return []
  return Object.values(input).filter((value): value is string => {
    const type = typeof value === 'string' ? decodeGlobalId(value)?.type : undefined
    return type !== undefined && namedTypes.has(type)
  })
}
