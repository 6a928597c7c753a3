import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runToEnd, type RunningGateway, startGateway } from '../support/process.ts'
import { madeUpSubject } from './row.ts'
import { mutationDocument } from './world.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function lockNobody({ origin }: RunningGateway): Promise<string> {
  const body = { query: mutationDocument('lockUser'), variables: { input: { id: madeUpSubject('clerk').id } } }
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'sandbox' },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as { data: { lockUser: { errors: { code: string }[] } } }
  return answer.data.lockUser.errors[0]?.code ?? ''
}

test('the program appends to the file that AUDIT_LOG names, also when READ_ONLY refuses', async () => {
  const path = join(folder, 'audit.log')
  for (const environment of [{}, { READ_ONLY: 'on' }]) {
    const gateway = await startGateway({ environment: { AUDIT_LOG: path, ...environment } })
    expect(await lockNobody(gateway)).toBe('READ_ONLY' in environment ? 'READ_ONLY' : 'NOT_FOUND')
    await gateway.stop()
  }
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { subject: 'sandbox', operation: 'lockUser', code: 'NOT_FOUND' },
    { subject: 'sandbox', operation: 'lockUser', code: 'READ_ONLY' },
  ])
}, 60_000)

test('on the sandbox nothing is written unless it is asked for', async () => {
  const [quiet, loud] = await Promise.all([startGateway(), startGateway({ environment: { AUDIT_LOG: 'stdout' } })])
  await Promise.all([lockNobody(quiet), lockNobody(loud)])
  await Promise.all([quiet.stop(), loud.stop()])
  expect(quiet.output()).not.toContain('lockUser')
  expect(loud.output()).toContain('"operation":"lockUser"')
}, 60_000)

test('a log that cannot be opened stops the start, in one line', async () => {
  const { code, output } = await runToEnd({ environment: { AUDIT_LOG: join(folder, 'no', 'folder') } })
  expect(code).toBe(1)
  expect(output).toContain('AUDIT_LOG: cannot be opened (ENOENT)')
}, 60_000)
