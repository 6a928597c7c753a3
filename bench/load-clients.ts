import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'

/** One request that was answered. */
export interface Answered {
  readonly status: number
  readonly ms: number
  /** Codes of its errors. */
  readonly codes: readonly string[]
}

/** What the clients have seen so far. */
export interface Seen {
  readonly answered: Answered[]
  /** Requests that got no answer although their client waited for one. */
  readonly lost: string[]
  /** Requests whose client went away on purpose. */
  left: number
}

export interface ClientOptions {
  readonly origin: string
  readonly apiKey: string
  /** What is asked, one after the other. */
  readonly queries: readonly string[]
  /** Aborts when it is enough. */
  readonly enough: AbortSignal
}

const path = '/graphql'

/** So many clients that ask again as soon as they are answered. One in twenty goes away before that. */
export async function askSteadily(options: ClientOptions, clients: number, seen: Seen): Promise<void> {
  const { origin, apiKey, queries, enough } = options
  const pool = new Pool(origin, { connections: clients, headersTimeout: 60_000 })
  let sent = 0

  const askOnce = async (): Promise<void> => {
    const number = (sent += 1)
    const signal = number % 20 === 0 ? AbortSignal.timeout(30) : undefined
    const sentAt = performance.now()
    try {
      const answer = await pool.request({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
        body: JSON.stringify({ query: queries[number % queries.length] }),
        ...(signal && { signal }),
      })
      const text = await answer.body.text()
      seen.answered.push({ status: answer.statusCode, ms: performance.now() - sentAt, codes: codesIn(text) })
    } catch (error) {
      if (signal?.aborted) seen.left += 1
      else seen.lost.push(error instanceof Error ? error.message : String(error))
    }
  }

  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (!enough.aborted) await askOnce()
    }),
  )
  await pool.close()
}

/** A client that takes seconds to say what it wants, and does not read what it is answered. */
export async function askSlowly({ origin, apiKey, queries, enough }: ClientOptions): Promise<void> {
  const { hostname, port } = new URL(origin)
  const body = JSON.stringify({ query: queries[0] })
  while (!enough.aborted) {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {}) // closed by the other side, which is its right
    await once(socket, 'connect')
    socket.pause()
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nX-Api-Key: ${apiKey}\r\nContent-Length: ${body.length}\r\n\r\n`,
    )
    for (let start = 0; start < body.length && !enough.aborted; start += Math.ceil(body.length / 10)) {
      socket.write(body.slice(start, start + Math.ceil(body.length / 10)))
      await sleep(200, undefined, { signal: enough }).catch(() => {}) // enough
    }
    socket.destroy()
  }
}

function codesIn(text: string): readonly string[] {
  const { errors = [] } = JSON.parse(text) as { errors?: readonly { extensions?: { code?: string } }[] } // a GraphQL answer
  return errors.map(({ extensions }) => extensions?.code ?? 'none')
}
