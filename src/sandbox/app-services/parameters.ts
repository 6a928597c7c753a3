import type { RouteRequest } from '../router.ts'
import { badRequest } from './errors.ts'

/** The members of a JSON body, none when there is no body. */
export function fieldsOf(request: RouteRequest): Readonly<Record<string, unknown>> {
  const { body } = request
  if (body === undefined) return {}
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw badRequest('request body must be an object')
  return body as Readonly<Record<string, unknown>> // any object is one
}

/** A whole number within bounds. */
export function integerOf(
  query: URLSearchParams,
  name: string,
  bounds: { min: number; max: number; fallback: number },
): number {
  const text = query.get(name)
  if (text === null) return bounds.fallback
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < bounds.min || value > bounds.max) {
    throw badRequest(`'${name}' must be an integer between ${bounds.min} and ${bounds.max}`, 'InvalidParameter')
  }
  return value
}

export function booleanOf(query: URLSearchParams, name: string): boolean {
  const text = query.get(name)
  if (text === null || text === 'false') return false
  if (text === 'true') return true
  throw badRequest(`'${name}' must be a boolean`, 'InvalidParameter')
}

/** Epoch milliseconds of an ISO 8601 time. */
export function timeOf(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name)
  if (text === null) return fallback
  const time = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw badRequest(`'${name}' must be an ISO 8601 date`, 'InvalidParameter')
  return time
}
