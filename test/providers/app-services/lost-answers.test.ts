import { afterEach, describe, expect, it } from 'vitest'
import { testCall } from '../../support/sandbox.ts'
import { present } from '../../support/present.ts'
import { type Answer, fullWireUser, idOf, startUpstream } from './hand-made-upstream.ts'

const cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function upstream(routes: Parameters<typeof startUpstream>[0]) {
  const started = await startUpstream(routes)
  cleanups.push(() => started.close())
  return started
}

/** Answers one after the other, the last one for ever. */
function inTurn(...answers: readonly (() => Response)[]): Answer {
  let turn = 0
  return () => {
    const answer = present(answers[Math.min(turn, answers.length - 1)])
    turn += 1
    return answer()
  }
}

const failed = () => new Response(null, { status: 502 })
const notFound = () => Response.json({ error: 'user not found', error_code: 'UserNotFound' }, { status: 404 })
const expired = () => Response.json({ error: 'invalid session', error_code: 'InvalidSession' }, { status: 401 })
const done = () => new Response(null, { status: 204 })

describe('deleting', () => {
  const route = `DELETE /users/${idOf(1)}`

  it('is done when a repeated call finds nobody, because the one whose answer was lost did it', async () => {
    const { provider, requests } = await upstream({ [route]: inTurn(failed, notFound) })
    await present(provider.users.delete)(idOf(1), testCall())
    expect(requests.filter((request) => request === route)).toHaveLength(2)
  })

  it('of somebody who never was is not found, also after our own token was renewed', async () => {
    const { provider } = await upstream({
      [route]: inTurn(expired, notFound),
      'POST /auth/session': () => Response.json({ access_token: 'second' }, { status: 201 }),
    })
    await expect(present(provider.users.delete)(idOf(1), testCall())).rejects.toMatchObject({ kind: 'notFound' })
  })

  it('is unknown when no answer comes', async () => {
    const { provider } = await upstream({ [route]: failed })
    await expect(present(provider.users.delete)(idOf(1), testCall())).rejects.toMatchObject({
      kind: 'unavailable',
      outcome: 'unknown',
    })
  })

  it('of a registration and of a key is done in the same way', async () => {
    const server = fullWireUser(1, { type: 'server', identities: [{ id: idOf(9), provider_type: 'api-key' }] })
    const { provider } = await upstream({
      [`GET /users/${idOf(1)}`]: () => Response.json(server),
      [`DELETE /api_keys/${idOf(9)}`]: inTurn(failed, () =>
        Response.json({ error: 'API key not found', error_code: 'APIKeyNotFound' }, { status: 404 }),
      ),
      'DELETE /user_registrations/by_email/a%40x.test': inTurn(failed, notFound),
    })
    const key = { nativeId: idOf(9), userId: idOf(1), kind: 'apiKey', clientId: null, audience: null } as const
    expect(await present(present(provider.grants).revoke)(key, testCall())).toMatchObject({ count: 1 })
    await present(present(provider.pendingUsers).delete)('a@x.test', testCall())
  })
})

describe('a change', () => {
  it('goes again with a new token when ours had expired, even when it must not be repeated', async () => {
    const { provider, requests } = await upstream({
      'POST /users': inTurn(expired, () => Response.json(fullWireUser(1), { status: 201 })),
      'POST /auth/session': () => Response.json({ access_token: 'second' }, { status: 201 }),
    })
    const input = { email: 'a@x.test', password: 'correct-horse-9', skipChecks: false }
    expect(await present(provider.users.create)(input, testCall())).toMatchObject({ nativeId: idOf(1) })
    expect(requests.filter((request) => request === 'POST /users')).toHaveLength(2)
  })

  it('at an API that has been retired is unsupported', async () => {
    const { provider } = await upstream({ 'POST /users': () => new Response('gone', { status: 410 }) })
    const input = { email: 'a@x.test', password: 'correct-horse-9', skipChecks: false }
    const acts = [
      () => present(provider.users.create)(input, testCall()),
      () => present(provider.users.enable)(idOf(1), testCall()),
      () => present(present(provider.sessions).revokeAll)(idOf(1), testCall()),
      () => present(present(provider.pendingUsers).confirm)('a@x.test', testCall()),
    ]
    for (const act of acts) await expect(act()).rejects.toMatchObject({ kind: 'unsupported', outcome: 'notApplied' })
  })

  it('sends no body where there is none to send, as JSON all the same', async () => {
    const seen: unknown[] = []
    const { provider } = await upstream({
      [`PUT /users/${idOf(1)}/enable`]: ({ body, headers }) => {
        seen.push(body, headers.get('content-type'))
        return done()
      },
    })
    await present(provider.users.enable)(idOf(1), testCall())
    expect(seen).toEqual([undefined, 'application/json'])
  })
})
