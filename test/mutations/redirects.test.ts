import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kinds, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ redirectOrigins: ['https://app.example.test'] })
})
afterAll(() => world.close())

const mutations = ['createPasswordResetLink', 'sendEmailVerification'] as const
const cells = mutations.flatMap((mutation) => kinds.map((kind) => [mutation, kind] as const))

describe('a link leads nowhere that the gateway does not allow', () => {
  test.for(cells)('%s at %s', async ([mutation, kind]) => {
    const place = world.at(kind)
    const { id } = await place.someone()
    world.connected.sandbox.clearCalls()
    const payload = await place.mutate(mutation, { id, redirectUrl: 'https://elsewhere.example.test/' })
    expect(payload.errors).toMatchObject([
      {
        code: 'BAD_USER_INPUT',
        outcome: 'NOT_APPLIED',
        path: ['input', 'redirectUrl'],
        message: '`redirectUrl` must begin with an origin that this gateway allows (setting REDIRECT_ORIGINS)',
      },
    ])
    expect(world.connected.sandbox.calls()).toEqual({})
  })

  test('and may lead where it does', async () => {
    const place = world.at('auth0')
    const { id } = await place.someone(({ hasPassword }) => hasPassword !== false)
    const payload = await place.mutate('createPasswordResetLink', { id, redirectUrl: 'https://app.example.test/done' })
    expect(payload.errors.filter(({ path }) => path?.includes('redirectUrl'))).toEqual([])
  })
})
