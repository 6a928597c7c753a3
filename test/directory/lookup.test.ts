import { describe, expect, it } from 'vitest'
import type { User } from '../../src/identity/records.ts'
import { createTestGateway } from '../support/gateway.ts'
import { createInMemoryProvider, emptyDirectory, makeUser } from '../support/in-memory-provider.ts'

const email = (address: string, verified: boolean | null, primary = true) => ({
  nativeId: address,
  address,
  verified,
  primary,
})

/** Somebody at `here`, and somebody at `there`; answers who is said to be the same person as the one here. */
async function matchesOf(here: Partial<User>, there: Partial<User>): Promise<readonly string[]> {
  const providerOf = (name: string, values: Partial<User>) => {
    const directory = emptyDirectory()
    directory.users.set(`user of ${name}`, makeUser(name, `user of ${name}`, values))
    return createInMemoryProvider(name, directory)
  }
  const gateway = createTestGateway([providerOf('here', here), providerOf('there', there)])
  const { data, errors } = await gateway.query(
    '{ userByNativeId(provider: "here", nativeId: "user of here") { matches { users { nativeId } } } }',
  )
  expect(errors).toEqual([])
  return [...JSON.stringify(data).matchAll(/"nativeId":"([^"]+)"/g)].map((match) => match[1] ?? '')
}

const same = ['user of there']

describe('two accounts', () => {
  it('belong to one person when both have verified the same address, in whatever case', async () => {
    const verified = { emails: [email('ada@example.test', true)] }
    expect(await matchesOf(verified, { emails: [email('Ada@Example.test', true)] })).toEqual(same)
    expect(
      await matchesOf(verified, { emails: [email('x@y.test', true), email('ada@example.test', true, false)] }),
    ).toEqual(same)
  })

  it.each([
    ['here', false, true],
    ['there', true, false],
    ['either', false, false],
  ])('are not joined by an address that was not verified at %s', async (_, here, there) => {
    const accounts = [
      { emails: [email('ada@example.test', here)] },
      { emails: [email('ada@example.test', there)] },
    ] as const
    expect(await matchesOf(...accounts)).toEqual([])
  })

  it('are not joined by an address of which the provider does not say whether it was verified', async () => {
    expect(
      await matchesOf({ emails: [email('ada@example.test', true)] }, { emails: [email('ada@example.test', null)] }),
    ).toEqual([])
    expect(
      await matchesOf({ emails: [email('ada@example.test', null)] }, { emails: [email('ada@example.test', true)] }),
    ).toEqual([])
  })

  it('are not joined by an address that begins alike', async () => {
    const here = { emails: [email('ada@example.test', true)] }
    expect(await matchesOf(here, { emails: [email('ada@example.test.elsewhere', true)] })).toEqual([])
  })

  it('at one provider are not said to match each other, nor a user itself', async () => {
    const directory = emptyDirectory()
    for (const id of ['a', 'b'])
      directory.users.set(id, makeUser('here', id, { emails: [email('ada@example.test', true)] }))
    const { data } = await createTestGateway([createInMemoryProvider('here', directory)]).query(
      '{ userByNativeId(provider: "here", nativeId: "a") { matches { users { nativeId } unavailable { code } } } }',
    )
    expect(data).toEqual({ userByNativeId: { matches: { users: [], unavailable: [] } } })
  })
})
