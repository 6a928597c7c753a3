import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestGateway, type TestGateway, testApiKey } from '../support/gateway.ts'
import { madeUpSubject } from './row.ts'
import { rows } from './rows.ts'
import { kinds, mutationDocument, mutationNames, type SeenPayload, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => {
  world.reset()
  world.gateway.audit.length = 0
})
afterAll(() => world.close())

const { id } = madeUpSubject('clerk')
const lock = (name: string): string => `${name}: lockUser(input: { id: ${JSON.stringify(id)} }) { errors { code } }`
const locks = (count: number): string => Array.from({ length: count }, (_, index) => lock(`m${index}`)).join('\n')

describe('mutations in bulk', () => {
  test('are done up to ten in one operation, one after the other', async () => {
    const answer = await world.gateway.query(`mutation { ${locks(10)} }`)
    expect(answer.errors).toEqual([])
    expect(Object.keys(answer.data ?? {})).toHaveLength(10)
  })

  test.for([
    ['by aliases', `mutation { ${locks(11)} }`],
    ['by a fragment spread twice', `mutation { ...six ...six } fragment six on Mutation { ${locks(6)} }`],
    [
      'by fragments in fragments',
      `mutation { ...a } fragment a on Mutation { ...b ...b } fragment b on Mutation { ...c ...c } fragment c on Mutation { ${locks(3)} }`,
    ],
    ['by inline fragments', `mutation { ... on Mutation { ${locks(5)} } ... { ${locks(6)} } }`],
    ['that are skipped', `mutation { ... @skip(if: true) { ${locks(11)} } }`],
  ] as const)('are refused as a whole above ten: %s', async ([, document]) => {
    world.connected.sandbox.clearCalls()
    const answer = await world.gateway.query(document)
    expect(answer.status).toBe(400)
    expect(answer.data).toBeNull()
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(answer.errors[0]?.message).toContain('10')
    expect(world.connected.sandbox.calls()).toEqual({})
    expect(world.gateway.audit).toMatchObject([{ subject: 'tests', operation: 'mutation', outcome: 'notApplied' }])
  })

  test('may be many in queries', async () => {
    const fields = Array.from({ length: 30 }, (_, index) => `v${index}: viewer { subject }`).join('\n')
    expect((await world.gateway.query(`{ ${fields} }`)).errors).toEqual([])
  })

  test('are counted in no time, however often fragments are spread in fragments', async () => {
    const levels = Array.from(
      { length: 40 },
      (_, level) => `fragment f${level} on Mutation { ...f${level + 1} ...f${level + 1} }`,
    )
    const document = `mutation { ...f0 } ${levels.join('\n')} fragment f40 on Mutation { ${locks(1)} }`
    const { errors } = await world.gateway.query(document)
    expect(errors[0]?.message).toContain(String(2 ** 40))
  })

  test('through a fragment that contains itself are refused for that', async () => {
    const answer = await world.gateway.query('mutation { ...a } fragment a on Mutation { ...a }')
    expect(answer.errors[0]?.message).toContain('itself')
  })
})

describe('where changes are turned off', () => {
  const harmless = new Set(['verifyToken', 'verifyPassword', 'verifyTotp'])
  let gateway: TestGateway
  beforeAll(() => {
    gateway = createTestGateway(world.connected.providers, 10_000, { readOnlyProviders: new Set(['clerk', 'auth0']) })
  })

  test.for(mutationNames)('%s is READ_ONLY without a call, unless it only looks', async (name) => {
    const { file, ...input } = rows[name]?.input({ ...madeUpSubject('clerk') }) ?? {}
    world.connected.sandbox.clearCalls()
    const document = mutationDocument(name)
    const { data } = file ? await gateway.upload(document, input, file) : await gateway.query(document, { input })
    const payload = data?.[name] as unknown as SeenPayload | undefined
    const codes = payload?.errors.map(({ code }) => code)
    if (harmless.has(name)) return expect(codes).not.toContain('READ_ONLY')
    expect(codes).toEqual(['READ_ONLY'])
    expect(world.connected.sandbox.calls()).toEqual({})
  })

  test('the other providers can still be changed', async () => {
    const { data } = await gateway.query(mutationDocument('deleteUser'), {
      input: { id: madeUpSubject('monocloud').id },
    })
    expect(data?.['deleteUser']).toMatchObject({ errors: [{ code: 'NOT_FOUND' }] })
  })
})

describe('an image', () => {
  const document = mutationDocument('setProfileImage')
  const signature = {
    png: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    jpeg: Buffer.from('\xff\xd8\xff\xe0', 'latin1'),
    gif: Buffer.from('GIF89a'),
    webp: Buffer.from('RIFF\x00\x00\x00\x00WEBPVP8 ', 'latin1'),
  }
  const send = async (content: Buffer<ArrayBuffer>, name = 'me.png') => {
    const user = await world.at('clerk').someone()
    const answer = await world.gateway.upload(document, { id: user.id }, new File([content], name))
    return answer.data?.['setProfileImage'] as unknown as { errors: { code: string; path: string[] }[] }
  }

  test.for(Object.entries(signature))('is recognised by its content: %s', async ([, content]) => {
    expect((await send(Buffer.concat([content, Buffer.alloc(100)]), 'x.txt')).errors).toEqual([])
  })

  test.for([
    ['HTML under a good name', Buffer.from('<html><script>alert(1)</script>')],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['nothing', Buffer.alloc(0)],
    ['a RIFF that is a sound', Buffer.from('RIFF\x00\x00\x00\x00WAVEfmt ', 'latin1')],
    ['one byte more than 5 MB', Buffer.concat([signature.png, Buffer.alloc(5_000_001 - signature.png.length)])],
  ] as const)('is refused without a call when it is %s', async ([, content]) => {
    await world.at('clerk').someone()
    world.connected.sandbox.clearCalls()
    expect((await send(content)).errors).toMatchObject([{ code: 'BAD_USER_INPUT', path: ['input', 'file'] }])
    expect(world.connected.sandbox.calls()).toEqual({})
  })

  test('of 5 MB is taken', async () => {
    const content = Buffer.concat([signature.png, Buffer.alloc(5_000_000 - signature.png.length)])
    expect((await send(content)).errors).toEqual([])
  })

  test('is never a text', async () => {
    const answer = await world.gateway.query(document, { input: { id, file: 'iVBORw0KGgo=' } })
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(answer.errors[0]?.message).toContain('input.file')
  })

  test('cannot be sent by a page of somebody else: a multipart request, too, has to show the key', async () => {
    const file = new File([signature.png], 'me.png')
    expect((await world.gateway.upload(document, { id }, file, {})).status).toBe(401)
    expect((await world.gateway.upload(document, { id }, file, { 'x-api-key': testApiKey })).status).toBe(200)
  })
})

describe('a body', () => {
  const post = (body: BodyInit, headers: Record<string, string>) =>
    world.gateway.fetch(
      new Request('http://gateway.test/graphql', {
        method: 'POST',
        headers: { 'x-api-key': testApiKey, ...headers },
        body,
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      }),
    )
  const query = (bytes: number): string => JSON.stringify({ query: `{ viewer { subject } } #${'x'.repeat(bytes)}` })
  const json = { 'content-type': 'application/json' }

  test('of a query may have 256 kB', async () => {
    expect((await post(query(250_000), json)).status).toBe(200)
    expect((await post(query(256_000), json)).status).toBe(413)
  })

  test('counts as long as it is, not as long as it says', async () => {
    const stream = new Blob([query(300_000)]).stream()
    expect((await post(stream, json)).status).toBe(413)
  })

  test('with a file may have 6 MB', async () => {
    const form = new FormData()
    form.set('operations', query(250_000))
    form.set('file', new Blob([new Uint8Array(5_700_000)]))
    expect((await post(form, {})).status).toBe(200)
    const tooMuch = { 'content-type': 'multipart/form-data; boundary=x', 'content-length': '6000001' }
    expect((await post('--x--', tooMuch)).status).toBe(413)
  })
})

test('every kind of provider is here', () => {
  expect(world.connected.providers.map(({ kind }) => kind).toSorted()).toEqual([...kinds].toSorted())
})
