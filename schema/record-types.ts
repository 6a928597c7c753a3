import type { RequestContext } from '../src/context.ts'

/** Says of which type a record is that was found by what only names it. */
export function rememberType(context: RequestContext, record: object, typename: string): void {
  context.typenames ??= new Map()
  context.typenames.set(record, typename)
}

/** `undefined`: the record was not found by this request. */
export function rememberedType({ typenames }: RequestContext, record: object): string | undefined {
  return typenames?.get(record)
}
