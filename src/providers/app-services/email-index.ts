import type { Call } from '../../identity/call.ts'
import { ProviderError } from '../../identity/errors.ts'
import type { Page, PageRequest } from '../../identity/page.ts'
import type { EmailIndexState } from '../../identity/provider.ts'
import type { User } from '../../identity/records.ts'
import type { Clock } from '../../upstream/clock.ts'

/**
 * Who has which address, for an upstream that cannot look it up: all users are walked in the background, new ones are added as they come,
 * and now and then all are walked again, because a changed address is seen only so. Nothing is believed before the user has been read.
 */
export interface EmailIndex {
  /** Begins to walk, once. */
  start(): void
  /** Every user who carries one of these addresses now, compared without case. `unavailable` until all users have been walked once. */
  find(emails: readonly string[], call: Call): Promise<readonly User[]>
  state(): EmailIndexState
  /** Ends the walking. */
  stop(): void
}

export interface EmailIndexOptions {
  readonly provider: string
  /** One page of all users, oldest first. */
  readonly list: (page: PageRequest, call: Call) => Promise<Page<User>>
  readonly getMany: (ids: readonly string[], call: Call) => Promise<readonly User[]>
  /** With more users than this the index stays empty and look-ups are `unsupported`. */
  readonly maxUsers: number
  /** Milliseconds between looks for new users. */
  readonly refreshMs: number
  /** Milliseconds after which all users are walked again. */
  readonly walkMs: number
  readonly clock: Clock
}

/** What the vendor gives at once (app-services.md 2). */
const pageSize = 50

/** Milliseconds for one page of the walk. */
const pageTimeoutMs = 30_000

/** The addresses of the users up to a place in the list. */
interface Walk {
  readonly idsByEmail: Map<string, Set<string>>
  users: number
  after: string | null
}

const emptyWalk = (): Walk => ({ idsByEmail: new Map(), users: 0, after: null })

export function createEmailIndex(options: EmailIndexOptions): EmailIndex {
  const { provider, list, getMany, maxUsers, refreshMs, walkMs, clock } = options
  const stopped = new AbortController()
  let isStarted = false
  let isTooLarge = false
  let complete: Walk | null = null
  let building: Walk | null = null
  let walkedAt = 0
  let refreshedAt: Date | null = null

  /** Goes on to the end of the list. False: there are more users than the index may hold. */
  async function goOn(walk: Walk): Promise<boolean> {
    for (let hasNextPage = true; hasNextPage;) {
      const call: Call = { signal: stopped.signal, deadline: clock.now() + pageTimeoutMs, record: () => {} }
      const page = await list({ first: pageSize, after: walk.after }, call)
      walk.users += page.edges.length
      walk.after = page.edges.at(-1)?.cursor ?? walk.after
      for (const { node } of page.edges) {
        for (const { address } of node.emails) {
          const key = address.toLowerCase()
          const ids = walk.idsByEmail.get(key)
          if (ids) ids.add(node.nativeId)
          else walk.idsByEmail.set(key, new Set([node.nativeId]))
        }
      }
      if (walk.users > maxUsers) return false
      ;({ hasNextPage } = page)
    }
    return true
  }

  async function refresh(): Promise<void> {
    const isDue = complete === null || clock.now() - walkedAt >= walkMs
    if (isDue) building ??= emptyWalk()
    const walk = building ?? complete ?? emptyWalk()
    isTooLarge = !(await goOn(walk))
    if (building) walkedAt = clock.now()
    building = null
    complete = isTooLarge ? null : walk
    refreshedAt = new Date(clock.now())
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        await refresh()
      } catch {
        // The pipeline has told the health of it, and the walk goes on from where it stood.
      }
      // One that is too large is looked at again when the next walk would be due.
      await clock.sleep(isTooLarge ? walkMs : refreshMs, stopped.signal).catch(() => {})
    }
  }

  const fail = (kind: 'unsupported' | 'unavailable', message: string): ProviderError =>
    new ProviderError({
      provider,
      kind,
      operation: 'users.findByEmails',
      message,
      ...(kind === 'unavailable' ? { retryAfterSeconds: refreshMs / 1000 } : {}),
    })

  const index: EmailIndex = {
    start() {
      if (isStarted) return
      isStarted = true
      void run()
    },
    async find(emails, call) {
      index.start()
      if (isTooLarge) throw fail('unsupported', `${provider} has too many users for its index of addresses`)
      if (!complete) {
        throw fail(
          'unavailable',
          `The index of addresses of ${provider} holds ${building?.users ?? 0} users and is not complete yet`,
        )
      }
      const wanted = new Set(emails.map((email) => email.toLowerCase()))
      const known = complete.idsByEmail
      const ids = new Set([...wanted].flatMap((email) => [...(known.get(email) ?? [])]))
      const users = await getMany([...ids], call)
      return users.filter((user) => user.emails.some(({ address }) => wanted.has(address.toLowerCase())))
    },
    state: () => ({ users: complete?.users ?? building?.users ?? 0, isComplete: complete !== null, refreshedAt }),
    stop: () => stopped.abort(),
  }
  return index
}
