import { z } from 'zod'

/**
 * A fault that is switched on through the control surface. Without `times` it lasts until it is switched off.
 *
 * - `latency`: answers as usual, `ms` later.
 * - `status`: answers `status` instead, and does nothing.
 * - `quota`: takes `perSecond` calls per second, of which a second's worth may come at once, and answers 429 with `Retry-After` to others.
 * - `hang`: never answers, and does nothing.
 * - `reset`: does what was asked, and closes the connection without an answer.
 * - `truncate`: does what was asked, and ends its answer in the middle, with the right content type.
 * - `html`: a gateway in front answers 502 with a page, and nothing is done.
 * - `missing-headers`: answers as usual, without the headers about paging and rates.
 * - `token-expiry`: refuses the credentials handed out so far, once and for all; `method`, `route` and `times` mean nothing to it.
 */
export const faultSchema = z.strictObject({
  /** Which vendor: its path, such as `auth0`. */
  provider: z.string().min(1),
  /** Left out: every method. */
  method: z.string().optional(),
  /** A path template of the vendor's API description, or its beginning with `*` after it; left out: every route. */
  route: z.string().optional(),
  kind: z.enum(['latency', 'status', 'quota', 'hang', 'reset', 'truncate', 'html', 'missing-headers', 'token-expiry']),
  /** With `status`. */
  status: z.int().min(200).max(599).optional(),
  /** With `quota`. */
  perSecond: z.number().min(0.1).max(10_000).optional(),
  /** With `latency`: milliseconds. */
  ms: z.int().min(0).max(600_000).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** A text, or something to be sent as JSON. */
  body: z.unknown().optional(),
  /** How often; left out: until switched off. */
  times: z.int().min(1).optional(),
})

export type Fault = z.infer<typeof faultSchema>

export interface Faults {
  add(fault: Fault): void
  clear(): void
  /** Waits, and answers a response to send instead of the real one, or `null`. */
  before(provider: string, method: string, route: string, request: Request): Promise<Response | null>
  /** What becomes of the vendor's answer to this request. */
  after(request: Request, response: Response): Promise<Response>
}

/** Headers of the four vendors that tell of pages and rates, by how they begin. */
const tellingHeaders = /^(x-pagination|x-ratelimit-|retry-after|link|x-total-count|ratelimit)/

type Alteration = (response: Response) => Response | Promise<Response>

/** Faults of the answer rather than of the work. */
const alterations: { readonly [Kind in Fault['kind']]?: Alteration } = {
  // A network error, as `fetch` calls it; whoever serves the sandbox closes the connection.
  reset: () => Response.error(),
  truncate: async (response) => {
    const text = await response.text()
    return new Response(text === '' ? null : text.slice(0, Math.ceil(text.length / 2)), copied(response))
  },
  'missing-headers': (response) => {
    const headers = [...response.headers].filter(([name]) => !tellingHeaders.test(name))
    return new Response(response.body, { ...copied(response), headers })
  },
}

/** A fault that is on. */
interface ActiveFault {
  readonly fault: Fault
  left: number
  /** With `quota`: how much of it there was when it was last looked at. */
  quota: { readonly left: number; readonly at: number } | null
}

/** `now`: epoch milliseconds. */
export function createFaults(now: () => number): Faults {
  let active: ActiveFault[] = []
  const altered = new WeakMap<Request, Alteration[]>()

  const take = (provider: string, method: string, route: string): ActiveFault[] => {
    const matching = active.filter(
      ({ fault }) =>
        fault.provider === provider &&
        (fault.method === undefined || fault.method === method) &&
        (fault.route === undefined || isRoute(fault.route, route)),
    )
    for (const entry of matching) entry.left -= 1
    active = active.filter(({ left }) => left > 0)
    return matching
  }

  return {
    add(fault) {
      active.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY, quota: null })
    },
    clear() {
      active = []
    },
    async before(provider, method, route, request) {
      let replaced: Response | null = null
      const later: Alteration[] = []
      for (const taken of take(provider, method, route)) {
        const { fault } = taken
        const alteration = alterations[fault.kind]
        if (alteration) later.push(alteration)
        else if (fault.kind === 'latency') await wait(fault.ms ?? 0, request.signal)
        else if (fault.kind === 'quota') replaced = spend(taken, now())
        else if (fault.kind === 'hang') replaced = await gone(request.signal)
        else replaced = fault.kind === 'html' ? gatewayPage() : statusAnswer(fault)
      }
      if (later.length > 0) altered.set(request, later)
      return replaced
    },
    async after(request, response) {
      let answer = response
      for (const alteration of altered.get(request) ?? []) answer = await alteration(answer)
      return answer
    },
  }
}

/** Counts a call; the answer to one too many. */
function spend(active: ActiveFault, now: number): Response | null {
  const perSecond = active.fault.perSecond ?? 1
  const full = Math.max(1, perSecond)
  const { left, at } = active.quota ?? { left: full, at: now }
  const refilled = Math.min(full, left + (Math.max(0, now - at) * perSecond) / 1000)
  active.quota = { left: refilled < 1 ? refilled : refilled - 1, at: now }
  return refilled < 1 ? new Response(null, { status: 429, headers: { 'retry-after': '1' } }) : null
}

function isRoute(wanted: string, route: string): boolean {
  return wanted.endsWith('*') ? route.startsWith(wanted.slice(0, -1)) : wanted === route
}

function copied({ status, statusText, headers }: Response): ResponseInit {
  const kept = new Headers(headers)
  kept.delete('content-length')
  return { status, statusText, headers: kept }
}

function statusAnswer({ status = 500, headers, body }: Fault): Response {
  const answer = { status, headers: new Headers(headers) }
  if (body === undefined) return new Response(null, answer)
  return typeof body === 'string' ? new Response(body, answer) : Response.json(body, answer)
}

function gatewayPage(): Response {
  return new Response('<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n', {
    status: 502,
    headers: { 'content-type': 'text/html' },
  })
}

/** Resolves when the client has gone: there is nobody left to answer. */
function gone(signal: AbortSignal): Promise<Response> {
  return new Promise((resolve) => {
    const end = (): void => resolve(new Response(null, { status: 503 }))
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

/** Ends early when the client has gone. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}
