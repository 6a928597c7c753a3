import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAttemptLimit } from '../../src/access/attempt-limit.ts'
import { scopes } from '../../src/access/scopes.ts'
import { createGatewayFor, callerWith, type CallersGateway } from '../support/callers.ts'
import { madeUpId, mutationDocument, startWorld, type World } from './world.ts'

let world: World
let gateway: CallersGateway
const times = { now: 0 }
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => {
  world.reset()
  times.now = 1_800_000_000_000
  gateway = createGatewayFor(
    { one: callerWith(), other: callerWith({ subject: 'other', scopes: new Set(scopes) }) },
    world.connected.providers,
    { guesses: createAttemptLimit({ attempts: 2, windowSeconds: 900, now: () => times.now }) },
  )
})
afterAll(() => world.close())

type Guess = readonly [mutation: string, input: Readonly<Record<string, unknown>>]

async function guess(caller: string, [mutation, input]: Guess, id: string) {
  const { data } = await gateway.ask(caller, mutationDocument(mutation), { input: { id, ...input } })
  return data?.[mutation] as unknown as { readonly errors: readonly Readonly<Record<string, unknown>>[] } // as asked for
}

const password: Guess = ['verifyPassword', { password: 'a guess' }]
const code: Guess = ['verifyTotp', { code: '123456' }]
const change: Guess = ['changePassword', { oldPassword: 'a guess', newPassword: 'another word 2' }]

describe('the password and codes of one user', () => {
  test('are tried so often and no more, by whatever mutation and whoever tries', async () => {
    const { id } = await world.at('clerk').someone()
    await guess('one', password, id)
    await guess('other', code, id)
    times.now += 60_000
    world.connected.sandbox.clearCalls()
    for (const [caller, tried] of [
      ['one', password],
      ['other', code],
    ] as const) {
      const { errors } = await guess(caller, tried, id)
      expect(errors).toMatchObject([
        { code: 'RATE_LIMITED', outcome: 'NOT_APPLIED', providerName: 'clerk', retryAfterSeconds: 840 },
      ])
    }
    expect(world.connected.sandbox.calls()).toEqual({})
    expect(gateway.audit.slice(-2)).toMatchObject([{ code: 'RATE_LIMITED' }, { code: 'RATE_LIMITED' }])
    times.now += 840_000
    expect((await guess('one', password, id)).errors).toEqual([])
  })

  test('count where a change of password proves the old one', async () => {
    const { id } = await world.at('monocloud').someone(({ hasPassword }) => hasPassword === true)
    await guess('one', change, id)
    await guess('one', change, id)
    world.connected.sandbox.clearCalls()
    expect((await guess('one', change, id)).errors).toMatchObject([{ code: 'RATE_LIMITED' }])
    expect(world.connected.sandbox.calls()).toEqual({})
  })

  test('are those of one user, however the id is written', async () => {
    await guess('one', password, madeUpId('User', 'clerk', 'user_abc'))
    await guess('one', password, madeUpId('User', 'clerk', 'USER_abc'))
    expect((await guess('one', password, madeUpId('User', 'clerk', 'user_ABC'))).errors).toMatchObject([
      { code: 'RATE_LIMITED' },
    ])
    expect((await guess('one', password, madeUpId('User', 'clerk', 'user_abd'))).errors).not.toMatchObject([
      { code: 'RATE_LIMITED' },
    ])
  })

  test('are not counted for what is wrong before anything is tried', async () => {
    const { id } = await world.at('clerk').someone()
    for (let attempt = 0; attempt < 5; attempt += 1) await guess('one', ['verifyTotp', { code: ' ' }], id)
    expect((await guess('one', password, id)).errors).toEqual([])
  })
})
