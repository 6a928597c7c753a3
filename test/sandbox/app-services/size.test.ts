import { describe, expect, test } from 'vitest'
import { appServices } from '../../../src/sandbox/app-services/index.ts'
import { ordersApp, ownerKey } from '../../../src/sandbox/app-services/tenant.ts'
import { makePeople } from '../../../src/sandbox/people.ts'

describe('a hundred thousand people', () => {
  test('are there within seconds, and read as quickly as few', async () => {
    const people = makePeople(100_000)
    const begin = performance.now()
    const vendor = appServices.create(
      { people, now: () => Date.UTC(2026, 6, 1) },
      { before: () => Promise.resolve(null) },
    )
    const base = 'http://sandbox.test/api/admin/v3.0'
    const login = await vendor.fetch(
      new Request(`${base}/auth/providers/mongodb-cloud/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: ownerKey.publicKey, apiKey: ownerKey.privateKey }),
      }),
    )
    const { access_token: token } = (await login.json()) as { access_token: string } // a login's answer
    const read = async (path: string): Promise<unknown> => {
      const url = `${base}/groups/${ordersApp.projectId}/apps/${ordersApp.id}${path}`
      return (await vendor.fetch(new Request(url, { headers: { authorization: `Bearer ${token}` } }))).json()
    }
    expect(await read('/users_count')).toBeGreaterThan(89_000)
    for (const query of ['', '?desc=true', '?status=disabled', '?provider_types=custom-function']) {
      expect(await read(`/users${query}`)).toHaveLength(50)
    }
    // About two hundred milliseconds here; much more means that something is made for everybody that only some need.
    expect(performance.now() - begin).toBeLessThan(3000)
  })
})
