import { hexDigits, randomStream } from '../random.ts'
import type { Page } from './paging.ts'
import type { Problem } from './problem.ts'
import type { TenantSettings } from './settings.ts'

/** Writes answers as a tenant does. */
export interface Answers {
  json(value: unknown, status?: 200 | 201): Response
  /** A bare array with `X-Pagination` (monocloud.md 2). */
  page(page: Page<unknown>): Response
  empty(): Response
  problem(problem: Problem): Response
}

export function createAnswers({ emptyMembers }: Pick<TenantSettings, 'emptyMembers'>): Answers {
  let problems = 0

  const respond = (value: unknown, status: number, headers: Readonly<Record<string, string>> = {}): Response =>
    new Response(JSON.stringify(emptyMembers === 'omitted' ? withoutNulls(value) : value), {
      status,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    })

  return {
    json: (value, status = 200) => respond(value, status),
    page: ({ items, size, page, total }) =>
      respond(items, 200, {
        'X-Pagination': JSON.stringify({
          page_size: size,
          current_page: page,
          total_count: total,
          has_previous: page > 1,
          has_next: page * size < total,
        }),
      }),
    empty: () => new Response(null, { status: 204 }),
    problem({ status, body, headers }) {
      const random = randomStream(`problem ${(problems += 1)}`)
      const traceId = `00-${random.text(32, hexDigits)}-${random.text(16, hexDigits)}-01`
      return respond({ ...body, traceId }, status, { ...headers, 'content-type': 'application/problem+json' })
    },
  }
}

/** The free-form objects, in which a null is somebody's data. */
const freeForm = new Set(['claims', 'public_data', 'private_data'])

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, freeForm.has(key) ? member : withoutNulls(member)]),
  )
}
