import { ForbiddenError } from '../src/access/forbidden.ts'
import { type Scope, scopes as allScopes } from '../src/access/scopes.ts'

/** A scope that the caller does not have, and the place that needs it. */
export interface MissingScope {
  readonly scope: Scope
  /** The names of the fields from the root to there. */
  readonly path: readonly string[]
}

/** Says all that is missing at once, and where; `null`: nothing is. */
export function refuseScopes(missing: readonly MissingScope[]): ForbiddenError | null {
  const scopes = allScopes.filter((scope) => missing.some((one) => one.scope === scope))
  if (scopes.length === 0) return null
  const reasons = scopes.map((scope) => {
    const paths = missing.filter((one) => one.scope === scope).map(({ path }) => path)
    return `${scope} (for ${outermost(paths)})`
  })
  return new ForbiddenError(`This caller lacks ${listOf(reasons)}`, scopes)
}

/** Refuses what is not open to end users; `null`: all is. */
export function refuseEndUser(closed: readonly (readonly string[])[]): ForbiddenError | null {
  if (closed.length === 0) return null
  return new ForbiddenError(`An end user may have their own account, below \`viewer\`, and not ${outermost(closed)}`)
}

const maxNamed = 5

/** Names these places, but for those within others. */
function outermost(paths: readonly (readonly string[])[]): string {
  const outer: string[] = []
  // In this order, what is within a place follows upon it: a dot comes before whatever a name can consist of.
  for (const name of paths.map((path) => path.join('.')).toSorted()) {
    const last = outer.at(-1)
    if (last === undefined || (name !== last && !name.startsWith(`${last}.`))) outer.push(name)
  }
  const named = outer.slice(0, maxNamed).map((name) => `\`${name}\``)
  return listOf(outer.length > maxNamed ? [...named, `${outer.length - maxNamed} more`] : named)
}

/** `a`, `a and b`, `a, b and c`. */
export function listOf(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}
