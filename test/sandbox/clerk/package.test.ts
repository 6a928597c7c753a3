import { type ClerkClient, createClerkClient } from '@clerk/backend'
import { isClerkAPIResponseError } from '@clerk/backend/errors'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { totpCode } from '../../../src/sandbox/clerk/credentials.ts'
import { seededPassword, seededTotpSecret } from '../../../src/sandbox/clerk/seed/account.ts'
import { present } from '../../support/present.ts'
import { type ClerkTest, startClerk, startedAt } from './client.ts'

/** The vendor's package against the sandbox: what it parses and dereferences must be there (clerk.md 1.5, 9). */
let client: ClerkTest
let clerk: ClerkClient
beforeEach(async () => {
  client = await startClerk()
  clerk = createClerkClient({ secretKey: client.secretKey, apiUrl: client.baseUrl })
})
afterEach(() => client.close())

test('lists users with their total, in two requests', async () => {
  client.clearCalls()
  const { data, totalCount } = await clerk.users.getUserList({ limit: 500, orderBy: '+created_at' })
  expect(data).toHaveLength(totalCount)
  expect(data.map(({ id }) => id)).toEqual((await client.everybody()).map(({ id }) => id).toReversed())
  expect(client.calls()).toMatchObject({ 'clerk GET /users/count': 1 })
})

test('reads every part of everybody', async () => {
  const { data } = await clerk.users.getUserList({ limit: 500 })
  for (const user of data) {
    const wire = await client.user(user.id)
    expect(user.raw).toEqual(wire)
    expect(user.primaryEmailAddress?.id ?? null).toBe(wire.primary_email_address_id)
    expect(user.emailAddresses.map((email) => email.linkedTo.length)).toEqual(
      wire.email_addresses.map((email) => email.linked_to.length),
    )
    expect(user.externalAccounts.map((account) => account.externalAccountId ?? account.id)).toEqual(
      wire.external_accounts.map((account) => account.external_account_id ?? account.id),
    )
    expect(user.enterpriseAccounts).toHaveLength(wire.enterprise_accounts.length)
  }
})

test('walks with the cursor that its types do not know', async () => {
  const all = await client.everybody()
  const parameters = { limit: 3, starting_after: all[4]?.id }
  const { data } = await clerk.users.getUserList(parameters)
  expect(data.map(({ id }) => id)).toEqual(all.slice(5, 8).map(({ id }) => id))
})

test('creates, changes and deletes a user', async () => {
  const { id } = await clerk.users.createUser({
    emailAddress: ['new@example.test'],
    password: 'a passphrase',
    createdAt: new Date(startedAt - 1000),
    publicMetadata: { keyOfTheirs: { Deep: 1 } },
  })
  expect((await clerk.users.updateUser(id, { firstName: 'Ada', username: 'newcomer' })).firstName).toBe('Ada')
  const merged = await clerk.users.updateUserMetadata(id, { publicMetadata: { keyOfTheirs: { Deep: null, er: 2 } } })
  expect(merged.publicMetadata).toEqual({ keyOfTheirs: { er: 2 } })
  const replaced = await clerk.users.replaceUserMetadata(id, { privateMetadata: { a: 1 } })
  expect(replaced.privateMetadata).toEqual({ a: 1 })
  const file = new Blob(['png'], { type: 'image/png' })
  expect((await clerk.users.updateUserProfileImage(id, { file })).hasImage).toBe(true)
  expect((await clerk.users.deleteUserProfileImage(id)).hasImage).toBe(false)
  expect(await clerk.users.deleteUser(id)).toMatchObject({ id, object: 'user', deleted: true })
  expect(await clerk.users.getCount({ emailAddress: ['new@example.test'] })).toBe(0)
})

test('bans, locks, and changes passwords and factors', async () => {
  const { id } = await client.somebody((user) => user.totp_enabled && user.password_enabled && !user.banned)
  expect((await clerk.users.banUser(id)).banned).toBe(true)
  expect((await clerk.users.unbanUser(id)).banned).toBe(false)
  expect((await clerk.users.lockUser(id)).locked).toBe(true)
  expect((await clerk.users.unlockUser(id)).locked).toBe(false)
  expect(await clerk.users.verifyPassword({ userId: id, password: seededPassword })).toEqual({ verified: true })
  const code = totpCode(seededTotpSecret, startedAt)
  expect(await clerk.users.verifyTOTP({ userId: id, code })).toEqual({ verified: true, code_type: 'totp' })
  await clerk.users.setPasswordCompromised(id, { revokeAllSessions: true })
  await clerk.users.unsetPasswordCompromised(id)
  expect((await clerk.users.removePassword(id)).passwordEnabled).toBe(false)
  expect(await clerk.users.deleteUserTOTP(id)).toEqual({ user_id: id })
  expect(await clerk.users.deleteUserBackupCodes(id)).toEqual({ user_id: id })
  expect(await clerk.users.disableUserMFA(id)).toEqual({ user_id: id })
})

test('removes passkeys, wallets and external accounts', async () => {
  const passkeyed = await client.somebody((user) => user.passkeys.length > 0)
  const passkeyIdentificationId = present(passkeyed.passkeys[0]).id
  const passkey = await clerk.users.deleteUserPasskey({ userId: passkeyed.id, passkeyIdentificationId })
  expect(passkey).toMatchObject({ id: passkeyIdentificationId, deleted: true })

  const walleted = await client.somebody((user) => user.web3_wallets.length > 0)
  const web3WalletIdentificationId = present(walleted.web3_wallets[0]).id
  const wallet = await clerk.users.deleteUserWeb3Wallet({ userId: walleted.id, web3WalletIdentificationId })
  expect(wallet).toMatchObject({ id: web3WalletIdentificationId, deleted: true })

  const linked = await client.somebody((user) => user.external_accounts.length > 0)
  const account = present((await clerk.users.getUser(linked.id)).externalAccounts[0])
  const externalAccountId = account.externalAccountId ?? account.id
  const removed = await clerk.users.deleteUserExternalAccount({ userId: linked.id, externalAccountId })
  expect(removed).toMatchObject({ id: externalAccountId, deleted: true })
})

test('adds, changes and removes addresses and numbers', async () => {
  const { id: userId } = await client.somebody((user) => user.external_accounts.length === 0)
  const email = await clerk.emailAddresses.createEmailAddress({ userId, emailAddress: 'new@example.test' })
  expect(email.verification).toBeNull()
  const verified = await clerk.emailAddresses.updateEmailAddress(email.id, { verified: true, primary: true })
  expect(verified.verification?.status).toBe('verified')
  expect((await clerk.emailAddresses.getEmailAddress(email.id)).emailAddress).toBe('new@example.test')
  expect(await clerk.emailAddresses.deleteEmailAddress(email.id)).toMatchObject({ id: email.id, deleted: true })
  const replaced = await clerk.users.replaceUserEmailAddress(userId, { emailAddress: 'other@example.test' })
  expect((await clerk.users.getUser(userId)).primaryEmailAddress?.id).toBe(replaced.id)

  const phone = await clerk.phoneNumbers.createPhoneNumber({ userId, phoneNumber: '+351910000001', verified: true })
  const factor = await clerk.phoneNumbers.updatePhoneNumber(phone.id, { reservedForSecondFactor: true })
  expect(factor.reservedForSecondFactor).toBe(true)
  expect(await clerk.phoneNumbers.deletePhoneNumber(phone.id)).toMatchObject({ id: phone.id, deleted: true })
})

test('lists, reads and revokes sessions, and asks for tokens', async () => {
  const { id: userId } = await client.somebody((user) => !user.banned)
  const { id } = await clerk.sessions.createSession({ userId })
  expect((await clerk.sessions.getToken(id)).jwt.split('.')).toHaveLength(3)
  const { data, totalCount } = await clerk.sessions.getSessionList({ userId, status: 'active', limit: 100 })
  expect(data).toHaveLength(totalCount)
  expect(data[0]?.id).toBe(id)
  expect((await clerk.sessions.revokeSession(id)).status).toBe('revoked')
  expect((await clerk.sessions.getSession(id)).status).toBe('revoked')
})

test('reads the tokens of external accounts, by either name of the service', async () => {
  const { id } = await client.somebody(({ external_accounts: accounts }) =>
    accounts.some(({ provider }) => provider === 'oauth_google'),
  )
  const { data } = await clerk.users.getUserOauthAccessToken(id, 'google')
  expect(data[0]).toMatchObject({ provider: 'oauth_google', expiresAt: startedAt + 3_600_000 })
  expect(data[0]?.externalAccountId).toMatch(/^eac_/)
})

test('lists, reads and revokes API keys, which it calls without the version', async () => {
  for (const { id: subject } of await client.everybody()) {
    const { data } = await clerk.apiKeys.list({ subject })
    const key = data[0]
    if (!key) continue
    expect((await clerk.apiKeys.get(key.id)).name).toBe(key.name)
    expect(await clerk.apiKeys.revoke({ apiKeyId: key.id })).toMatchObject({ id: key.id, revoked: true })
    return
  }
  throw new Error('nobody has a key')
})

test('runs organizations and their members', async () => {
  const { id: createdBy } = await client.somebody(() => true)
  const { id: userId } = await clerk.users.createUser({ username: 'newcomer' })
  const { id: organizationId, slug } = await clerk.organizations.createOrganization({ name: 'Neue Küche', createdBy })
  expect((await clerk.organizations.getOrganization({ slug, includeMembersCount: true })).membersCount).toBe(1)
  await clerk.organizations.updateOrganization(organizationId, { name: 'Alte Küche' })
  await clerk.organizations.updateOrganizationMetadata(organizationId, { publicMetadata: { a: 1 } })
  await clerk.organizations.replaceOrganizationMetadata(organizationId, { privateMetadata: { b: 1 } })
  expect(await clerk.organizations.getOrganization({ organizationId })).toMatchObject({
    name: 'Alte Küche',
    publicMetadata: { a: 1 },
    privateMetadata: { b: 1 },
  })
  const { data } = await clerk.organizations.getOrganizationList({ limit: 500 })
  expect(data[0]?.id).toBe(organizationId)

  const member = { organizationId, userId }
  await clerk.organizations.createOrganizationMembership({ ...member, role: 'org:member' })
  const promoted = await clerk.organizations.updateOrganizationMembership({ ...member, role: 'org:admin' })
  expect(promoted.permissions).toContain('org:sys_profile:delete')
  const members = await clerk.organizations.getOrganizationMembershipList({ organizationId, role: ['org:admin'] })
  expect(members.totalCount).toBe(2)
  expect(members.data[0]?.publicUserData?.identifier).toBe('newcomer')
  expect((await clerk.users.getOrganizationMembershipList({ userId })).data[0]?.organization.id).toBe(organizationId)
  expect((await clerk.organizations.deleteOrganizationMembership(member)).id).toBe(promoted.id)
  expect(await clerk.organizations.deleteOrganization(organizationId)).toMatchObject({ deleted: true, slug })
})

test("reads everybody's invitations", async () => {
  const everybody = await client.everybody()
  const lists = await Promise.all(
    everybody.map(({ id: userId }) => clerk.users.getOrganizationInvitationList({ userId, status: 'pending' })),
  )
  expect(lists.flatMap(({ data }) => data).every(({ status }) => status === 'pending')).toBe(true)
  expect(lists.some(({ totalCount }) => totalCount > 0)).toBe(true)
})

test('reads the key set', async () => {
  const { keys } = await clerk.jwks.getJwks()
  expect(keys).toMatchObject([{ alg: 'RS256', use: 'sig', kty: 'RSA', kid: expect.stringMatching(/^ins_\w{27}$/) }])
})

describe('an error', () => {
  const errorOf = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => null,
      (error: unknown) => (isClerkAPIResponseError(error) ? error : null),
    )

  test('keeps its code, parameter, status and trace', async () => {
    expect(await errorOf(clerk.users.createUser({ emailAddress: ['none'] }))).toMatchObject({
      status: 422,
      clerkTraceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      errors: [{ code: 'form_param_format_invalid', meta: { paramName: 'email_address' } }],
    })
    expect(await errorOf(clerk.users.getUser('user_unknown'))).toMatchObject({
      status: 404,
      errors: [{ code: 'resource_not_found' }],
    })
  })

  test('of a wrong key is that of the key', async () => {
    const other = createClerkClient({ secretKey: 'sk_test_other', apiUrl: client.baseUrl })
    expect(await errorOf(other.users.getCount())).toMatchObject({
      status: 401,
      errors: [{ code: 'clerk_key_invalid' }],
    })
  })

  test('of too many writes says when to come back', async () => {
    const { id } = await client.somebody(() => true)
    for (let count = 0; count < 10; count += 1) await clerk.users.updateUser(id, { firstName: 'Ada' })
    expect(await errorOf(clerk.users.updateUser(id, { firstName: 'Ada' }))).toMatchObject({
      status: 429,
      retryAfter: 10,
      errors: [{ code: 'too_many_requests' }],
    })
  })
})
