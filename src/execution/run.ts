import type { GraphQLError } from 'graphql'
import type { OperationPlan } from './plan.ts'

/** What an operation is executed with. */
export interface ExecutionInput {
  readonly context: unknown
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>
}

/** An object or a list of the answer, and where in the answer it stands. */
export interface Place {
  readonly members: Record<string | number, unknown>
  /** `null`: it is the whole answer. */
  readonly within: Place | null
  /** Its own place in `within`. */
  readonly at: string | number
  /** Whether there must be something in that place. */
  readonly isNonNull: boolean
  /** It is no part of the answer any more: something in it that must be there is not. */
  isLost: boolean
}

/** One operation while it is executed. */
export interface Run extends ExecutionInput {
  readonly plan: OperationPlan
  readonly errors: GraphQLError[]
  /** Values that are waited for, and one for whoever is at work now. */
  pending: number
  /** Called when nothing is waited for any more. */
  onIdle: () => void
}

/** Whether this place, or one around it, is no part of the answer any more. */
export function isLost(place: Place): boolean {
  for (let around: Place | null = place; around !== null; around = around.within) if (around.isLost) return true
  return false
}

/** As errors name it. */
export function pathOf(place: Place, at: string | number): (string | number)[] {
  const path = [at]
  for (let around = place; around.within !== null; around = around.within) path.push(around.at)
  return path.toReversed()
}
