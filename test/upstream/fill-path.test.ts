import { describe, expect, it } from 'vitest'
import type { ProviderError } from '../../src/identity/errors.ts'
import { routeOf } from '../../src/upstream/route.ts'

const operation = { name: 'users.get', route: 'GET /users/{user_id}', safe: true } as const

function fill(id: string): string {
  return routeOf(operation).pathOf({ user_id: id }, { provider: 'acme', operation: operation.name })
}

describe('a path with an id', () => {
  it.each([
    ['auth0|5f', '/users/auth0%7C5f'],
    ['a/b?c#d', '/users/a%2Fb%3Fc%23d'],
    ['..%2f', '/users/..%252f'],
    ['%2e%2e', '/users/%252e%252e'],
    ['美咲 🌻', '/users/%E7%BE%8E%E5%92%B2%20%F0%9F%8C%BB'],
  ])('holds %j encoded', (id, path) => {
    expect(fill(id)).toBe(path)
  })

  it.each(['', '.', '..', '\u{d800}', 'a\u{dfff}b'])('is refused for %j, under which nothing can be', (id) => {
    expect(() => fill(id)).toThrow(expect.objectContaining({ kind: 'notFound' }) as ProviderError)
  })
})
