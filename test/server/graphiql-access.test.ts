import { describe, expect, it } from 'vitest'
import { graphiqlPath, type ServerOptions } from '../../src/server.ts'
import { createTestGateway } from '../support/gateway.ts'

const page = { headers: { 'x-api-key': '' }, tabs: [] }

function get(path: string, graphiql: ServerOptions['graphiql']): Promise<Response> {
  const gateway = createTestGateway([], 10_000, { graphiql })
  return gateway.fetch(new Request(`http://gateway.test${path}`, { headers: { accept: 'text/html' } }))
}

describe('a stranger', () => {
  it('finds no GraphiQL where it is not switched on', async () => {
    expect((await get(graphiqlPath, null)).status).toBe(401)
    expect((await get('/', null)).status).toBe(401)
  })

  it('is shown the page where it is, which holds no key', async () => {
    const response = await get(graphiqlPath, page)
    expect(response.status).toBe(200)
    expect(await response.text()).not.toContain('key-of-the-tests')
  })

  it('is told nothing by what the page asks, neither data nor schema', async () => {
    const gateway = createTestGateway([], 10_000, { graphiql: page })
    for (const query of ['{ providers { name } }', '{ __schema { types { name } } }', '{ _service { sdl } }']) {
      const { status, data, errors } = await gateway.query(query, {}, {})
      expect([status, data, errors.map(({ extensions }) => extensions['code'])]).toEqual([
        401,
        null,
        ['UNAUTHENTICATED'],
      ])
    }
  })
})
