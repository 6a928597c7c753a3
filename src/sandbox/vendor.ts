import type { Person } from './people.ts'

/** What a sandboxed vendor is made with. */
export interface SandboxOptions {
  /** Everybody who has an account at this vendor, in order of their index. */
  readonly people: readonly Person[]
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Milliseconds by which searches lag behind writes, at a vendor whose search is an index of its own (Auth0). Left out: none. */
  readonly searchLagMs?: number | undefined
}

/** One vendor's API, wire-faithful, with its state in memory. */
export interface SandboxVendor {
  /** The name it is configured under in the sandbox, and its path: `/auth0`. */
  readonly name: string
  /** Answers a request whose URL path is the vendor's own, without the sandbox's prefix. */
  fetch(request: Request): Promise<Response>
  /** Back to the seeded state. */
  reset(): void
  /** Refuses every token handed out so far. Absent: there are only keys that do not change. */
  expireCredentials?(): void
}

/** How a vendor's folder offers itself. */
export interface SandboxVendorDefinition {
  /** Makes the vendor with its seeded state. The observer sees every request that has a route. */
  create(options: SandboxOptions, observer: RequestObserver): SandboxVendor
  /**
   * The gateway's environment variables for this sandboxed tenant: base URL and credentials that the sandbox accepts. `origin` is the
   * sandbox's, without a path.
   */
  environment(origin: string): Readonly<Record<string, string>>
}

/** Counts calls and plays faults. */
export interface RequestObserver {
  /**
   * Called for every request that has a route, before it is handled. `route` is the path template of the vendor's API description.
   * A response that it answers is sent instead of the vendor's own.
   */
  before(provider: string, method: string, route: string, request: Request): Promise<Response | null>
}
