import type { Place } from '../../test/mutations/world.ts'

/** Every query, and every relation of somebody who has it, at one provider. */
export async function readEverything(place: Place): Promise<void> {
  const { kind } = place
  const user = await place.someone(
    ({ sessions, grants }) => (sessions?.nodes.length ?? 0) + (grants?.nodes.length ?? 0) > 0,
  )
  await place.ask(
    `query ($kind: String!) {
      provider(name: $kind) {
        totalUsers
        activeUsers
        users(first: 5) { totalCount nodes { devices { id } events(first: 5) { nodes { type } } } }
        groups(first: 100) { totalCount nodes { id members(first: 5) { totalCount } permissions(first: 5) { totalCount } } }
      }
      pendingUsers(provider: $kind) { nodes { email } }
    }`,
    { kind },
  )
  await place.ask('query ($email: String!) { usersByEmail(email: $email) { users { id matches { users { id } } } } }', {
    email: user.email ?? 'nobody@example.test',
  })
  for (const groupKind of await groupKinds(place)) {
    const { id } = await place.firstGroup(groupKind)
    await place.group(id)
  }
  await place.user(user.id)
  for (const { id } of await sessionsOf(place, user.id)) {
    await place.ask('query ($id: ID!) { session(id: $id) { status grants { nodes { id } } } }', { id })
  }
  for (const { id } of user.grants?.nodes ?? []) {
    await place.ask('query ($id: ID!) { grant(id: $id) { kind session { id } } }', { id })
  }
}

async function sessionsOf(place: Place, id: string): Promise<readonly { readonly id: string }[]> {
  return (await place.user(id))?.sessions?.nodes ?? []
}

async function groupKinds(place: Place): Promise<readonly string[]> {
  const data = await place.ask(
    'query ($kind: String!) { provider(name: $kind) { groups(first: 100) { nodes { kind } } } }',
    { kind: place.kind },
  )
  const { groups } = data['provider'] as unknown as { groups: { nodes: { kind: string }[] } | null } // as asked for
  return [...new Set(groups?.nodes.map(({ kind }) => kind))]
}
