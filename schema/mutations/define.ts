import type { InputObjectRef, ObjectRef } from '@pothos/core'
import type { GraphQLField, GraphQLResolveInfo } from 'graphql'
import type { Account } from '../../src/access/caller.ts'
import { ForbiddenError } from '../../src/access/forbidden.ts'
import type { Scope } from '../../src/access/scopes.ts'
import type { RequestContext } from '../../src/context.ts'
import { providerNamed } from '../../src/directory/select.ts'
import { ArgumentError, ProviderError } from '../../src/identity/errors.ts'
import type { GlobalId } from '../../src/identity/global-id.ts'
import type { IdentityProvider } from '../../src/identity/provider.ts'
import { access, type InputReach } from '../access.ts'
import { requiredPart, targetOf } from '../arguments.ts'
import { builder, type SchemaTypes } from '../builder.ts'
import { mutationCost } from '../costs.ts'
import type { Check, Checks } from './checks.ts'
import { failuresOf, InputFaults, type PayloadShape, ReadOnlyError, TooManyAttemptsError } from './failures.ts'
import { requireReaches } from './reach.ts'
import { isSelected } from './selection.ts'

type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>

/** What a mutation is about: the provider, and the record that the input names there. */
export interface Aim {
  readonly provider: IdentityProvider
  /** `null`: the record is still to be made, or has no id. */
  readonly target: GlobalId | null
  /** What the target's id consists of: its native id first. */
  readonly parts: readonly (string | null)[]
}

/** Reads from an input what the mutation is about. Made before any call. */
export type TakeAim<Input> = (context: Pick<RequestContext, 'providers'>, input: Input) => Aim

/** An input without the id of what the mutation is about. */
export type Rest<Input> = Omit<Input, 'id'>

/** What a mutation works with once its input is known to be good. */
export interface Work<Input> {
  /** With native ids where the checks of the fields answered them. */
  readonly input: Rest<Input>
  readonly aim: Aim
  /** Native id of what the mutation is about; empty where it is about no record yet. */
  readonly id: string
  readonly context: RequestContext
  /** Whether this field of the payload is asked for. */
  readonly isSelected: (field: string) => boolean
}

export interface MutationOptions<Input extends object, Action, Payload extends PayloadShape> {
  readonly description?: string
  readonly input: InputObjectRef<Types, Input>
  readonly payload: ObjectRef<Types, Payload>
  readonly aim: TakeAim<Input>
  /** All of them are needed to do this. */
  readonly scopes: readonly Scope[]
  /** The input fields that need more than that. */
  readonly reaches?: readonly InputReach<Input>[]
  /**
   * Present: end users may do this to what is their own. Throws where it is not, by the provider's record: an id says nothing of whose a
   * thing is, because anybody can make one.
   */
  readonly requireOwn?: (work: Work<Input>, account: Account) => Promise<void>
  readonly checks?: Checks<Input>
  /** Throws `ArgumentError` for what no field is to blame for by itself. */
  readonly check?: (input: Rest<Input>, aim: Aim) => void
  /** The adapter's method. Absent: the mutation is unsupported at this provider. */
  readonly action: (provider: IdentityProvider) => Action | undefined
  /** What of the payload is known before the call, and shown also when only a part of the change was done. */
  readonly known?: (input: Rest<Input>) => Partial<Payload>
  /** What the mutation makes, so that it can be shown even when only a part of it was done. */
  readonly makes?: 'User' | 'Group'
  /** Whether nothing is changed, so that it may be done where changes are turned off. */
  readonly isCheckOnly?: boolean
  /** Whether the answer tells if a secret of the user is right. Such guesses are counted. */
  readonly isGuess?: boolean
  readonly run: (action: Action, work: Work<Input>) => Promise<Partial<Omit<Payload, 'errors' | 'provider'>>>
}

/** The extension of a mutation's field that tells whether a provider offers it. */
const offeredExtension = 'isOfferedBy'

/** Whether the provider has what this mutation takes. */
export function isOfferedBy(provider: IdentityProvider, field: GraphQLField<unknown, unknown>): boolean {
  const isOffered = field.extensions[offeredExtension]
  return typeof isOffered === 'function' && isOffered(provider) === true
}

/**
 * Declares a mutation. Its steps are the same for all: read the input, refuse what is wrong in it, look whether changes are allowed and
 * whether the provider can, and only then call. Expected failures become data here and nowhere else.
 */
export function defineMutation<Input extends object, Action, Payload extends PayloadShape>(
  name: string,
  options: MutationOptions<Input, Action, Payload>,
): void {
  const { description } = options
  // Pothos cannot work with records and inputs that are still type parameters.
  const payload: ObjectRef<Types, object> = options.payload
  const inputType: InputObjectRef<Types, object> = options.input
  builder.mutationField(name, (t) =>
    t.field({
      type: payload,
      nullable: false,
      ...(description === undefined ? {} : { description }),
      args: { input: t.arg({ type: inputType, required: true }) },
      extensions: {
        [offeredExtension]: (provider: IdentityProvider) => options.action(provider) !== undefined,
        ...mutationCost(
          ({ args, providers }) => options.aim({ providers }, args['input'] as Input).provider,
          options.action,
        ),
        ...access({
          scopes: options.scopes,
          endUser: options.requireOwn !== undefined,
          ...(options.reaches ? { reaches: options.reaches } : {}),
        }),
      },
      resolve: (_, args, context, info) => attempt(name, options, args.input as Input, context, info),
    }),
  )
}

async function attempt<Input extends object, Action, Payload extends PayloadShape>(
  name: string,
  options: MutationOptions<Input, Action, Payload>,
  input: Input,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<object> {
  let aim: Aim | null = null
  let known: Partial<Payload> = {}
  requireReaches(name, options.reaches ?? [], input, context)
  try {
    aim = options.aim(context, input)
    const work: Work<Input> = {
      input: checked(options, input, aim, context),
      aim,
      id: aim.parts[0] ?? '',
      context,
      isSelected: (field) => isSelected(info, field),
    }
    known = options.known?.(work.input) ?? {}
    const { provider } = aim
    if (!options.isCheckOnly && context.isReadOnly(provider.name)) throw new ReadOnlyError(provider.name)
    const action = options.action(provider)
    if (action === undefined) throw unsupported(provider.name, name)
    // Whose record it is must not be told from memory.
    context.cache.readAfresh()
    if (context.caller.account) await requireOwn(options, work, context.caller.account)
    if (options.isGuess) await countGuess(provider.name, work)
    const done = await context.cache.changing(provider.name, () => options.run(action, work))
    return { ...known, target: aim.target, ...done, provider: provider.name, errors: [] }
  } catch (error) {
    return {
      ...known,
      provider: aim?.provider.name ?? null,
      target: aim?.target ?? madeBefore(error, options.makes),
      errors: failuresOf(error),
    }
  } finally {
    // What a change touches is not known from here: to delete a group changes what its members' lists hold.
    context.forget()
  }
}

async function requireOwn<Input extends object, Action, Payload extends PayloadShape>(
  options: MutationOptions<Input, Action, Payload>,
  work: Work<Input>,
  account: Account,
): Promise<void> {
  if (!options.requireOwn) throw new ForbiddenError('This is not for end users')
  await options.requireOwn(work, account)
}

/** Counted for each user, whoever guesses and by whichever mutation: or a second caller would be a second chance. */
async function countGuess<Input>(provider: string, { id, context }: Work<Input>): Promise<void> {
  // Some vendors take an id for the same in any case.
  const retryAfterSeconds = await context.guesses.take(JSON.stringify([provider, id.toLowerCase()]))
  if (retryAfterSeconds !== null) throw new TooManyAttemptsError(provider, retryAfterSeconds)
}

function madeBefore(error: unknown, type: 'User' | 'Group' | undefined): GlobalId | null {
  if (type === undefined || !(error instanceof ProviderError) || error.createdId === null) return null
  return { type, provider: error.provider, parts: [error.createdId] }
}

/** The input as adapters take it. Every field that is wrong is named. */
function checked<Input extends object, Action, Payload extends PayloadShape>(
  { checks, check }: MutationOptions<Input, Action, Payload>,
  input: Input,
  aim: Aim,
  { redirectOrigins }: RequestContext,
): Rest<Input> {
  const faults: ArgumentError[] = []
  const result = Object.fromEntries((Object.entries(input) as [string, unknown][]).filter(([field]) => field !== 'id'))
  const collect = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error
      faults.push(error)
    }
  }
  for (const [field, checkField] of Object.entries(checks ?? {}) as [string, Check<unknown>][]) {
    const value = result[field]
    if (value == null) continue
    collect(() => {
      const { provider, parts } = aim
      result[field] = checkField(value, { path: [field], provider, id: parts[0] ?? null, redirectOrigins })
    })
  }
  collect(() => check?.(result as Rest<Input>, aim))
  if (faults.length > 0) throw new InputFaults(faults)
  return result as Rest<Input> // the same fields, each checked
}

function unsupported(provider: string, mutation: string): ProviderError {
  return new ProviderError({
    provider,
    kind: 'unsupported',
    operation: mutation,
    message: `${provider} does not offer ${mutation}`,
  })
}

/** About the record of this type whose global id is in this field. */
export function atRecord<Field extends string>(
  type: 'User' | 'Group' | 'Session' | 'Grant',
  field: Field,
): TakeAim<{ readonly [Name in Field]: string }> {
  return (context, input) => {
    const target = targetOf(context, type, input[field], [field])
    requiredPart(target, 0, [field])
    return { ...target, target: { type, provider: target.provider.name, parts: target.parts } }
  }
}

/** About something that is to be made at the provider of this name, or that has no id. */
export const atProvider: TakeAim<{ readonly provider: string }> = ({ providers }, { provider }) => ({
  provider: providerNamed(providers, provider, ['provider']),
  target: null,
  parts: [],
})

/** Without the members that are undefined: a field left out is unchanged, and one that is null is to be removed. */
export function given<Members extends object>(
  members: Members,
): { readonly [Name in keyof Members]: Exclude<Members[Name], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Name in keyof Members]: Exclude<Members[Name], undefined> } // the same members, or fewer
}

/** Also without those that are null: what does not exist yet has nothing to remove. */
export function givenValues<Members extends object>(
  members: Members,
): { readonly [Name in keyof Members]: NonNullable<Members[Name]> } {
  const entries = Object.entries(members).filter(([, value]) => value != null)
  return Object.fromEntries(entries) as { [Name in keyof Members]: NonNullable<Members[Name]> } // the same members, or fewer
}
