import type { InputObjectRef } from '@pothos/core'
import type { Scope } from '../../src/access/scopes.ts'
import type { Call } from '../../src/identity/call.ts'
import type { IdentityProvider } from '../../src/identity/provider.ts'
import type { User } from '../../src/identity/records.ts'
import type { InputReach } from '../access.ts'
import { builder, type SchemaTypes } from '../builder.ts'
import type { Checks } from './checks.ts'
import { atRecord, defineMutation, type Aim, type Rest } from './define.ts'
import { UserPayloadRef } from './payloads.ts'

type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>

/** The input of every mutation about one user. */
export interface UserInput {
  readonly id: string
}

export interface UserMutationOptions<Input extends UserInput, Action> {
  readonly description?: string
  readonly input: InputObjectRef<Types, Input>
  readonly scopes: readonly Scope[]
  readonly reaches?: readonly InputReach<Input>[]
  readonly isGuess?: boolean
  readonly checks?: Checks<Input>
  readonly check?: (input: Rest<Input>, aim: Aim) => void
  readonly action: (users: IdentityProvider['users']) => Action | undefined
  /** `id` is the user's native id. Answers the user where the provider did. */
  readonly run: (action: Action, id: string, input: Rest<Input>, call: Call) => Promise<User | null | void>
}

/** Declares a mutation that changes one user and answers with it. */
export function userMutation<Input extends UserInput, Action>(
  name: string,
  { action, run, ...options }: UserMutationOptions<Input, Action>,
): void {
  defineMutation(name, {
    ...options,
    payload: UserPayloadRef,
    aim: atRecord('User', 'id'),
    action: ({ users }) => action(users),
    run: async (method: Action, { input, id, context }) => ({
      user: (await run(method, id, input, context.call)) ?? null,
    }),
  })
}

/** An input that names a user and says no more. */
export function userInput(name: string) {
  return builder.inputType(name, { fields: (t) => ({ id: t.id({ required: true }) }) })
}
