import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { orderBook } from '../../examples/supergraph/order-book.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('npm run example:supergraph', () => {
  it('serves the supergraph at the URL that it prints, answers the query that it prints, and stops when told to', async () => {
    const child = spawn(process.execPath, ['examples/supergraph/start.ts', '--any-ports'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let isReady = false
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        isReady ||= /-d '.*'\n/.test(output)
        if (isReady) child.emit('ready')
      })
    }
    await Promise.race([once(child, 'ready'), once(child, 'exit')])
    expect(isReady, output).toBe(true)

    const [url = ''] = /http:\S+(?=\n)/.exec(output) ?? []
    const body = /-d '(.*)'\n/.exec(output)?.[1] ?? ''
    const headers = { 'content-type': 'application/json', 'x-api-key': 'sandbox' }
    const response = await fetch(url, { method: 'POST', headers, body })
    const { data, errors } = (await response.json()) as { data: { orders: object[] }; errors?: object[] } // GraphQL
    expect(errors).toBeUndefined()
    expect(data.orders).toMatchObject(
      orderBook
        .slice(-3)
        .toReversed()
        .map(({ id }) => ({ id, customer: { status: expect.any(String) } })),
    )

    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  }, 60_000)
})
