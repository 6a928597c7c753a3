import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { createTestGateway, testApiKey } from '../support/gateway.ts'

const gateway = createTestGateway([])

async function send(path: string, init: RequestInit): Promise<{ readonly status: number; readonly text: string }> {
  const headers = { 'x-api-key': testApiKey, ...(init.headers as Record<string, string> | undefined) }
  const response = await gateway.fetch(new Request(`http://gateway.test${path}`, { ...init, headers }))
  return { status: response.status, text: await response.text() }
}

const inForm = (operations: string, map: string): RequestInit => {
  const body = new FormData()
  body.set('operations', operations)
  body.set('map', map)
  body.set('0', new File(['x'], 'x.png'))
  return { method: 'POST', body }
}
const inAddress = (members: Readonly<Record<string, string>>): string => `/graphql?${new URLSearchParams(members)}`
const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' }
const query = '{ viewer { subject } }'

describe('a request that cannot be taken apart is the client’s mistake', () => {
  it.each<[string, string, RequestInit]>([
    ['variables that end too early', inAddress({ query, variables: '[' }), {}],
    ['extensions that are no JSON', inAddress({ query, extensions: 'x' }), {}],
    ['variables of a form', '/graphql', { method: 'POST', body: `query=${query}&variables={`, headers: urlencoded }],
    ['operations that are no JSON', '/graphql', inForm('{', '{}')],
    ['operations that are nothing', '/graphql', inForm('null', '{}')],
    ['nothing in a batch', '/graphql', inForm('[null]', '{}')],
    ['a map to numbers', '/graphql', inForm(JSON.stringify({ query }), '{"0":[1]}')],
    ['a map to nothing', '/graphql', inForm(JSON.stringify({ query }), '{"0":null}')],
  ])('%s', async (_, path, init) => {
    const { text } = await send(path, init)
    expect(text).toContain('"BAD_USER_INPUT"')
    expect(gateway.internalErrors).toEqual([])
  })

  const json = fc.json({ maxDepth: 3 })

  test.prop([json, json, fc.boolean()])('whatever stands where something else should', async (one, other, isWhole) => {
    const text = isWhole ? one : one.slice(0, -1)
    await send('/graphql', { method: 'POST', body: text, headers: { 'content-type': 'application/json' } })
    await send(inAddress({ query, variables: text, extensions: other }), {})
    await send('/graphql', inForm(text, other))
    await send('/graphql', inForm(JSON.stringify({ query, variables: { a: null } }), `{"0":[${other}]}`))
    expect(gateway.internalErrors).toEqual([])
  })

  test.prop([
    fc.constantFrom('__proto__', 'constructor.prototype', 'variables.__proto__'),
    fc.stringMatching(/^\w{1,8}$/),
  ])('a form cannot write into what all objects have', async (place, name) => {
    await send(
      '/graphql',
      inForm(JSON.stringify({ query, variables: {} }), JSON.stringify({ 0: [`${place}.${name}x`] })),
    )
    expect(({} as Record<string, unknown>)[`${name}x`]).toBeUndefined()
  })
})
