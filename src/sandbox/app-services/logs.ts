import { objectId } from './object-id.ts'
import { activityOf, secondsOf, type Seed } from './seed.ts'
import { lastServiceOf } from './seeded-profiles.ts'
import type { AppDefinition, AuthProviderType } from './tenant.ts'

/** Something that happened to a user of the app, before it is put into the wire's words. */
export interface LogEvent {
  readonly id: string
  readonly coId: string
  readonly type: 'AUTH' | 'API_KEY'
  /** Epoch milliseconds. */
  readonly started: number
  readonly durationMs: number
  readonly userId: string
  readonly service: AuthProviderType
  readonly action: 'login' | 'logout' | 'other'
  readonly ipAddress: string
  /** `null`: it did not say what it was. */
  readonly client: { readonly platform: string; readonly platformVersion: string } | null
  /** `null`: it succeeded. */
  readonly failure: { readonly status: number; readonly error: string; readonly code?: string } | null
}

export interface LogQuery {
  readonly coId: string | null
  readonly userId: string | null
  readonly type: string | null
  /** Only failures; else everything but failures (app-services.md 4.5). */
  readonly errorsOnly: boolean
  /** Exclusive, epoch milliseconds. */
  readonly from: number
  /** Inclusive, epoch milliseconds. */
  readonly to: number
  readonly skip: number
  readonly limit: number
}

export interface LogPage {
  readonly events: readonly LogEvent[]
  /** Where the next page begins; `null` at the end. */
  readonly next: { readonly endDate: number; readonly skip: number } | null
}

export interface Logs {
  record(event: LogEvent): void
  /** Newest first. */
  page(query: LogQuery): LogPage
}

const day = 86_400_000
const retention = 10 * day

export function createLogs(seeds: ReadonlyMap<string, Seed>, now: () => number): Logs {
  const recorded: LogEvent[] = []
  let seeded: readonly LogEvent[] | null = null

  const candidates = (userId: string | null): readonly LogEvent[] => {
    if (userId === null) {
      seeded ??= [...seeds].flatMap(([id, seed]) => seededEvents(id, seed))
      return [...seeded, ...recorded]
    }
    const seed = seeds.get(userId)
    return [...(seed ? seededEvents(userId, seed) : []), ...recorded.filter((event) => event.userId === userId)]
  }

  return {
    record: (event) => recorded.push(event),
    page(query) {
      const oldest = Math.max(query.from, now() - retention)
      const matching = candidates(query.userId)
        .filter(
          (event) =>
            event.started > oldest &&
            event.started <= query.to &&
            (event.failure !== null) === query.errorsOnly &&
            (query.type === null || event.type === query.type) &&
            (query.coId === null || event.coId === query.coId),
        )
        .toSorted((a, b) => b.started - a.started || (a.id < b.id ? 1 : -1))
      const events = matching.slice(query.skip, query.skip + query.limit)
      const last = events.at(-1)
      if (!last || query.skip + events.length >= matching.length) return { events, next: null }
      const endDate = last.started
      const seen = matching.slice(0, query.skip + events.length).filter(({ started }) => started === endDate).length
      return { events, next: { endDate, skip: seen } }
    },
  }
}

const failures = {
  disabled: { status: 401, error: 'user disabled', code: 'UserDisabled' },
  wrongPassword: { status: 401, error: 'unauthorized', code: 'InvalidPassword' },
} as const

const clients = [
  { platform: 'chrome', platformVersion: '137.0.0' },
  { platform: 'ios', platformVersion: '18.5' },
  { platform: 'android', platformVersion: '15' },
] as const

/** A user's last days: the sign-in which is also the user's last, some before it, and failures of a few. */
function seededEvents(userId: string, seed: Seed): LogEvent[] {
  const { person, app, position, seededAt } = seed
  const { disabled, lastAuthenticationDate: last } = activityOf(seed)
  const random = person.random('app-services events')
  const service = lastServiceOf(seed)
  const client = random.pick(clients)
  const ipAddress = `203.0.113.${1 + random.integer(254)}`
  const event = (
    place: number,
    seconds: number,
    members: Partial<Pick<LogEvent, 'type' | 'action' | 'failure'>> = {},
  ): LogEvent => ({
    id: logId(app, seconds, position * 8 + place),
    coId: coId(app, seconds, position * 8 + place),
    type: 'AUTH',
    started: seconds * 1000 + random.integer(1000),
    durationMs: 20 + random.integer(300),
    userId,
    service,
    action: 'login',
    ipAddress,
    client,
    failure: null,
    ...members,
  })

  const recently = seededAt - 9 * 86_400
  if (disabled) {
    return random.chance(0.5)
      ? [event(0, seededAt - 3600 - random.integer(5 * 86_400), { failure: failures.disabled })]
      : []
  }
  if (last < recently || last <= secondsOf(person.createdAt)) return []
  const events = [event(0, last)]
  for (let place = 1; place <= 1 + random.integer(4); place += 1) {
    events.push(event(place, last - place * 3 * 3600 - random.integer(3600)))
  }
  if (service === 'api-key') events.push(event(6, last - 60, { type: 'API_KEY', action: 'other' }))
  if (service === 'local-userpass') events.push(event(7, last - 9, { failure: failures.wrongPassword }))
  return events
}

export function logId(app: AppDefinition, seconds: number, counter: number): string {
  return objectId(seconds, `a1${app.maker.slice(2)}`, counter)
}

export function coId(app: AppDefinition, seconds: number, counter: number): string {
  return objectId(seconds, `c0${app.maker.slice(2)}`, counter)
}

/** An event in the wire's words (app-services.md 5.8). */
export function logEntry(event: LogEvent, app: AppDefinition): Readonly<Record<string, unknown>> {
  const { failure } = event
  return {
    _id: event.id,
    co_id: event.coId,
    type: event.type,
    domain_id: app.domainId,
    app_id: app.id,
    group_id: app.projectId,
    request_url:
      event.type === 'AUTH'
        ? `/api/client/v2.0/app/${app.clientAppId}/auth/providers/${event.service}/login`
        : '/api/client/v2.0/auth/api_keys',
    request_method: 'POST',
    started: logTime(event.started),
    completed: logTime(event.started + event.durationMs),
    user_id: event.userId,
    remote_ip_address: event.ipAddress,
    status: failure?.status ?? (event.type === 'AUTH' ? 200 : 201),
    ...(failure ? { error: failure.error, ...(failure.code ? { error_code: failure.code } : {}) } : {}),
    ...(event.client ? { platform: event.client.platform, platform_version: event.client.platformVersion } : {}),
    ...(event.type === 'AUTH'
      ? { auth_event: { type: event.action, provider: event.service, ...(failure ? { failed: true } : {}) } }
      : {}),
  }
}

/** ISO 8601 with milliseconds whose last zeros are dropped (app-services.md 5). */
export function logTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0+Z$/, 'Z')
}
