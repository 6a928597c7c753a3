import type { JsonObject, JsonValue } from '../../identity/records.ts'
import { refuse } from './fault.ts'
import { isMembers } from './structures.ts'

/** Levels of free-form JSON that are handed on. */
const maxJsonDepth = 200

/**
 * Any JSON; missing is `null`. What is nested deeper than 200 levels is `null` too: writing it out would overflow the stack, and end
 * users write some of these members, so that one of them could take the whole answer from everybody else.
 */
export function optionalJson(value: unknown): JsonValue {
  if (typeof value !== 'object' || value === null) return (value ?? null) as JsonValue // it came out of JSON.parse
  const json = value as JsonValue // as above
  return isDeeper(json, maxJsonDepth) ? cutBelow(json, maxJsonDepth) : json
}

/** A map of any JSON; missing is empty. */
export function optionalJsonObject(value: unknown): JsonObject {
  if (value === null || value === undefined) return {}
  if (!isMembers(value)) return refuse('an object')
  const json = value as JsonObject // as above
  // Each member may be as deep as JSON that stands alone.
  return isDeeper(json, maxJsonDepth + 1) ? (cutBelow(json, maxJsonDepth + 1) as JsonObject) : json // cut further down
}

function isDeeper(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) return value.some((item: JsonValue) => isDeeper(item, levels - 1))
  const members = value as JsonObject // no array, as just asked
  // The names without a list of them: this runs over all metadata of every user.
  for (const name in members) {
    const member = members[name]
    if (typeof member === 'object' && isDeeper(member, levels - 1)) return true
  }
  return false
}

function cutBelow(value: JsonValue, levels: number): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) return null
  if (Array.isArray(value)) return value.map((item: JsonValue) => cutBelow(item, levels - 1))
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cutBelow(member, levels - 1)]))
}
