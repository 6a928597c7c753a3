import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readme = readFileSync(new URL('../../examples/supergraph/README.md', import.meta.url), 'utf8')

/** The command lines of the README that ask, each with the answer below it. */
const asked = [...readme.matchAll(/```sh\ncurl ([\s\S]*?)```\n\n```json\n([\s\S]*?)```/g)].map(
  ([, command = '', answer = '']) => ({
    body: /-d '(.*)'\n/.exec(command)?.[1] ?? '',
    hasKey: command.includes('x-api-key: sandbox'),
    answer: JSON.parse(answer) as unknown,
  }),
)

describe('npm run example:supergraph', () => {
  let child: ChildProcess
  let output = ''

  beforeAll(async () => {
    child = spawn(process.execPath, ['examples/supergraph/start.ts', '--any-ports'], { cwd: root })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text
        if (/-d '.*'\n/.test(output)) child.emit('ready')
      })
    }
    await Promise.race([once(child, 'ready'), once(child, 'exit')])
  }, 60_000)

  // It stops when told to, and takes along what it started.
  afterAll(async () => {
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  async function ask(body: string, headers: Readonly<Record<string, string>>): Promise<unknown> {
    const url = /served at (http:\S+)/.exec(output)?.[1] ?? ''
    expect(url, output).not.toBe('')
    const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }
    return (await fetch(url, init)).json()
  }

  it('answers as its README says', async () => {
    expect(asked).toHaveLength(3)
    for (const { body, hasKey, answer } of asked) {
      expect(await ask(body, hasKey ? { 'x-api-key': 'sandbox' } : {})).toEqual(answer)
    }
  })

  it('prints the query with which its README begins', () => {
    expect(/-d '(.*)'\n/.exec(output)?.[1]).toBe(asked[0]?.body)
  })
})
