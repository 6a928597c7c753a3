import { z } from 'zod'

/** A fault that is switched on through the control surface. */
export const faultSchema = z.strictObject({
  /** Which vendor: its path, such as `auth0`. */
  provider: z.string().min(1),
  /** Left out: every method. */
  method: z.string().optional(),
  /** A path template of the vendor's API description; left out: every route. */
  route: z.string().optional(),
  /** `latency`: answer as usual, but later. `status`: answer with this status instead. */
  kind: z.enum(['latency', 'status']),
  /** With `status`. */
  status: z.int().min(200).max(599).optional(),
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
  apply(provider: string, method: string, route: string, signal: AbortSignal): Promise<Response | null>
}

export function createFaults(): Faults {
  let active: { readonly fault: Fault; left: number }[] = []

  const take = (provider: string, method: string, route: string): Fault[] => {
    const matching = active.filter(
      ({ fault }) =>
        fault.provider === provider &&
        (fault.method === undefined || fault.method === method) &&
        (fault.route === undefined || fault.route === route),
    )
    for (const entry of matching) entry.left -= 1
    active = active.filter(({ left }) => left > 0)
    return matching.map(({ fault }) => fault)
  }

  return {
    add(fault) {
      active.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY })
    },
    clear() {
      active = []
    },
    async apply(provider, method, route, signal) {
      let replaced: Response | null = null
      for (const fault of take(provider, method, route)) {
        if (fault.kind === 'latency') await wait(fault.ms ?? 0, signal)
        else replaced = statusAnswer(fault)
      }
      return replaced
    },
  }
}

function statusAnswer({ status = 500, headers, body }: Fault): Response {
  const answer = { status, headers: new Headers(headers) }
  if (body === undefined) return new Response(null, answer)
  return typeof body === 'string' ? new Response(body, answer) : Response.json(body, answer)
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
