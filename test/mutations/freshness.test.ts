import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { isPlain } from './rows-accounts.ts'
import { startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.reset())
afterAll(() => world.close())

test('what is read after a mutation is as it is then, also when it was read before it in the same operation', async () => {
  const place = world.at('auth0')
  const { id } = await place.someone((user) => isPlain(user, place))
  const created = await place.prepare('createGroup', { provider: 'auth0', kind: 'ROLE', name: 'fresh' })
  const { id: groupId } = created['group'] as { id: string }
  const read =
    'user { groups(first: 50, kinds: [ROLE]) { nodes { id } } } group { members { nodes { id } } } errors { code }'
  const data = (await place.ask(
    `mutation ($input: AddGroupMemberInput!, $leave: RemoveGroupMemberInput!) {
      joined: addGroupMember(input: $input) { ${read} }
      left: removeGroupMember(input: $leave) { ${read} }
    }`,
    { input: { groupId, userId: id }, leave: { groupId, userId: id } },
  )) as unknown as Record<
    'joined' | 'left',
    { user: { groups: { nodes: { id: string }[] } }; group: { members: { nodes: { id: string }[] } } }
  >
  expect(data.joined.user.groups.nodes).toContainEqual({ id: groupId })
  expect(data.joined.group.members.nodes).toEqual([{ id }])
  expect(data.left.user.groups.nodes).not.toContainEqual({ id: groupId })
  expect(data.left.group.members.nodes).toEqual([])
})

test('a user that the provider answered with is not read again, and one that it did not is read once', async () => {
  const place = world.at('clerk')
  const { id } = await place.someone((user) => isPlain(user, place) && user.emails.length === 1)
  place.clearCalls()
  await place.mutate('lockUser', { id }, 'user { status email authenticators { id } }')
  expect(place.calls()).toEqual({ 'POST /users/{user_id}/lock': 1 })
  place.clearCalls()
  await place.mutate('addEmail', { id, address: 'new@example.test' }, 'user { status email authenticators { id } }')
  expect(place.calls()).toEqual({ 'POST /email_addresses': 1, 'GET /users/{user_id}': 1 })
})

test('a record that nobody selects is not read', async () => {
  const place = world.at('clerk')
  const { id } = await place.someone((user) => isPlain(user, place) && user.emails.length === 1)
  place.clearCalls()
  await place.mutate('addEmail', { id, address: 'new@example.test' }, '__typename')
  expect(place.calls()).toEqual({ 'POST /email_addresses': 1 })
})

test('a registration is looked for only when its id is asked for, in whatever fragment', async () => {
  const place = world.at('app-services')
  const byEmail = 'DELETE /user_registrations/by_email/{email}'
  const list = 'GET /user_registrations/pending_users'
  const input = { provider: 'app-services', email: 'nobody.at.all@example.test' }
  await place.ask('{ provider(name: "app-services") { totalUsers } }')
  place.clearCalls()
  await place.mutate('deletePendingUser', input, '__typename')
  expect(place.calls()).toEqual({ [byEmail]: 1 })
  place.clearCalls()
  const answer = await world.gateway.query(
    `mutation ($input: PendingUserInput!) { deletePendingUser(input: $input) { ...a ...a } }
    fragment a on DeletePayload { ... { ...b } }
    fragment b on DeletePayload { gone: deletedId errors { code } }`,
    { input },
  )
  expect(answer.data).toEqual({ deletePendingUser: { gone: null, errors: [{ code: 'NOT_FOUND' }] } })
  expect(place.calls()).toEqual({ [list]: 1, [byEmail]: 1 })
})

test('a field that is null removes, and one that is left out is unchanged', async () => {
  const place = world.at('monocloud')
  const { id } = await place.someone()
  const selection = 'user { nickname familyName }'
  await place.mutate('updateUser', { id, nickname: 'Z', familyName: 'Zed' }, selection)
  const { user } = await place.mutate('updateUser', { id, nickname: null }, selection)
  expect(user).toEqual({ nickname: null, familyName: 'Zed' })
})
