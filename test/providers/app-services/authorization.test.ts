import { afterEach, describe, expect, it } from 'vitest'
import { connectToSandbox, startSandbox, testCall } from '../../support/sandbox.ts'
import { type Answer, fullWireUser, idOf, startUpstream, wireUser } from './hand-made-upstream.ts'

const login = 'POST /auth/providers/mongodb-cloud/login'
const refresh = 'POST /auth/session'
const user = `GET /users/${idOf(1)}`

const cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function upstream(...args: Parameters<typeof startUpstream>) {
  const started = await startUpstream(...args)
  cleanups.push(() => started.close())
  return started
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** A token whose times can be read, `secondsLeft` before its end. */
function tokenOf(name: string, secondsLeft: number): string {
  const exp = Math.floor(Date.now() / 1000) + secondsLeft
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ name, exp })}.signature`
}

const expired = () =>
  Response.json({ error: 'invalid session: access token expired', error_code: 'InvalidSession' }, { status: 401 })

/** Answers users to whoever shows this token, and calls every other one expired. */
function onlyFor(token: () => string): Answer {
  return ({ headers, path }) =>
    headers.get('authorization') === `Bearer ${token()}`
      ? Response.json(fullWireUser(path.endsWith(idOf(2)) ? 2 : 1))
      : expired()
}

describe('signing in', () => {
  it('happens once for calls that begin together, and is kept', async () => {
    const { provider, requests } = await upstream({
      [user]: () => Response.json(fullWireUser(1)),
      [`GET /users/${idOf(2)}`]: () => Response.json(fullWireUser(2)),
    })
    await provider.users.getMany([idOf(1), idOf(2)], testCall())
    await provider.users.getMany([idOf(1)], testCall())
    expect(requests.filter((request) => request === login)).toHaveLength(1)
    expect(requests).toHaveLength(4)
  })

  it('shows the key in the body, and then the token, and nothing that marks a vendor tool', async () => {
    const seen: Headers[] = []
    let body: unknown
    const { provider } = await upstream({
      [login]: (request) => {
        seen.push(request.headers)
        body = request.body
        return Response.json({ access_token: 'fresh' })
      },
      'GET /users': ({ headers }) => {
        seen.push(headers)
        return Response.json([wireUser(1)])
      },
    })
    await provider.check(testCall())
    expect(body).toEqual({ username: 'public', apiKey: 'private' })
    expect(seen.map((headers) => headers.get('authorization'))).toEqual([null, 'Bearer fresh'])
    expect(seen.map((headers) => headers.get('content-type'))).toEqual(['application/json', 'application/json'])
    expect(seen.map((headers) => headers.get('x-baas-request-origin'))).toEqual([null, null])
  })

  it.each([400, 401, 403, 404])('refused with %i is about the key, and is not tried again at once', async (status) => {
    const error = 'failed to authenticate with MongoDB Cloud API: You are not authorized for this resource.'
    const { provider, requests } = await upstream({ [login]: () => Response.json({ error }, { status }) })
    const failure: unknown = await provider.users.getMany([idOf(1)], testCall()).catch((reason: unknown) => reason)
    expect(failure).toMatchObject({ kind: 'credentials', outcome: 'notApplied' })
    expect(String(failure)).not.toContain('not authorized')
    await expect(provider.users.count?.({}, testCall())).rejects.toMatchObject({ kind: 'credentials' })
    expect(requests).toEqual([login])
    expect(provider.health().status).toBe('down')
  })

  it('is tried again when the upstream was busy', async () => {
    let answers = 0
    const { provider } = await upstream({
      [login]: () => {
        answers += 1
        return answers === 1 ? new Response(null, { status: 503 }) : Response.json({ access_token: 'fresh' })
      },
      'GET /users': () => Response.json([]),
    })
    await provider.check(testCall())
    expect(answers).toBe(2)
    expect(provider.health().status).toBe('up')
  })

  it('that fails leaves the change it was for undone', async () => {
    const { provider } = await upstream({ [login]: () => new Response(null, { status: 500 }) })
    await expect(provider.tokens?.verify('a.b.c', testCall())).rejects.toMatchObject({
      kind: 'unavailable',
      operation: 'tokens.verify',
      outcome: 'notApplied',
    })
  })

  it('goes on for the others when the one who began it leaves', async () => {
    const { provider } = await upstream({
      [login]: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20))
        return Response.json({ access_token: 'fresh' })
      },
      [user]: () => Response.json(fullWireUser(1)),
    })
    const leaving = testCall()
    const left = provider.users.getMany([idOf(1)], leaving)
    const stays = provider.users.getMany([idOf(1)], testCall())
    leaving.abort()
    await expect(left).rejects.toMatchObject({ kind: 'aborted' })
    expect(await stays).toHaveLength(1)
  })
})

describe('a token near its end', () => {
  it('is renewed with the refresh token before it is refused', async () => {
    let refreshed: string | null = null
    const { provider, requests } = await upstream({
      [login]: () => Response.json({ access_token: tokenOf('old', 40), refresh_token: 'long-lived' }),
      [refresh]: ({ headers, body }) => {
        refreshed = headers.get('authorization')
        expect(body).toBeUndefined()
        return Response.json({ access_token: tokenOf('new', 1800) }, { status: 201 })
      },
      [user]: () => Response.json(fullWireUser(1)),
    })
    for (let round = 0; round < 3; round += 1) await provider.users.getMany([idOf(1)], testCall())
    expect(requests).toEqual([login, user, refresh, user, user])
    expect(refreshed).toBe('Bearer long-lived')
  })

  it('is used as it is while more than a minute is left', async () => {
    const { provider, requests } = await upstream({
      [login]: () => Response.json({ access_token: tokenOf('good', 70), refresh_token: 'long-lived' }),
      [user]: () => Response.json(fullWireUser(1)),
    })
    for (let round = 0; round < 2; round += 1) await provider.users.getMany([idOf(1)], testCall())
    expect(requests).toEqual([login, user, user])
  })
})

describe('a refused token', () => {
  it('is renewed once and the call replayed once', async () => {
    const { provider, requests } = await upstream({
      [refresh]: () => Response.json({ access_token: 'second' }, { status: 201 }),
      [user]: onlyFor(() => 'second'),
    })
    expect(await provider.users.getMany([idOf(1)], testCall())).toHaveLength(1)
    expect(requests).toEqual([login, user, refresh, user])
  })

  it('is renewed once for all calls that it was refused to', async () => {
    let current = 'opaque-access'
    const { provider, requests } = await upstream({
      [refresh]: () => Response.json({ access_token: current }, { status: 201 }),
      [user]: onlyFor(() => current),
      [`GET /users/${idOf(2)}`]: async (request) => {
        if (request.headers.get('authorization') !== `Bearer ${current}`) {
          // The refusal that arrives when the other call has long renewed the token.
          await new Promise((resolve) => setTimeout(resolve, 30))
        }
        return onlyFor(() => current)(request)
      },
    })
    await provider.users.getMany([idOf(1)], testCall())
    current = 'second'
    expect(await provider.users.getMany([idOf(1), idOf(2)], testCall())).toHaveLength(2)
    expect(requests.filter((request) => request === refresh)).toHaveLength(1)
  })

  it('leads to a login when the refresh token is dead too, and to no loop', async () => {
    const { provider, requests } = await upstream({ [refresh]: expired, [user]: expired })
    await expect(provider.users.getMany([idOf(1)], testCall())).rejects.toMatchObject({
      kind: 'credentials',
      providerCode: 'InvalidSession',
    })
    expect(requests).toEqual([login, user, refresh, login, user])
    expect(provider.health().status).toBe('down')
  })

  it('is no reason to log in while the upstream cannot answer a refresh', async () => {
    const { provider, requests } = await upstream(
      { [refresh]: () => new Response('oops', { status: 500 }), [user]: expired },
      { maxRetries: 0 },
    )
    await expect(provider.users.getMany([idOf(1)], testCall())).rejects.toMatchObject({ kind: 'unavailable' })
    expect(requests).toEqual([login, user, refresh])
  })
})

describe('the app', () => {
  it('is found by its client app id, once', async () => {
    const sandbox = await startSandbox()
    cleanups.push(() => sandbox.close())
    const connected = await connectToSandbox('app-services', sandbox.environment, { appId: 'orders-kqzte' })
    cleanups.push(() => connected.close())
    await connected.provider.check(testCall())
    await connected.provider.check(testCall())
    expect(sandbox.calls('app-services')).toEqual({
      'app-services POST /auth/providers/mongodb-cloud/login': 1,
      'app-services GET /groups/{groupId}/apps': 1,
      'app-services GET /groups/{groupId}/apps/{appId}/users': 2,
    })
  })

  it('that the key cannot see is no missing user', async () => {
    const sandbox = await startSandbox()
    cleanups.push(() => sandbox.close())
    for (const projectId of [sandbox.environment['APP_SERVICES_PROJECT_ID'], '6180e1f07d9b5a3e1c40aa99']) {
      const connected = await connectToSandbox('app-services', sandbox.environment, { appId: 'other-abcde', projectId })
      cleanups.push(() => connected.close())
      await expect(connected.provider.users.getMany([idOf(1)], testCall())).rejects.toMatchObject({ kind: 'forbidden' })
    }
  })
})
