import { sessionTokenIssuer } from './clerk/session-token.ts'
import { createFaults, faultSchema } from './faults.ts'
import { defaultPeopleCount, makePeople, type VendorName } from './people.ts'
import type { RequestObserver, SandboxVendor, SandboxVendorDefinition } from './vendor.ts'
import { vendors } from './vendors.ts'

/** How often a route was called. */
export interface CallCount {
  readonly provider: string
  readonly method: string
  /** The vendor's path template. */
  readonly route: string
  readonly count: number
  /** How many of them their client gave up before there was an answer. */
  readonly abandoned: number
  /** How many of them were answered 429 by a fault. */
  readonly tooFast: number
}

/** The four vendors' APIs behind one `fetch`, a path per vendor, with a control surface under `/__sandbox`. */
export interface Sandbox {
  fetch(request: Request): Promise<Response>
  calls(): readonly CallCount[]
  clearCalls(): void
  /** Back to the seeded state: data, faults and counters. */
  reset(): void
  /** Refuses every credential that this vendor has handed out. False: it hands out none. */
  expireCredentials(provider: string): boolean
}

export interface SandboxSettings {
  /** How many people there are, at most 100,000. */
  readonly users?: number | undefined
  /** Epoch milliseconds. */
  readonly now?: () => number
  /** Milliseconds by which Auth0's lists and searches of users lag behind writes, as the real ones do. Left out: none. */
  readonly searchLagMs?: number | undefined
}

export const maxPeople = 100_000

/** The environment variables with which a gateway uses the sandbox at this origin as its four tenants. */
export function sandboxEnvironment(origin: string): Readonly<Record<string, string>> {
  return Object.assign({}, ...Object.values(vendors).map((vendor) => vendor.environment(origin)))
}

/** An application whose users' session tokens the sandboxed gateway accepts. */
export const sandboxApplication = 'http://localhost:3000'

/** The `issuers` of a gateway's config file with which it accepts tokens of the sandbox's end users. */
export function sandboxIssuers(origin: string): readonly object[] {
  return [
    {
      issuer: sessionTokenIssuer,
      jwksUrl: `${origin}/clerk/.well-known/jwks.json`,
      authorizedParties: [sandboxApplication],
      provider: 'clerk',
    },
    { provider: 'app-services' },
  ]
}

export function createSandbox(settings: SandboxSettings = {}): Sandbox {
  const people = makePeople(settings.users ?? defaultPeopleCount)
  const now = settings.now ?? Date.now
  const faults = createFaults(now)
  const counts = new Map<string, { -readonly [Member in keyof CallCount]: CallCount[Member] }>()

  const observer: RequestObserver = {
    async before(provider, method, route, request) {
      const key = `${provider} ${method} ${route}`
      const entry = counts.get(key) ?? { provider, method, route, count: 0, abandoned: 0, tooFast: 0 }
      entry.count += 1
      request.signal.addEventListener('abort', () => (entry.abandoned += 1), { once: true })
      counts.set(key, entry)
      const answer = await faults.before(provider, method, route, request)
      if (answer?.status === 429) entry.tooFast += 1
      return answer
    },
  }

  const made = new Map<string, SandboxVendor>()
  for (const [name, vendor] of Object.entries(vendors) as [VendorName, SandboxVendorDefinition][]) {
    const ownPeople = people.filter((person) => person.vendors.includes(name))
    made.set(name, vendor.create({ people: ownPeople, now, searchLagMs: settings.searchLagMs }, observer))
  }

  const sandbox: Sandbox = {
    async fetch(request) {
      const url = new URL(request.url)
      const [, name = ''] = url.pathname.split('/', 2)
      if (name === '__sandbox') return control(sandbox, faults, request, url.pathname)
      const vendor = made.get(name)
      if (!vendor)
        return Response.json({ error: `no vendor under /${name}`, vendors: [...made.keys()] }, { status: 404 })
      url.pathname = url.pathname.slice(name.length + 1)
      const inner = new Request(url, request)
      return faults.after(inner, await vendor.fetch(inner))
    },
    calls: () => [...counts.values()],
    clearCalls: () => counts.clear(),
    reset() {
      faults.clear()
      counts.clear()
      for (const vendor of made.values()) vendor.reset()
    },
    expireCredentials(provider) {
      const expire = made.get(provider)?.expireCredentials
      expire?.()
      return expire !== undefined
    },
  }
  return sandbox
}

async function control(
  sandbox: Sandbox,
  faults: ReturnType<typeof createFaults>,
  request: Request,
  path: string,
): Promise<Response> {
  switch (`${request.method} ${path}`) {
    case 'GET /__sandbox/calls':
      return Response.json(sandbox.calls())
    case 'DELETE /__sandbox/calls':
      sandbox.clearCalls()
      return new Response(null, { status: 204 })
    case 'POST /__sandbox/faults': {
      const fault = faultSchema.safeParse(await request.json().catch(() => undefined))
      if (!fault.success) {
        return Response.json(
          { error: fault.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) },
          { status: 400 },
        )
      }
      if (fault.data.kind !== 'token-expiry') faults.add(fault.data)
      else if (!sandbox.expireCredentials(fault.data.provider)) {
        return Response.json({ error: [`provider: ${fault.data.provider} hands out no credentials`] }, { status: 400 })
      }
      return new Response(null, { status: 204 })
    }
    case 'DELETE /__sandbox/faults':
      faults.clear()
      return new Response(null, { status: 204 })
    case 'POST /__sandbox/reset':
      sandbox.reset()
      return new Response(null, { status: 204 })
    default:
      return Response.json({ error: `no ${request.method} ${path}` }, { status: 404 })
  }
}
