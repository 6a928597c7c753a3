import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AuditRecord, openAuditLog } from '../../src/telemetry/audit.ts'
import { callerWith, createGatewayFor } from '../support/callers.ts'
import { madeUpSubject } from './row.ts'
import { rows } from './rows.ts'
import { type Input, kinds, mutationDocument, mutationNames, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => {
  world.reset()
  world.gateway.audit.length = 0
})
afterAll(() => world.close())

/** What must be nowhere but in the request, and in the answer that was asked for it. */
const secrets = {
  password: 'pass-SECRET-1-word',
  digest: '$2a$10$SECRET0123456789012345uFNyJMZHoMPnUUUGU3wHkk0Sgd4Tb.Oy',
  code: 'SECRET-code',
  token: 'SECRET.SECRET.SECRET',
  address: 'secret.person@example.test',
  metadata: { note: 'SECRET note' },
}

const looksSecret = /secret/i

/** A mutation's input with secrets wherever they can stand. */
function secretInput(name: string): Input {
  const subject = { ...madeUpSubject('clerk'), address: secrets.address, token: secrets.token, code: secrets.code }
  const input = rows[name]?.input(subject) ?? {}
  const replaced: Record<string, unknown> = {
    password: secrets.password,
    oldPassword: secrets.password,
    newPassword: `${secrets.password}2`,
    publicMetadata: secrets.metadata,
    privateMetadata: secrets.metadata,
    givenName: 'SECRET',
    username: 'SECRET',
  }
  return Object.fromEntries(Object.entries(input).map(([field, value]) => [field, replaced[field] ?? value]))
}

describe('every mutation writes one record', () => {
  test.for(mutationNames)('%s, when it fails, and without anything secret', async (name) => {
    const payload = await world.at('clerk').mutate(name, secretInput(name))
    const failed = payload.errors.length > 0
    expect(world.gateway.audit).toHaveLength(1)
    expect(world.gateway.audit).toMatchObject([
      { subject: 'tests', operation: name, code: failed ? (payload.errors[0]?.code ?? '') : null },
    ])
    expect(JSON.stringify(world.gateway.audit)).not.toMatch(looksSecret)
    expect(JSON.stringify(payload.errors)).not.toMatch(looksSecret)
  })

  test.for(mutationNames)('%s, when its provider says no, and nothing of what it says is told', async (name) => {
    const { sandbox } = world.connected
    await sandbox.fault({
      provider: 'clerk',
      kind: 'status',
      status: 422,
      body: { errors: [{ code: 'x', message: 'SECRET', long_message: 'SECRET' }] },
    })
    const payload = await world.at('clerk').mutate(name, secretInput(name))
    await sandbox.clearFaults()
    expect(world.gateway.audit).toHaveLength(1)
    expect(JSON.stringify([world.gateway.audit, payload.errors])).not.toMatch(looksSecret)
  })

  test('one each, when an operation has several, by whatever names', async () => {
    const { id } = madeUpSubject('clerk')
    await world.gateway.query(
      `mutation ($id: ID!) {
        a: lockUser(input: { id: $id }) { errors { code } }
        b: lockUser(input: { id: $id }) { errors { code } }
        ...more
      }
      fragment more on Mutation { deleteUser(input: { id: $id }) { errors { code } } }`,
      { id },
    )
    expect(world.gateway.audit.map(({ operation }) => operation)).toEqual(['lockUser', 'lockUser', 'deleteUser'])
  })

  test('none, when it was never tried', async () => {
    await world.gateway.query(mutationDocument('lockUser'), { input: {} })
    expect(world.gateway.audit).toEqual([])
  })
})

describe('a record', () => {
  test('says when, who, what, on whom, and what became of it', async () => {
    const place = world.at('clerk')
    const { id } = await place.someone()
    await place.prepare('lockUser', { id })
    const [record] = world.gateway.audit
    expect(record).toEqual({
      time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/) as string,
      requestId: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      subject: 'tests',
      issuer: null,
      operation: 'lockUser',
      provider: 'clerk',
      targets: [id],
      outcome: 'applied',
      providerRequestIds: [],
      code: null,
      durationMs: expect.any(Number) as number,
    })
  })

  test('says who vouches for whoever asked, also of what was refused', async () => {
    const issuer = 'https://issuer.example'
    const callers = { ada: callerWith({ issuer }), bob: callerWith({ issuer, scopes: new Set() }) }
    const gateway = createGatewayFor(callers, [], { maxMutations: 1 })
    const lock = 'lockUser(input: { id: "x" }) { errors { code } }'
    await gateway.ask('ada', `mutation { ${lock} }`)
    await gateway.ask('bob', `mutation { ${lock} }`)
    await gateway.ask('ada', `mutation { one: ${lock} other: ${lock} }`)
    expect(gateway.audit).toMatchObject([
      { issuer, operation: 'lockUser', code: 'BAD_USER_INPUT' },
      { issuer, operation: 'lockUser', code: 'FORBIDDEN' },
      { issuer, operation: 'mutation', code: 'BAD_USER_INPUT' },
    ])
  })

  test('names the vendor’s own ids of the requests that changed something, and of no other', async () => {
    const place = world.at('app-services')
    const { id } = await place.someone()
    await place.prepare('disableUser', { id })
    await place.prepare('enableUser', { id })
    const [disabled, enabled] = world.gateway.audit.map(({ providerRequestIds }) => providerRequestIds)
    expect(disabled).toEqual([expect.stringMatching(/^\S+$/), expect.stringMatching(/^\S+$/)]) // disable and logout
    expect(enabled).toEqual([expect.stringMatching(/^\S+$/)])
    expect(new Set([...(disabled ?? []), ...(enabled ?? [])]).size).toBe(3)
  })

  test.for(kinds)('names the user that was made at %s, and no address', async (kind) => {
    const place = world.at(kind)
    const { user } = await place.mutate('createUser', rows['createUser']?.input(madeUpSubject(kind)) ?? {})
    const record = world.gateway.audit.at(-1)
    expect(record?.targets).toEqual([(user as { id: string }).id])
    expect(JSON.stringify(record)).not.toContain('@')
  })

  test('names everybody who was named', async () => {
    const { id, groupId } = madeUpSubject('clerk')
    await world.at('clerk').mutate('addGroupMember', { groupId, userId: id })
    expect(world.gateway.audit[0]?.targets).toEqual([groupId, id])
  })

  test('names no address or number, even where its id is made of it', async () => {
    const place = world.at('auth0')
    const user = await place.someone(({ nativeId, emails }) => nativeId.startsWith('auth0|') && emails.length > 0)
    const emailId = user.emails[0]?.id ?? ''
    await place.mutate('setEmailVerified', { id: user.id, emailId, verified: true })
    expect(world.gateway.audit[0]?.targets).toEqual([user.id])
  })

  test('of a registration names the provider and nothing more', async () => {
    await world.at('app-services').mutate('deletePendingUser', { provider: 'app-services', email: secrets.address })
    expect(world.gateway.audit).toMatchObject([
      { operation: 'deletePendingUser', provider: 'app-services', targets: [] },
    ])
  })

  test('holds nothing of an input that could not be read', async () => {
    await world.at('clerk').mutate('lockUser', { id: 'SECRET' })
    await world.at('clerk').mutate('createUser', { provider: 'SECRET' })
    expect(world.gateway.audit).toMatchObject([
      { provider: null, targets: [], outcome: 'notApplied', code: 'BAD_USER_INPUT' },
      { provider: null, targets: [], outcome: 'notApplied', code: 'BAD_USER_INPUT' },
    ])
    expect(JSON.stringify(world.gateway.audit)).not.toMatch(looksSecret)
  })
})

describe('a secret in the wrong place', () => {
  const wrongVariables: readonly [what: string, name: string, input: object][] = [
    ['a list for a text', 'setPassword', { id: 'x', password: [secrets.password] }],
    ['an object for a text', 'setPassword', { id: 'x', password: { value: '; SECRET at "input.x"; Expected' } }],
    ['a password for a word', 'setPassword', { id: 'x', revokeSessions: secrets.password }],
    ['a field too many', 'verifyPassword', { id: 'x', password: 'SECRET', extra: secrets.password }],
    ['a password and no id', 'verifyPassword', { password: secrets.password }],
    ['a text for a file', 'setProfileImage', { id: 'x', file: secrets.password }],
  ]
  test.for(wrongVariables)('is not repeated by the error: %s', async ([, name, input]) => {
    const answer = await world.gateway.query(mutationDocument(name), { input })
    expect(answer.errors[0]?.extensions['code']).toBe('BAD_USER_INPUT')
    expect(answer.errors[0]?.message).toContain('$input')
    expect(answer.text).not.toMatch(looksSecret)
  })

  test.for([
    ['a word for a text', 'password: SECRET'],
    ['a list for a text', 'password: ["SECRET"]'],
    ['a text for a word', 'password: "x", revokeSessions: "SECRET"'],
    ['an unknown word', 'password: "x", revokeSessions: SECRET'],
    ['no word before the colon', '"SECRET": "x"'],
    ['two texts', 'password: "x" "SECRET"'],
    ['a text that never ends', 'password: "SECRET'],
    ['a list for a choice', 'password: "x", revokeSessions: ["SECRET"]'],
  ] as const)('is not repeated by the error about a document: %s', async ([, field]) => {
    const answer = await world.gateway.query(
      `mutation { setPassword(input: { id: "x", ${field} }) { errors { code } } }`,
    )
    expect(answer.errors[0]?.extensions['code']).toBe('BAD_USER_INPUT')
    expect(answer.text).not.toMatch(looksSecret)
  })
})

describe('secrets that are asked for', () => {
  test('stand in the answer, and in no record', async () => {
    const place = world.at('auth0')
    const { id } = await place.someone(({ authenticators }) =>
      (authenticators ?? []).some(({ kind }) => kind === 'TOTP'),
    )
    const { recoveryCode } = await place.mutate('regenerateRecoveryCode', { id })
    const { url } = await place.mutate('createPasswordResetLink', { id })
    const written = JSON.stringify(world.gateway.audit)
    for (const secret of [recoveryCode, url]) {
      expect(secret).toEqual(expect.stringMatching(/.{8}/))
      expect(written).not.toContain(secret)
    }
  })
})

describe('the log', () => {
  const record: AuditRecord = {
    time: '2026-01-01T00:00:00.000Z',
    requestId: 'request-1',
    subject: 'tests',
    issuer: null,
    operation: 'lockUser',
    provider: 'clerk',
    targets: [],
    outcome: 'applied',
    providerRequestIds: [],
    code: null,
    durationMs: 3,
  }
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audit-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('is a file to which lines are appended, that others cannot read', async () => {
    const path = join(folder, 'audit.log')
    for (const operation of ['lockUser', 'unlockUser']) {
      const log = openAuditLog(path, () => {})
      log.write({ ...record, operation })
      await log.close()
    }
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([record, { ...record, operation: 'unlockUser' }])
    expect((await stat(path)).mode & 0o077).toBe(0)
  })

  test('that cannot be opened stops the start', () => {
    expect(() => openAuditLog(join(folder, 'no', 'such', 'folder'), () => {})).toThrow('ENOENT')
  })

  test('that is off writes nothing', async () => {
    const log = openAuditLog('off', () => {})
    log.write(record)
    await log.close()
  })
})
