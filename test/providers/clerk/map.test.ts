import { describe, expect, it } from 'vitest'
import { toApiKeyGrant, toGroup, toOauthGrant, toSession } from '../../../src/providers/clerk/map.ts'
import { factsOf, toMemberUser, toUser } from '../../../src/providers/clerk/map-user.ts'
import {
  apiKeyWire,
  oauthTokenWire,
  organizationWire,
  publicUserDataWire,
  sessionWire,
  userWire,
} from '../../../src/providers/clerk/wire.ts'

const now = Date.UTC(2026, 0, 1)

const userOf = (fields: Readonly<Record<string, unknown>>) =>
  toUser('clerk', userWire({ id: 'user_1', ...fields }), now)

const memberOf = (data: Readonly<Record<string, unknown>>) => {
  const wire = publicUserDataWire({ user_id: 'user_1', ...data })
  return toMemberUser('clerk', wire)
}

const sessionOf = (fields: Readonly<Record<string, unknown>>) =>
  toSession('clerk', sessionWire({ id: 'sess_1', user_id: 'user_1', ...fields }))

const expiryOf = (expires_at: unknown) =>
  toOauthGrant('clerk', 'user_1', oauthTokenWire({ external_account_id: 'eac_1', expires_at })).expiresAt

const scopesOf = (fields: object) =>
  toApiKeyGrant('clerk', apiKeyWire({ id: 'ak_1', subject: 'user_1', ...fields })).scopes

describe('a user', () => {
  it('is complete with nothing but an id, and claims nothing that was not said', () => {
    const user = userOf({})
    expect(user).toMatchObject({
      nativeId: 'user_1',
      missing: [],
      name: null,
      email: null,
      emailVerified: null,
      emails: [],
      phoneNumbers: [],
      identities: [],
      status: 'unknown',
      lockedUntil: null,
      createdAt: null,
      hasPassword: null,
      mfaEnabled: null,
      publicMetadata: null,
    })
    expect(Object.values(user)).not.toContain(undefined)
  })

  it('is the same with every optional member null', () => {
    const nulls = Object.fromEntries(Object.keys(userWire({ id: 'user_1' })).map((key) => [key, null]))
    expect(userOf({ ...nulls, id: 'user_1' })).toEqual(userOf({}))
  })

  it('passes over members that nobody has heard of', () => {
    expect(userOf({ invented_tomorrow: { deep: [1] } })).toEqual(userOf({}))
  })

  it('has times in milliseconds, and a 0 is no time', () => {
    const user = userOf({ created_at: 1_763_020_233_471, last_sign_in_at: 0, updated_at: 1 })
    expect(user.createdAt).toEqual(new Date(1_763_020_233_471))
    expect(user.lastSignInAt).toBeNull()
    expect(user.updatedAt).toEqual(new Date(1))
  })

  it.each([
    [{ banned: false, locked: false }, 'active', 'active'],
    [{ banned: true, locked: false }, 'disabled', 'banned'],
    [{ banned: false, locked: true }, 'locked', 'locked'],
    [{ banned: true, locked: true }, 'disabled', 'banned locked'],
    [{ deprovisioned: true, banned: false, locked: false }, 'disabled', 'deprovisioned'],
    [{ banned: false }, 'active', 'active'],
  ])('%j is %s, with the words %s', (flags, status, rawStatus) => {
    expect(userOf(flags)).toMatchObject({ status, rawStatus })
  })

  it('is locked until so many seconds after the answer came, and only when it is locked', () => {
    expect(userOf({ locked: true, lockout_expires_in_seconds: 90 }).lockedUntil).toEqual(new Date(now + 90_000))
    expect(userOf({ locked: true, lockout_expires_in_seconds: null }).lockedUntil).toBeNull()
    expect(userOf({ locked: true, lockout_expires_in_seconds: 1e15 }).lockedUntil).toBeNull()
    expect(expiryOf(1e300)).toBeNull()
    expect(userOf({ locked: false, lockout_expires_in_seconds: 90 }).lockedUntil).toBeNull()
  })

  it('takes the primary address by its id, not by its place', () => {
    const user = userOf({
      primary_email_address_id: 'idn_b',
      email_addresses: [
        { id: 'idn_a', email_address: 'first@example.test', verification: { status: 'verified' } },
        { id: 'idn_b', email_address: 'second@example.test', verification: null },
      ],
    })
    expect(user.email).toBe('second@example.test')
    expect(user.emailVerified).toBe(false)
    expect(user.emails).toEqual([
      { nativeId: 'idn_a', address: 'first@example.test', verified: true, primary: false },
      { nativeId: 'idn_b', address: 'second@example.test', verified: false, primary: true },
    ])
  })

  it.each(['unverified', 'failed', 'expired', 'transferable', 'a word of next year'])(
    'has not verified an address whose verification is %s',
    (status) => {
      const user = userOf({
        email_addresses: [{ id: 'idn_a', email_address: 'a@example.test', verification: { status } }],
      })
      expect(user.emails[0]?.verified).toBe(false)
    },
  )

  it('has no primary address when none is named so', () => {
    const user = userOf({ email_addresses: [{ id: 'idn_a', email_address: 'a@example.test' }] })
    expect(user.email).toBeNull()
    expect(user.emailVerified).toBeNull()
  })

  it('has a name made of what there is', () => {
    expect(userOf({ first_name: 'Ada', last_name: 'Lovelace' }).name).toBe('Ada Lovelace')
    expect(userOf({ first_name: '', last_name: 'Lovelace' }).name).toBe('Lovelace')
    expect(userOf({ first_name: 'Ada', last_name: null }).name).toBe('Ada')
    expect(userOf({ first_name: '', last_name: '' }).name).toBeNull()
  })

  it("knows Google's account by its own id, and every other by the usual one", () => {
    const user = userOf({
      external_accounts: [
        { id: 'idn_1', external_account_id: 'eac_1', provider: 'oauth_google', provider_user_id: '10' },
        { id: 'eac_2', provider: 'oauth_github', provider_user_id: '20', email_address: '', first_name: 'Ada' },
      ],
      web3_wallets: [{ id: 'idn_3', web3_wallet: '0xabc' }],
    })
    expect(user.identities.map(({ nativeId, service, externalUserId }) => [nativeId, service, externalUserId])).toEqual(
      [
        ['eac_1', 'oauth_google', '10'],
        ['eac_2', 'oauth_github', '20'],
        ['idn_3', 'web3_wallet', '0xabc'],
      ],
    )
    expect(factsOf(user).externalAccounts).toEqual([
      { id: 'eac_1', provider: 'oauth_google' },
      { id: 'eac_2', provider: 'oauth_github' },
    ])
  })

  it('shows a SAML account once, though it stands in two lists', () => {
    const account = { provider: 'saml_okta', provider_user_id: null, email_address: 'ada@corp.test' }
    const user = userOf({
      enterprise_accounts: [{ ...account, id: 'ent_1' }],
      saml_accounts: [
        { ...account, id: 'samlacc_1' },
        { ...account, id: 'samlacc_2', email_address: 'other@corp.test' },
      ],
    })
    expect(user.identities.map((identity) => identity.nativeId)).toEqual(['ent_1', 'samlacc_2'])
  })

  it('proves who it is by password, passkeys, TOTP, second-factor phones and backup codes', () => {
    const user = userOf({
      password_enabled: true,
      totp_enabled: true,
      backup_code_enabled: true,
      passkeys: [{ id: 'idn_p', name: 'Laptop', last_used_at: 1_763_625_600_000 }],
      phone_numbers: [
        { id: 'idn_1', phone_number: '+441', reserved_for_second_factor: true },
        { id: 'idn_2', phone_number: '+442', reserved_for_second_factor: false },
        { id: 'idn_3', phone_number: '+443' },
      ],
    })
    const authenticators = factsOf(user).authenticators
    expect(authenticators.map(({ nativeId, kind, rawKind }) => [nativeId, kind, rawKind])).toEqual([
      ['password', 'password', 'password'],
      ['idn_p', 'passkey', 'passkey'],
      ['totp', 'totp', 'totp'],
      ['phone_code:idn_1', 'sms', 'phone_code'],
      ['backup_code', 'recoveryCode', 'backup_code'],
    ])
    expect(authenticators[1]?.lastUsedAt).toEqual(new Date(1_763_625_600_000))
    expect(factsOf(userOf({ password_enabled: false, totp_enabled: null })).authenticators).toEqual([])
  })
})

describe('a member', () => {
  it('says which fields it lacks, and none that Clerk never has', () => {
    const { missing } = memberOf({ first_name: 'Ada', username: null })
    expect(missing).toEqual(expect.arrayContaining(['email', 'emails', 'status', 'rawStatus', 'native', 'createdAt']))
    for (const field of ['username', 'name', 'givenName', 'pictureUrl', 'nickname', 'gender', 'signInCount']) {
      expect(missing).not.toContain(field)
    }
  })

  it('lacks the username where Clerk left it out', () => {
    expect(memberOf({}).missing).toContain('username')
    expect(memberOf({ username: 'ada' })).toMatchObject({ username: 'ada' })
  })
})

describe('an organization', () => {
  it('lacks the number of members where it was not counted, and 0 is a number', () => {
    const wire = { id: 'org_1', name: 'Harbour' }
    expect(toGroup('clerk', organizationWire(wire))).toMatchObject({
      missing: ['memberCount'],
      memberCount: null,
    })
    expect(toGroup('clerk', organizationWire({ ...wire, members_count: 0 }))).toMatchObject({
      missing: [],
      memberCount: 0,
      slug: null,
      kind: 'organization',
    })
  })
})

describe('a session', () => {
  it.each([
    ['active', 'active'],
    ['pending', 'active'],
    ['expired', 'expired'],
    ['abandoned', 'expired'],
    ['revoked', 'revoked'],
    ['ended', 'ended'],
    ['removed', 'ended'],
    ['replaced', 'ended'],
    ['teleported', 'unknown'],
  ])('%s is %s', (rawStatus, status) => {
    expect(sessionOf({ status: rawStatus })).toMatchObject({ status, rawStatus })
  })

  it('does without activity, client and status', () => {
    expect(sessionOf({ latest_activity: null })).toMatchObject({
      status: 'unknown',
      rawStatus: '',
      clientIds: [],
      ipAddress: null,
      userAgent: null,
    })
  })

  it('names the browser by the pieces there are', () => {
    expect(sessionOf({ latest_activity: { browser_name: 'Firefox', browser_version: '145.0' } }).userAgent).toBe(
      'Firefox 145.0',
    )
  })
})

describe('a grant', () => {
  it('expires at the same moment in seconds and in milliseconds', () => {
    expect(expiryOf(1_763_629_200)).toEqual(new Date(1_763_629_200_000))
    expect(expiryOf(1_763_629_200_000)).toEqual(new Date(1_763_629_200_000))
    expect(expiryOf(null)).toBeNull()
    expect(expiryOf(0)).toBeNull()
  })

  it('never holds the token itself', () => {
    const secrets = { token: 'SECRET', id_token: 'SECRET', token_secret: 'SECRET' }
    const wire = oauthTokenWire({ external_account_id: 'eac_1', ...secrets })
    expect(JSON.stringify([wire, toOauthGrant('clerk', 'user_1', wire)])).not.toContain('SECRET')
    const key = apiKeyWire({ id: 'ak_1', subject: 'user_1', secret: 'SECRET' })
    expect(JSON.stringify([key, toApiKeyGrant('clerk', key)])).not.toContain('SECRET')
  })

  it('tells no scopes from an empty list of scopes', () => {
    expect(scopesOf({})).toBeNull()
    expect(scopesOf({ scopes: [] })).toEqual([])
    expect(scopesOf({ scopes: ['read'] })).toEqual(['read'])
  })
})
