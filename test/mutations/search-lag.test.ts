import { expect, test } from 'vitest'
import { createTestGateway } from '../support/gateway.ts'
import { connectAll } from '../support/sandbox.ts'

test("a user created at Auth0 is there by id and by email before the tenant's search knows of it", async () => {
  let later = 0
  const connected = await connectAll({ users: 20, now: () => Date.now() + later, searchLagMs: 60_000 })
  try {
    const gateway = createTestGateway(connected.providers)
    const address = 'late.arrival@example.test'
    const created = await gateway.query(
      `mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id email } errors { code } } }`,
      {
        input: {
          provider: 'auth0',
          email: address,
          password: 'Correct-horse-9-battery',
          connection: 'Username-Password-Authentication',
        },
      },
    )
    expect(created.data).toEqual({ createUser: { user: { id: expect.any(String), email: address }, errors: [] } })
    const { createUser } = created.data as unknown as { createUser: { user: { id: string } } } // as just seen
    const { id } = createUser.user

    const look = `query ($id: ID!, $address: String!) {
      node(id: $id) { id }
      usersByEmail(email: $address) { users { id } }
      users(providers: ["auth0"], filter: { search: "late.arrival" }) { nodes { id } }
    }`
    expect((await gateway.query(look, { id, address })).data).toEqual({
      node: { id },
      usersByEmail: { users: [{ id }] },
      users: { nodes: [] },
    })
    later = 60_000
    expect((await gateway.query(look, { id, address })).data).toEqual({
      node: { id },
      usersByEmail: { users: [{ id }] },
      users: { nodes: [{ id }] },
    })
  } finally {
    await connected.close()
  }
})
