import type { UpstreamUsage } from './upstream-usage.ts'

/** The header with which a caller asks what its request cost: `x-upstream: on`. */
export const upstreamHeader = 'x-upstream'

/** Whoever may read the providers may see what was asked of them. */
const neededScope = 'providers:read'

/** `extensions.upstream` of an answer. */
export interface UpstreamExtension {
  readonly requestId: string
  readonly providers: readonly {
    readonly name: string
    readonly calls: number
    readonly retries: number
    readonly milliseconds: number
  }[]
}

/** What to add to the answer of a caller with these scopes; `null`: it did not ask, or may not know. */
export function upstreamExtension(
  presented: string | null,
  scopes: ReadonlySet<string>,
  { requestId, upstream }: { readonly requestId: string; readonly upstream: UpstreamUsage },
): UpstreamExtension | null {
  if (presented !== 'on' || !scopes.has(neededScope)) return null
  return {
    requestId,
    providers: [...upstream].map(([name, { calls, retries, milliseconds }]) => ({
      name,
      calls,
      retries,
      milliseconds: Math.round(milliseconds),
    })),
  }
}
