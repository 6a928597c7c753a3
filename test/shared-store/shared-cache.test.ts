import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { digestOfApiKey } from '../../src/access/api-keys.ts'
import { openRedis } from '../../src/shared-store/redis.ts'
import type { SharedStore } from '../../src/shared-store/store.ts'
import { type RunningGateway, startGateway } from '../support/process.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'
import { startSandbox, type TestSandbox } from '../support/sandbox.ts'
import { recordsIn } from '../support/stored-records.ts'

interface Person {
  readonly id: string
  readonly nativeId: string
  readonly name: string
  readonly email: string
  readonly createdAt: string
}

const fields = 'id nativeId name email createdAt'

describe.skipIf(!hasRedis)('two processes that share their entity cache', () => {
  let redis: TestRedis
  let store: SharedStore
  let sandbox: TestSandbox
  let folder: string
  let gateways: readonly [RunningGateway, RunningGateway]
  let person: Person

  const keyOfCache = createHash('sha256').update('the key of this test').digest('hex')

  const start = (): Promise<RunningGateway> =>
    startGateway({
      arguments: ['serve', '--config', join(folder, 'gateway.json')],
      environment: { ...sandbox.environment, REDIS_URL: redis.url, ENTITY_CACHE_KEY: keyOfCache },
      readyWhen: /Provider +monocloud: up\n/,
    })

  beforeAll(async () => {
    redis = await startRedis()
    store = await openRedis({ url: redis.url, keyPrefix: 'identity-gateway:', onChange: () => {} })
    sandbox = await startSandbox({ users: 40 })
    folder = await mkdtemp(join(tmpdir(), 'gateway-'))
    const provider = {
      kind: 'monocloud',
      name: 'monocloud',
      domain: 'acme.us.monocloud.com',
      baseUrl: sandbox.environment['MONOCLOUD_BASE_URL'],
      apiKey: { env: 'MONOCLOUD_MANAGEMENT_API_KEY' },
    }
    const apiKeys = [
      { name: 'all', sha256: digestOfApiKey('all'), scopes: '*' },
      { name: 'limited', sha256: digestOfApiKey('limited'), scopes: '*', providers: ['monocloud'] },
    ]
    const settings = { auditLog: 'off', entityCacheSeconds: 600, apiKeys, providers: [provider] }
    await writeFile(join(folder, 'gateway.json'), JSON.stringify(settings))
    gateways = await Promise.all([start(), start()])
    const { people } = await ask(gateways[0], `{ people: users(first: 40) { nodes { ${fields} } } }`)
    const { nodes } = people as { readonly nodes: readonly Person[] } // as asked for
    const found = nodes.find(({ name, email }) => name && email)
    if (!found) throw new Error('the sandbox has nobody with a name and an address')
    person = found
  })
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()))
    await store.close()
    await redis.stop()
    await sandbox.close()
    await rm(folder, { recursive: true })
  })
  beforeEach(async () => {
    await store.run("return redis.call('FLUSHALL')", 'all', [])
    await settle()
    sandbox.clearCalls()
  })

  /** Begins another epoch, in which the last change is so long ago that it shows. Nothing of an earlier test is answered in it. */
  let epoch = 1_000
  const settle = (): Promise<unknown> => {
    epoch += 1
    return store.run("return redis.call('SET', KEYS[1], ARGV[1])", 'epoch:monocloud', [epoch])
  }

  async function ask({ origin }: RunningGateway, query: string, key = 'all'): Promise<Record<string, unknown>> {
    const response = await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body: JSON.stringify({ query }),
    })
    const { data, errors } = (await response.json()) as Record<string, Record<string, unknown>>
    expect(errors).toBeUndefined()
    return data ?? {}
  }
  const read = async (gateway: RunningGateway, key?: string): Promise<unknown> =>
    (await ask(gateway, `{ user(id: "${person.id}") { ${fields} } }`, key))['user']
  const reads = (): number | undefined => sandbox.calls()['monocloud GET /users/{user_id}']

  const kept = async (count: number): Promise<void> => {
    await vi.waitFor(async () => expect(await recordsIn(store)).toHaveLength(count))
  }

  it('answer what the other one read, without a call', async () => {
    await read(gateways[0])
    await kept(1)
    expect(await read(gateways[1])).toEqual(person)
    expect(reads()).toBe(1)
  })

  it('answer it no more once one of them has changed something', async () => {
    await read(gateways[0])
    await kept(1)
    const change = `updateUser(input: { id: "${person.id}", nickname: "Changed" }) { errors { code } }`
    expect(await ask(gateways[0], `mutation { ${change} }`)).toEqual({ updateUser: { errors: [] } })
    sandbox.clearCalls()
    await read(gateways[1])
    expect(reads()).toBe(1)
    await settle()
    await read(gateways[1])
    expect(reads()).toBe(2)
  })

  it('share nothing between callers who may not see the same', async () => {
    await read(gateways[0])
    await kept(1)
    await read(gateways[1], 'limited')
    await kept(2)
    expect(reads()).toBe(2)
  })

  it('leave nothing in Redis that somebody could read there', async () => {
    await read(gateways[0])
    await kept(1)
    const everything = await store.run(
      `local all = {}
       for _, key in ipairs(redis.call('KEYS', '*')) do
         table.insert(all, key)
         if redis.call('TYPE', key).ok == 'string' then table.insert(all, redis.call('GET', key)) end
       end
       return all`,
      'any',
      [],
    )
    const texts = everything?.value as readonly string[] // as the script returns it
    expect(texts.length).toBeGreaterThan(2)
    const bytes = texts.map((text) => Buffer.from(text, 'base64'))
    const seen = [...texts, ...bytes.flatMap((some) => [some.toString('latin1'), some.toString('utf16le')])].join('\n')
    for (const personal of [person.nativeId, person.name, person.email]) expect(seen).not.toContain(personal)
    for (const { key } of await recordsIn(store)) expect(key).toMatch(/^identity-gateway:record:[\w-]{43}$/)
  })

  it('print nothing of the key', () => {
    for (const gateway of gateways) expect(gateway.output()).not.toContain(keyOfCache.slice(0, 12))
  })
})
