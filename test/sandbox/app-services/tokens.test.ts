import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ordersApp, stagingApp } from '../../../src/sandbox/app-services/tenant.ts'
import { mintUserAccessToken } from '../../../src/sandbox/app-services/user-token.ts'
import {
  type AdminClient,
  allUsers,
  type Answer,
  emailOf,
  idOf,
  membersOf,
  minute,
  signIn,
  someUser,
  startAdminClient,
  textOf,
} from './admin-client.ts'

let client: AdminClient
beforeEach(async () => {
  client = await startAdminClient()
})
afterEach(() => client.close())

const verify = (token: unknown): Promise<Answer> => client.app('POST', '/users/verify_token', { body: { token } })

describe("verifying an end user's access token", () => {
  test('answers the claims of a minted token', async () => {
    const userId = idOf(await someUser(client, 'local-userpass'))
    const issuedAt = new Date(client.now() - minute)
    const sessionId = '685506a15b1e9a0c4d2f9a99'
    const answer = await verify(mintUserAccessToken({ userId, issuedAt, sessionId, customUserData: { team: 'north' } }))
    expect(answer.status).toBe(200)
    const iat = issuedAt.getTime() / 1000
    expect(answer.body).toEqual({
      sub: userId,
      iat,
      exp: iat + 1800,
      iss: sessionId,
      domain_id: ordersApp.domainId,
      device_id: '000000000000000000000000',
      custom_user_data: { team: 'north' },
    })
  })

  test('answers a bare text once it has expired', async () => {
    const userId = idOf(await someUser(client, 'local-userpass'))
    const token = mintUserAccessToken({ userId, issuedAt: new Date(client.now()) })
    client.advance(30 * minute - 1000)
    expect(membersOf(await verify(token))['sub']).toBe(userId)
    client.advance(1000)
    const answer = await verify(token)
    expect([answer.status, answer.text]).toEqual([200, '"token expired"'])
  })

  test('a token from signing in names the session and the device that the client told of', async () => {
    const user = await someUser(client, 'local-userpass')
    const session = await client.client('POST', `/app/${ordersApp.clientAppId}/auth/providers/local-userpass/login`, {
      body: {
        username: emailOf(user),
        password: 'correct-horse-9',
        options: { device: { platform: 'ios', platformVersion: '18.5', appVersion: '3.4.1' } },
      },
    })
    const claims = membersOf(await verify(textOf(session, 'access_token')))
    expect(claims).toMatchObject({ sub: idOf(user), device_id: textOf(session, 'device_id') })
    const devices = await client.app('GET', `/users/${idOf(user)}/devices`)
    expect(devices.body).toContainEqual({
      _id: claims['device_id'],
      platform: 'ios',
      platform_version: '18.5',
      client_app_version: '3.4.1',
    })
    const other = membersOf(await verify(textOf(await signIn(client, emailOf(user)), 'access_token')))
    expect(other['device_id']).toBe('000000000000000000000000')
    expect(other['iss']).not.toBe(claims['iss'])
  })

  test('a token carries the custom data of a user who has some', async () => {
    const users = await allUsers(client, 'provider_types=local-userpass&status=enabled')
    const full = await Promise.all(users.map((user) => client.app('GET', `/users/${idOf(user)}`)))
    const withData = full.map(membersOf).find((user) => user['custom_data'] !== undefined)
    const session = await signIn(client, emailOf(withData ?? {}))
    const claims = membersOf(await verify(textOf(session, 'access_token')))
    expect(claims['custom_user_data']).toEqual(withData?.['custom_data'])
  })

  test('a token of a deleted user stays good until it expires', async () => {
    const userId = idOf(await someUser(client, 'anon-user'))
    const token = mintUserAccessToken({ userId, issuedAt: new Date(client.now()) })
    await client.app('DELETE', `/users/${userId}`)
    expect(membersOf(await verify(token))['sub']).toBe(userId)
  })

  test("another app's token and an altered one are refused, without a code", async () => {
    const userId = idOf(await someUser(client, 'local-userpass'))
    const issuedAt = new Date(client.now())
    const [head, , signature] = mintUserAccessToken({ userId, issuedAt }).split('.')
    const [, body] = mintUserAccessToken({ userId: 'someone-else', issuedAt }).split('.')
    for (const token of [mintUserAccessToken({ userId, issuedAt, app: stagingApp }), `${head}.${body}.${signature}`]) {
      const answer = await verify(token)
      expect(answer.status).toBe(401)
      expect(answer.body).toMatchObject({ error: 'signature is invalid' })
      expect(answer.body).not.toHaveProperty('error_code')
    }
  })

  test('a refresh token is refused with the code that an expired administrator has', async () => {
    const session = await signIn(client, emailOf(await someUser(client, 'local-userpass')))
    const answer = await verify(textOf(session, 'refresh_token'))
    expect(answer.status).toBe(401)
    expect(answer.body).toMatchObject({ error: 'invalid session', error_code: 'InvalidSession' })
  })

  test('what is no token at all is a bad request', async () => {
    for (const token of ['', 'abc', 'a.b', 'a.b.c.d', undefined, 7]) expect((await verify(token)).status).toBe(400)
  })
})
