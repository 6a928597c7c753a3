/**
 * A process that answers as the four vendors do, with next to no work of its own: what the sandbox once answered to a request is kept
 * as the bytes that go over the wire. Started by `run.ts`, which speaks to it over IPC.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createSandbox, type Sandbox } from '../src/sandbox/sandbox.ts'

/** What `run.ts` tells the process. */
export type Command =
  | { readonly command: 'latency'; readonly ms: number }
  /** From now on only what has been asked before is answered: nothing more is made by the sandbox. */
  | { readonly command: 'freeze' }
  | { readonly command: 'takeCounts' }

/** What the process tells `run.ts`. */
export type Report =
  | { readonly report: 'listening'; readonly origin: string }
  | ({ readonly report: 'counts' } & Counts)

/** The calls since they were asked for last. */
export interface Counts {
  readonly total: number
  /** By vendor, the first part of the path. */
  readonly byVendor: Readonly<Record<string, number>>
  /** Requests that were not answered because they had not been asked before `freeze`. */
  readonly unanswered: readonly string[]
}

/** Enough people that an organization has more members than a page. */
const users = 1_600

/** Headers of one moment or one connection. An answer that is given again would lie with them. */
const headersLeftOut: ReadonlySet<string> = new Set(['date', 'connection', 'content-length', 'x-ratelimit-reset'])

const answers = new Map<string, Buffer>()
let sandbox: Sandbox | null = createSandbox({ users })
let latencyMs = 0
let byVendor: Record<string, number> = {}
let unanswered: string[] = []

const notAsked = Buffer.from('HTTP/1.1 501 Not Implemented\r\ncontent-length: 0\r\n\r\n')

async function answerTo(requestLine: string, head: string, body: string): Promise<Buffer> {
  const known = answers.get(requestLine)
  if (known) return known
  if (!sandbox) {
    unanswered.push(requestLine)
    return notAsked
  }
  const [method = '', path = ''] = requestLine.split(' ')
  const headers = new Headers()
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':')
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  const url = `http://${headers.get('host') ?? 'localhost'}${path}`
  const response = await sandbox.fetch(new Request(url, { method, headers, body: body === '' ? null : body }))
  const content = Buffer.from(await response.arrayBuffer())
  const lines = [...response.headers].filter(([name]) => !headersLeftOut.has(name)).map((pair) => pair.join(': '))
  const answerHead = [`HTTP/1.1 ${response.status} OK`, `content-length: ${content.length}`, ...lines, '', '']
  const answer = Buffer.concat([Buffer.from(answerHead.join('\r\n')), content])
  if (response.ok) answers.set(requestLine, answer)
  return answer
}

async function respond(socket: Socket, requestLine: string, head: string, body: string): Promise<void> {
  const vendor = requestLine.split('/', 2)[1] ?? ''
  byVendor[vendor] = (byVendor[vendor] ?? 0) + 1
  const bytes = await answerTo(requestLine, head, body)
  if (latencyMs === 0) socket.write(bytes)
  else setTimeout(() => socket.write(bytes), latencyMs)
}

/** Just enough of HTTP/1.1 for clients that send one request at a time, with a length. */
function serve(socket: Socket): void {
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
    for (;;) {
      const headEnd = received.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const head = received.slice(0, headEnd)
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
      const end = headEnd + 4 + length
      if (received.length < end) return
      const body = received.slice(headEnd + 4, end)
      received = received.slice(end)
      const requestLine = head.slice(0, head.indexOf(' HTTP/1.1\r\n'))
      respond(socket, requestLine, head, body).catch(() => socket.destroy())
    }
  })
}

function tell(report: Report): void {
  process.send?.(report)
}

process.on('message', (message) => {
  const command = message as Command // nobody but run.ts speaks to us
  switch (command.command) {
    case 'latency':
      latencyMs = command.ms
      return
    case 'freeze':
      sandbox = null
      return
    case 'takeCounts': {
      const total = Object.values(byVendor).reduce((sum, count) => sum + count, 0)
      tell({ report: 'counts', total, byVendor, unanswered })
      byVendor = {}
      unanswered = []
    }
  }
})
process.on('disconnect', () => process.exit())

const server = createServer(serve)
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo // a TCP server's address
  tell({ report: 'listening', origin: `http://127.0.0.1:${port}` })
})
