import type { Caller } from '../access/caller.ts'

/** What can be asked about the gateway without asking GraphQL. `/health` is another name of the first. */
const healthPath = '/health'
const livePath = '/health/live'
export const readyPath = '/health/ready'

/** How the gateway does, for whoever may know it. */
export interface Standing {
  readonly isReady: boolean
  /** What it depends on, by name, each with a word of how that does. */
  readonly providers: ReadonlyMap<string, string>
  /** The store that processes share; `null`: there is none. */
  readonly sharedStore: 'up' | 'down' | null
}

export interface HealthAnswer {
  readonly status: 200 | 503
  readonly body: Readonly<Record<string, unknown>>
}

/** Whether this path is one that is open to anybody. */
export function isHealthPath(path: string): boolean {
  return path === healthPath || path === livePath || path === readyPath
}

/**
 * The answer to somebody who looks whether we are there (`live`) and can serve (`ready`); `null`: the path is another. Strangers are
 * told one word. A caller who may read providers is told of each that exists for them.
 */
export function answerHealth(path: string, standing: Standing, caller: Caller | null): HealthAnswer | null {
  if (path === healthPath || path === livePath) return { status: 200, body: { status: 'live' } }
  if (path !== readyPath) return null
  const { isReady, providers, sharedStore } = standing
  const word = { status: isReady ? 'ready' : 'not ready' }
  const status = isReady ? 200 : 503
  if (!caller?.scopes.has('providers:read')) return { status, body: word }
  const visible = [...providers].filter(([name]) => caller.providers?.has(name) ?? true)
  const details = { providers: Object.fromEntries(visible), ...(sharedStore === null ? {} : { sharedStore }) }
  return { status, body: { ...word, ...details } }
}
