import { setTimeout as sleep } from 'node:timers/promises'
import type { SharedStore, StoreListener } from './store.ts'

export interface RedisOptions {
  /** `redis://…` or `rediss://…`. A secret: it may hold a password. */
  readonly url: string
  /** Begins every key, so that several installations can use one Redis. */
  readonly keyPrefix: string
  readonly onChange: StoreListener
}

/** Milliseconds that anybody waits for an answer. */
const commandTimeoutMs = 200
/** Milliseconds between attempts to find out whether it is back, at first. */
const probeEveryMs = 250
/** Milliseconds; the time between attempts doubles up to here while it comes back only to fail again. */
const longestProbeMs = 10_000
/** So many unanswered probes on one connection, and a new one is tried. */
const probesPerConnection = 8
const longestReconnectMs = 1_000
/** Milliseconds for which a start waits for the first connection. */
const firstConnectionMs = 1_000

/** Connects to Redis. A Redis that is not there keeps nobody from starting. */
export async function openRedis({ url, keyPrefix, onChange }: RedisOptions): Promise<SharedStore> {
  const { createClient, ErrorReply } = await import('redis')
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: firstConnectionMs,
      reconnectStrategy: (retries) => Math.min(longestReconnectMs, 50 * 2 ** retries),
    },
  })
  let isUp = false
  let isClosed = false
  let isProbing = false
  let probeAfterMs = probeEveryMs
  let cameBackAt = Number.NEGATIVE_INFINITY

  const isMissed = (): boolean => !isUp && !isClosed

  /** Not the client's message, which holds addresses. */
  const reasonOf = (error: unknown): string => {
    if (error instanceof LateError) return 'it did not answer in time'
    return error instanceof ErrorReply ? 'it refused a command' : 'the connection was lost'
  }

  const wentAway = (error: unknown): void => {
    if (isUp) {
      isUp = false
      const hasLasted = performance.now() - cameBackAt > longestProbeMs
      probeAfterMs = hasLasted ? probeEveryMs : Math.min(longestProbeMs, 2 * probeAfterMs)
      onChange(false, reasonOf(error))
    }
    if (!isProbing) void probe()
  }

  const cameBack = (): void => {
    if (isUp || isClosed) return
    isUp = true
    cameBackAt = performance.now()
    onChange(true, null)
  }

  /** Asks until there is an answer, while nobody else does. */
  async function probe(): Promise<void> {
    isProbing = true
    for (let unanswered = 0; isMissed();) {
      await sleep(probeAfterMs, undefined, { ref: false })
      if (!client.isReady || !isMissed()) continue
      const hasAnswered = await inTime(client.ping()).then(
        () => true,
        () => false,
      )
      if (hasAnswered) cameBack()
      unanswered += 1
      if (unanswered % probesPerConnection === 0 && !hasAnswered) reconnect()
    }
    isProbing = false
  }

  /** A connection may be dead without either end being told. */
  function reconnect(): void {
    client.destroy()
    connect()
  }

  function connect(): void {
    client.connect().catch(() => {}) // heard of as an `error` event; it goes on trying
  }

  /** What no script of ours can have written under these keys is nothing to keep, and says nothing about the store. */
  async function forget(keys: string[]): Promise<void> {
    await inTime(client.del(keys)).catch(wentAway)
  }

  client.on('error', wentAway)
  const ready = new Promise<void>((resolve) => {
    client.once('ready', () => {
      cameBack()
      resolve()
    })
  })
  connect()
  await Promise.race([ready, sleep(firstConnectionMs, undefined, { ref: false })])
  if (!isUp) onChange(false, 'it could not be reached')

  return {
    async run(script, keys, values) {
      if (!isUp) return null
      const prefixed = [keys].flat().map((key) => keyPrefix + key)
      try {
        const answer = client.eval(script, { keys: prefixed, arguments: values.map(String) })
        return { value: await inTime(answer) }
      } catch (error) {
        if (error instanceof ErrorReply && spoilt.test(error.message)) await forget(prefixed)
        else wentAway(error)
        return null
      }
    },
    isUp: () => isUp,
    async close() {
      isClosed = true
      isUp = false
      if (client.isOpen) client.destroy()
      await Promise.resolve()
    },
  }
}

/** How Redis and Lua complain of a value that is of another kind than a script takes it for. */
const spoilt = /WRONGTYPE|attempt to (?:perform arithmetic|compare|index|concatenate)|not an integer|bad argument/

/** The client's own time limit ends when a command is sent, so that a Redis which hangs would be waited for. */
async function inTime<Result>(answer: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LateError()), commandTimeoutMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

class LateError extends Error {
  override readonly name = 'LateError'
}
