import { afterAll, beforeAll, expect, test } from 'vitest'
import { testApiKey } from '../support/gateway.ts'
import { madeUpSubject } from './row.ts'
import { madeUpId, mutationDocument, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

const at = madeUpSubject('clerk')
const elsewhere = madeUpSubject('auth0')
const { id } = at
const anotherUser = 'another user'
const long = (length: number): string => 'x'.repeat(length)
const bigMetadata = { text: long(64 * 1024) }
const permission = { name: 'read:reports', api: 'urn:reports' }
const groupAtClerk = madeUpId('Group', 'clerk', 'org_1')

/** What is refused, of which mutation, at which field. */
const refused: readonly [what: string, mutation: string, input: object, path: readonly string[]][] = [
  ['an id that is none', 'lockUser', { id: 'x' }, ['id']],
  ['an id of another type', 'lockUser', { id: groupAtClerk }, ['id']],
  ['an id of a provider that there is none', 'lockUser', { id: madeUpId('User', 'gone', 'u') }, ['id']],
  ['a provider that there is none', 'createUser', { provider: 'gone', email: 'a@b.c' }, ['provider']],

  ['an email without a host', 'createUser', { provider: 'clerk', email: 'ada' }, ['email']],
  ['an email with a blank', 'addEmail', { id, address: 'a da@example.test' }, ['address']],
  ['an email that is too long', 'changeEmail', { id, address: `${long(320)}@example.test` }, ['address']],
  ['an email of no registration', 'confirmPendingUser', { provider: 'app-services', email: 'x' }, ['email']],
  ['a number without a country', 'addPhone', { id, number: '020 7946 0000' }, ['number']],
  ['a number that is too long', 'createUser', { provider: 'clerk', phoneNumber: '+1234567890123456' }, ['phoneNumber']],

  ['a name that is too long', 'updateUser', { id, givenName: long(301) }, ['givenName']],
  ['a blank name', 'updateUser', { id, familyName: '  ' }, ['familyName']],
  ['a blank user name', 'setUsername', { id, username: '' }, ['username']],
  ['a picture that is no URL', 'updateUser', { id, pictureUrl: 'me.png' }, ['pictureUrl']],
  ['a picture that is a script', 'createUser', { provider: 'clerk', pictureUrl: 'javascript:1' }, ['pictureUrl']],
  ['a birthday that is none', 'updateUser', { id, birthdate: '2000-13-01' }, ['birthdate']],
  ['an address claim that is a list', 'updateUser', { id, address: [] }, ['address']],
  ['a change of nothing', 'updateUser', { id }, []],
  ['a change of nothing of a group', 'updateGroup', { id: groupAtClerk }, []],
  ['a change of no metadata', 'updateMetadata', { id }, []],

  ['metadata that is a list', 'updateMetadata', { id, publicMetadata: [1] }, ['publicMetadata']],
  ['metadata that is a text', 'createUser', { provider: 'clerk', privateMetadata: 'x' }, ['privateMetadata']],
  ['metadata that is too large', 'updateMetadata', { id, privateMetadata: bigMetadata }, ['privateMetadata']],
  ['metadata of a group that is a number', 'updateGroup', { id: groupAtClerk, publicMetadata: 1 }, ['publicMetadata']],

  ['an empty password', 'setPassword', { id, password: '' }, ['password']],
  ['a password that is too long', 'verifyPassword', { id, password: long(1025) }, ['password']],
  ['an empty old password', 'changePassword', { id, oldPassword: '', newPassword: 'x' }, ['oldPassword']],
  ['neither a password nor a hash', 'setPassword', { id }, ['password']],
  [
    'a password and a hash',
    'setPassword',
    { id, password: 'x', passwordHash: { algorithm: 'bcrypt', digest: 'y' } },
    ['passwordHash'],
  ],
  [
    'a password and a hash of a new user',
    'createUser',
    { provider: 'clerk', password: 'x', passwordHash: { algorithm: 'bcrypt', digest: 'y' } },
    ['passwordHash'],
  ],
  [
    'a blank hash',
    'setPassword',
    { id, passwordHash: { algorithm: 'bcrypt', digest: '' } },
    ['passwordHash', 'digest'],
  ],
  ['a blank code', 'verifyTotp', { id, code: ' ' }, ['code']],
  ['a token that is too long', 'verifyToken', { provider: 'clerk', token: long(16_385) }, ['token']],

  ['a redirect without TLS', 'createPasswordResetLink', { id, redirectUrl: 'http://app.test/' }, ['redirectUrl']],
  [
    'a redirect with a name in it',
    'sendEmailVerification',
    { id, redirectUrl: 'https://me@app.test/' },
    ['redirectUrl'],
  ],
  ['a link that dies at once', 'createPasswordResetLink', { id, expiresInSeconds: 59 }, ['expiresInSeconds']],
  ['a link that lives too long', 'sendEmailVerification', { id, expiresInSeconds: 2_592_001 }, ['expiresInSeconds']],
  ['an IP address that is a word', 'unblockIp', { id, address: 'all' }, ['address']],

  ['no permissions', 'grantUserPermissions', { id, permissions: [] }, ['permissions']],
  [
    '51 permissions',
    'revokeGroupPermissions',
    { id: groupAtClerk, permissions: Array.from({ length: 51 }, () => permission) },
    ['permissions'],
  ],
  [
    'a permission without a name',
    'revokeUserPermissions',
    { id, permissions: [permission, { ...permission, name: '' }] },
    ['permissions', '1', 'name'],
  ],
  ['a blank role', 'addGroupMember', { groupId: groupAtClerk, userId: id, roles: [''] }, ['roles']],
  ['a blank application', 'revokeGrants', { userId: id, clientId: ' ' }, ['clientId']],

  [
    'an email of another user',
    'removeEmail',
    { id, emailId: madeUpId('EmailAddress', 'clerk', anotherUser, 'e') },
    ['emailId'],
  ],
  ['an email at another provider', 'setPrimaryEmail', { id, emailId: elsewhere.emailId }, ['emailId']],
  ['a number for an email', 'setEmailVerified', { id, emailId: at.phoneId, verified: true }, ['emailId']],
  [
    'a number of another user',
    'removePhone',
    { id, phoneId: madeUpId('PhoneNumber', 'clerk', anotherUser, 'p') },
    ['phoneId'],
  ],
  [
    'an identity of another user',
    'unlinkIdentity',
    { id, identityId: madeUpId('LinkedIdentity', 'clerk', anotherUser, 'i') },
    ['identityId'],
  ],
  [
    'an authenticator of another user',
    'removeAuthenticator',
    { id, authenticatorId: madeUpId('Authenticator', 'clerk', anotherUser, 'a') },
    ['authenticatorId'],
  ],
  ['linking a user to itself', 'linkIdentity', { id, secondaryUserId: id }, ['secondaryUserId']],
  ['linking across providers', 'linkIdentity', { id, secondaryUserId: elsewhere.id }, ['secondaryUserId']],
  ['a member at another provider', 'addGroupMember', { groupId: groupAtClerk, userId: elsewhere.id }, ['userId']],
  ['a group that is a user', 'removeGroupMember', { groupId: id, userId: id }, ['groupId']],
  ['a group of no kind, where there are several', 'createGroup', { provider: 'auth0', name: 'x' }, ['kind']],
  ['a group without a name', 'updateGroup', { id: groupAtClerk, name: null }, ['name']],
  [
    'a grant of a kind that there is none',
    'revokeGrant',
    { id: madeUpId('Grant', 'clerk', 'g', 'wish', 'u', null, null) },
    ['id'],
  ],
]

test.for(refused)('%s is refused, without a call: %s', async ([, mutation, input, path]) => {
  world.connected.sandbox.clearCalls()
  const payload = await world.at('clerk').mutate(mutation, { ...input })
  expect(payload.errors).toMatchObject([
    { code: 'BAD_USER_INPUT', outcome: 'NOT_APPLIED', applied: null, path: ['input', ...path] },
  ])
  expect(world.connected.sandbox.calls()).toEqual({})
})

test('metadata nested deeper than anybody can follow is refused like any other that is too large', async () => {
  const depth = 50_000
  const input = `{"id":${JSON.stringify(id)},"publicMetadata":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`
  const response = await world.gateway.fetch(
    new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': testApiKey },
      body: `{"query":${JSON.stringify(mutationDocument('updateMetadata'))},"variables":{"input":${input}}}`,
    }),
  )
  expect(await response.json()).toMatchObject({
    data: { updateMetadata: { errors: [{ code: 'BAD_USER_INPUT', path: ['input', 'publicMetadata'] }] } },
  })
})

test('every wrong field of an input is named', async () => {
  const payload = await world.at('clerk').mutate('createUser', {
    provider: 'clerk',
    email: 'x',
    phoneNumber: 'y',
    pictureUrl: 'z',
    publicMetadata: 1,
  })
  expect(payload.errors.map(({ path }) => path?.at(-1))).toEqual([
    'email',
    'phoneNumber',
    'pictureUrl',
    'publicMetadata',
  ])
})

test('what is wrong is said without the value', async () => {
  const secret = long(1025).replaceAll('x', 'secret')
  const { errors } = await world.at('clerk').mutate('changePassword', { id, oldPassword: secret, newPassword: secret })
  expect(errors).toHaveLength(2)
  expect(JSON.stringify(errors)).not.toContain('secret')
})

test('the longest password, and 64 kB of metadata, are not refused', async () => {
  const text = long(64 * 1024 - JSON.stringify({ text: '' }).length)
  const metadata = await world.at('app-services').mutate('updateMetadata', {
    id: madeUpSubject('app-services').id,
    publicMetadata: { text },
  })
  const password = await world.at('app-services').mutate('setPassword', {
    id: madeUpSubject('app-services').id,
    password: long(1024),
  })
  expect([...metadata.errors, ...password.errors].map(({ code }) => code)).toEqual(['UNSUPPORTED', 'UNSUPPORTED'])
})

test('a mistake that an adapter finds is named by the same path', async () => {
  const payload = await world.at('auth0').mutate('createUser', { provider: 'auth0', email: 'a@example.test' })
  expect(payload.errors).toMatchObject([{ code: 'BAD_USER_INPUT', path: ['input', 'connection'] }])
})

test('a group of a kind that the provider does not have is UNSUPPORTED', async () => {
  const payload = await world.at('clerk').mutate('createGroup', { provider: 'clerk', kind: 'ROLE', name: 'x' })
  expect(payload.errors).toMatchObject([{ code: 'UNSUPPORTED', path: ['input', 'kind'] }])
})
