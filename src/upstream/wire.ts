import { type Outcome, ProviderError } from '../identity/errors.ts'
import type { OperationContext } from './operation.ts'
import { Fault, placeOfFault, type Shape } from './wire/fault.ts'

/** Reads an upstream's answer, or throws `badResponse` naming the member at fault. `outcome`: what an action has done all the same. */
export function parseWire<Value>(
  shape: Shape<Value>,
  value: unknown,
  context: OperationContext & { readonly outcome?: Outcome },
): Value {
  try {
    return shape(value)
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    const field = placeOfFault(shape, value).join('.')
    throw new ProviderError({
      ...context,
      kind: 'badResponse',
      field,
      message: `${context.provider} answered ${context.operation} in an unexpected shape${field === '' ? '' : ` at ${field}`}`,
      cause,
    })
  }
}
