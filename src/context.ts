import type { AttemptLimit } from './access/attempt-limit.ts'
import type { Caller } from './access/caller.ts'
import { nameOfReach, withinReach } from './access/reach.ts'
import { type BatchLoader, createBatchLoader } from './batch.ts'
import type { EntityCache } from './cache/entity-cache.ts'
import { createRequestCache, type RequestCache } from './cache/request-cache.ts'
import type { Call } from './identity/call.ts'
import type { IdentityProvider, UserHandle } from './identity/provider.ts'
import type { Group, User } from './identity/records.ts'
import type { AuditSink } from './telemetry/audit.ts'

/** The providers of the gateway, by the names they are configured under, in the order of the configuration. */
export type Providers = ReadonlyMap<string, IdentityProvider>

/** Loaders of one request. Each resolves to `null` for what does not exist; look-ups to an empty list. */
export interface Loaders {
  readonly user: BatchLoader<User | null>
  /** With nothing missing, where the provider tells that of one user at a time; `null` for everybody at other providers. */
  readonly userByIdOnly: BatchLoader<User | null>
  readonly group: BatchLoader<Group | null>
  readonly usersByEmail: BatchLoader<readonly User[]>
  readonly usersByPhoneNumber: BatchLoader<readonly User[]>
  readonly usersByExternalId: BatchLoader<readonly User[]>
}

/** Each may be a call, at a provider that reads users one by one. */
const defaultMaxRepresentations = 500

const defaultMaxNodes = 100

/** What one GraphQL request carries. */
export interface RequestContext {
  readonly caller: Caller
  /** The operation that this caller may have executed, as whoever allowed it says; `null`: none yet. */
  allowed: object | null
  /** Of which type each record is that was found by what only names it; `null`: none was. */
  typenames: Map<object, string> | null
  /** Those that exist for this caller. */
  readonly providers: Providers
  /** Names what this caller can reach; cursors are bound to it. */
  readonly reach: string
  /** Counts the guesses at a user's password and codes. */
  readonly guesses: AttemptLimit
  /** The origins to which a browser may be sent; see `isAllowedRedirect`. */
  readonly redirectOrigins: readonly string[]
  readonly call: Call
  /** How many ids one `nodes` may be asked for. */
  readonly maxNodes: number
  /** How many representations one `_entities` may have. */
  readonly maxRepresentations: number
  /** Milliseconds that an answer over several providers waits for the slow ones. */
  readonly softDeadlineMs: number
  readonly loaders: Loaders
  /** Does work once per request and key, however many fields ask for it. */
  once<Result>(key: string, work: () => Promise<Result>): Promise<Result>
  /** A user whose relations are asked for. */
  userHandle(provider: string, nativeId: string): UserHandle
  /** Puts records where a later look-up by id finds them. Those that lack what such a look-up would give are left alone. */
  remember(records: { readonly users?: readonly User[]; readonly groups?: readonly Group[] }): void
  /** Forgets all that was read so far, because something has changed: what follows is read afresh. */
  forget(): void
  readonly cache: RequestCache
  /** Whether changes at this provider are turned off. */
  isReadOnly(provider: string): boolean
  /** Takes the record of each mutation. */
  readonly audit: AuditSink
  /** The providers' own ids of the requests that were to change something, since this was asked last. */
  takeRequestIds(): readonly string[]
}

/** What all requests have in common. */
export interface RequestContextOptions {
  /** All that are configured. */
  readonly providers: Providers
  readonly guesses: AttemptLimit
  readonly redirectOrigins: readonly string[]
  /** `undefined`: 100. */
  readonly maxNodes?: number | undefined
  /** `undefined`: 500. */
  readonly maxRepresentations?: number | undefined
  /** The providers at which nothing may be changed. */
  readonly readOnlyProviders: ReadonlySet<string>
  readonly audit: AuditSink
  /** `null` or left out: every request reads afresh. */
  readonly cache?: EntityCache | null
}

export function createRequestContext(
  options: RequestContextOptions,
  { caller, call: ofRequest, softDeadlineMs }: Pick<RequestContext, 'caller' | 'call' | 'softDeadlineMs'>,
): RequestContext {
  const { guesses, redirectOrigins, readOnlyProviders, audit } = options
  const { maxRepresentations = defaultMaxRepresentations, maxNodes = defaultMaxNodes } = options
  const providers = withinReach(caller, options.providers)
  let requestIds: string[] = []
  const call: Call = {
    ...ofRequest,
    record(attempt) {
      ofRequest.record(attempt)
      if (attempt.requestId !== null && !attempt.route.startsWith('GET ')) requestIds.push(attempt.requestId)
    },
  }
  const cache = createRequestCache(options.cache ?? null, caller, call)
  const loaders = new RequestLoaders({ providers, call, cache })
  const shared = new Map<string, Promise<unknown>>()

  return {
    caller,
    allowed: null,
    typenames: null,
    providers,
    reach: nameOfReach(caller),
    guesses,
    redirectOrigins,
    call,
    maxNodes,
    takeRequestIds() {
      const taken = requestIds
      requestIds = []
      return taken
    },
    maxRepresentations,
    softDeadlineMs,
    cache,
    loaders,
    once<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
      const known = shared.get(key)
      if (known) return known as Promise<Result> // a key stands for one kind of work
      const started = work()
      shared.set(key, started)
      return started
    },
    userHandle: (provider, nativeId) => ({
      nativeId,
      record: () => loaders.user.load(provider, nativeId),
    }),
    remember({ users = [], groups = [] }) {
      for (const user of users) {
        const absent = providers.get(user.provider)?.users.byIdOnly?.fields ?? []
        if (user.missing.every((field) => absent.includes(field)))
          loaders.user.prime(user.provider, user.nativeId, user)
      }
      for (const group of groups) {
        if (group.missing.length === 0) loaders.group.prime(group.provider, group.nativeId, group)
      }
    },
    forget() {
      shared.clear()
      loaders.clearAll()
    },
    isReadOnly: (provider) => readOnlyProviders.has(provider),
    audit,
  }
}

/** With what the loaders of a request read. */
interface Reading {
  readonly providers: Providers
  readonly call: Call
  readonly cache: RequestCache
}

/**
 * Most requests need one or none of them: each is made when it is asked for. A class, because an object that is given accessors of its own is
 * made where only a full collection frees it, and all that it leads to with it (bench/README.md).
 */
class RequestLoaders implements Loaders {
  readonly #reading: Reading
  #user: Loaders['user'] | null = null
  #userByIdOnly: Loaders['userByIdOnly'] | null = null
  #group: Loaders['group'] | null = null
  #usersByEmail: Loaders['usersByEmail'] | null = null
  #usersByPhoneNumber: Loaders['usersByPhoneNumber'] | null = null
  #usersByExternalId: Loaders['usersByExternalId'] | null = null

  constructor(reading: Reading) {
    this.#reading = reading
  }

  get user(): Loaders['user'] {
    return (this.#user ??= loadUsers(this.#reading))
  }

  get userByIdOnly(): Loaders['userByIdOnly'] {
    return (this.#userByIdOnly ??= loadUsersByIdOnly(this.#reading))
  }

  get group(): Loaders['group'] {
    return (this.#group ??= loadGroups(this.#reading))
  }

  get usersByEmail(): Loaders['usersByEmail'] {
    return (this.#usersByEmail ??= lookUp(this.#reading, 'findByEmails', (user) =>
      user.emails.map(({ address }) => address.toLowerCase()),
    ))
  }

  get usersByPhoneNumber(): Loaders['usersByPhoneNumber'] {
    return (this.#usersByPhoneNumber ??= lookUp(this.#reading, 'findByPhoneNumbers', (user) =>
      user.phoneNumbers.map(({ number }) => number),
    ))
  }

  get usersByExternalId(): Loaders['usersByExternalId'] {
    return (this.#usersByExternalId ??= lookUp(this.#reading, 'findByExternalIds', ({ externalId }) =>
      externalId === null ? [] : [externalId],
    ))
  }

  clearAll(): void {
    this.#user?.clearAll()
    this.#userByIdOnly?.clearAll()
    this.#group?.clearAll()
    this.#usersByEmail?.clearAll()
    this.#usersByPhoneNumber?.clearAll()
    this.#usersByExternalId?.clearAll()
  }
}

/** As many as are under way, and as many again that go as soon as there is a place, without waiting for what is made of an answer. */
function callsAtOnce({ maxParallelCalls }: IdentityProvider): number {
  return 2 * maxParallelCalls
}

function loadUsers({ providers, cache }: Reading): Loaders['user'] {
  return createBatchLoader<User, User | null>({
    source(name) {
      const provider = providers.get(name)
      if (!provider) return null
      return {
        maxKeysPerCall: provider.users.maxIdsPerCall,
        maxParallelCalls: callsAtOnce(provider),
        read: (ids) => cache.read({ kind: 'user', provider: name, ids, load: provider.users.getMany }),
      }
    },
    keysOf: (user) => [user.nativeId],
    resolve: firstOf,
  })
}

function loadUsersByIdOnly({ providers, call }: Reading): Loaders['userByIdOnly'] {
  return createBatchLoader<User, User | null>({
    source(name) {
      const provider = providers.get(name)
      const byIdOnly = provider?.users.byIdOnly
      if (!provider || !byIdOnly) return null
      return {
        maxKeysPerCall: 1,
        maxParallelCalls: callsAtOnce(provider),
        async read([id = '']) {
          const user = await byIdOnly.get(id, call)
          return user ? [user] : []
        },
      }
    },
    keysOf: (user) => [user.nativeId],
    resolve: firstOf,
  })
}

function loadGroups({ providers, cache }: Reading): Loaders['group'] {
  return createBatchLoader<Group, Group | null>({
    source(name) {
      const provider = providers.get(name)
      const groups = provider?.groups
      if (!provider || !groups) return null
      return {
        maxKeysPerCall: groups.maxIdsPerCall,
        maxParallelCalls: callsAtOnce(provider),
        read: (ids) => cache.read({ kind: 'group', provider: name, ids, load: groups.getMany }),
      }
    },
    keysOf: (group) => [group.nativeId],
    resolve: firstOf,
  })
}

function lookUp(
  { providers, call }: Reading,
  method: 'findByEmails' | 'findByPhoneNumbers' | 'findByExternalIds',
  keysOf: (user: User) => readonly string[],
): BatchLoader<readonly User[]> {
  return createBatchLoader<User, readonly User[]>({
    source(name) {
      const provider = providers.get(name)
      const find = provider?.users[method]
      if (!provider || !find) return null
      return {
        maxKeysPerCall: provider.users.maxValuesPerLookup ?? 1,
        maxParallelCalls: callsAtOnce(provider),
        read: (values) => find(values, call),
      }
    },
    keysOf,
    resolve: withoutDoubles,
  })
}

function firstOf<Found>(found: readonly Found[]): Found | null {
  return found[0] ?? null
}

/** One record per account: an account that carries a value twice is found once. */
function withoutDoubles(users: readonly User[]): readonly User[] {
  return [...new Map(users.map((user) => [user.nativeId, user])).values()]
}
