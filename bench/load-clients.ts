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
  /** Milliseconds of answers that needed no provider. */
  readonly nothingMs: number[]
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

/** So many clients that keep their connections and ask again as soon as they are answered. `onConnected`: when all have their first answer. */
export async function askSteadily(
  { origin, apiKey, queries, enough }: ClientOptions,
  clients: number,
  seen: Seen,
  onConnected: () => void,
): Promise<void> {
  const pool = new Pool(origin, { connections: clients, headersTimeout: 60_000 })
  const ask = async (query: string): Promise<Answered> => {
    const sentAt = performance.now()
    const answer = await pool.request(requestOf(apiKey, query))
    const text = await answer.body.text()
    return { status: answer.statusCode, ms: performance.now() - sentAt, codes: codesIn(text) }
  }
  await Promise.all(Array.from({ length: clients }, () => ask('{ __typename }')))
  onConnected()
  let sent = 0
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (!enough.aborted) {
        sent += 1
        await ask(queries[sent % queries.length] ?? '').then(
          (answered) => seen.answered.push(answered),
          (error: unknown) => seen.lost.push(error instanceof Error ? error.message : String(error)),
        )
      }
    }),
  )
  await pool.close()
}

/** A client that asks for nothing that a provider has: milliseconds of its answers are those of a program and machine that are busy. */
export async function askForNothing({ origin, apiKey, enough }: ClientOptions, milliseconds: number[]): Promise<void> {
  const pool = new Pool(origin, { connections: 1 })
  while (!enough.aborted) {
    const sentAt = performance.now()
    const answer = await pool.request(requestOf(apiKey, '{ __typename }'))
    await answer.body.dump()
    milliseconds.push(performance.now() - sentAt)
    await sleep(50)
  }
  await pool.close()
}

/** A client that goes away before it is answered, again and again. */
export async function askAndLeave({ origin, apiKey, queries, enough }: ClientOptions, seen: Seen): Promise<void> {
  const pool = new Pool(origin, { connections: 1 })
  while (!enough.aborted) {
    await pool
      .request({ ...requestOf(apiKey, queries[0] ?? ''), signal: AbortSignal.timeout(30) })
      .then(({ body }) => body.dump())
      .catch(() => {
        seen.left += 1
      })
  }
  await pool.destroy()
}

function requestOf(apiKey: string, query: string) {
  return {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({ query }),
  } as const
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
