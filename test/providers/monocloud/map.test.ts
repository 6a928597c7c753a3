import { describe, expect, it } from 'vitest'
import { parseIdentityId } from '../../../src/providers/monocloud/identity-id.ts'
import {
  toAuthenticators,
  toCode,
  toConsent,
  toGroup,
  toMembership,
  toSession,
  toToken,
  toUser,
  userFromSummary,
} from '../../../src/providers/monocloud/map.ts'
import {
  codeWire,
  consentWire,
  groupWire,
  sessionWire,
  tokenWire,
  userGroupWire,
  userSummaryWire,
  userWire,
} from '../../../src/providers/monocloud/wire.ts'

const mapping = { provider: 'acme', now: new Date('2025-06-08T12:00:00Z') }
const nowSeconds = mapping.now.getTime() / 1000

const wholeUser = {
  user_id: 'u_7Hq2mZk4',
  disabled: false,
  connections: [{ idp: 'monocloud', connection_id: 'u_7Hq2mZk4' }],
  claims: {
    name: 'Ines Okafor',
    given_name: 'Ines',
    family_name: 'Okafor',
    picture: 'https://img.example.test/ines.png',
    locale: 'pt-PT',
    address: { locality: 'Porto' },
  },
  public_data: { theme: 'dark' },
  private_data: { crm_id: 'C-88412' },
  emails: [
    { id: 'e1', primary: false, verified: false, email: 'old@example.test' },
    { id: 'e2', primary: true, verified: true, email: 'ines@example.test' },
  ],
  phone_numbers: [{ id: 'p1', primary: true, verified: true, phone: '+351910000001' }],
  passkeys: [{ passkey_id: 'q1Yk', name: 'Pixel 9' }],
  force_password_reset: true,
  external_providers: [
    {
      authenticator: 'google',
      provider_user_id: '1045',
      claims: { email: 'ines@mail.example.test', name: 'Ines', extra: 1 },
    },
  ],
  creation_time: 1736935200,
  last_updated: 1749376800,
  username: { id: 'n1', username: 'ines.o' },
  has_password: true,
  block_until: null,
  sign_in_success_count: 55,
  last_sign_in_success: 1749370000,
  last_activity: 1749376500,
}

describe('a user', () => {
  it('carries every member of the answer in its own field', () => {
    expect(toUser(userWire(wholeUser), mapping)).toMatchObject({
      provider: 'acme',
      nativeId: 'u_7Hq2mZk4',
      missing: [],
      externalId: null,
      username: 'ines.o',
      name: 'Ines Okafor',
      givenName: 'Ines',
      familyName: 'Okafor',
      nickname: null,
      pictureUrl: 'https://img.example.test/ines.png',
      locale: 'pt-PT',
      address: { locality: 'Porto' },
      email: 'ines@example.test',
      emailVerified: true,
      emails: [
        { nativeId: 'e1', address: 'old@example.test', verified: false, primary: false },
        { nativeId: 'e2', address: 'ines@example.test', verified: true, primary: true },
      ],
      phoneNumbers: [{ nativeId: 'p1', number: '+351910000001', verified: true, primary: true }],
      status: 'active',
      rawStatus: 'disabled=false',
      lockedUntil: null,
      createdAt: new Date(1736935200_000),
      updatedAt: new Date(1749376800_000),
      lastSignInAt: new Date(1749370000_000),
      lastActiveAt: new Date(1749376500_000),
      signInCount: 55,
      hasPassword: true,
      passwordResetRequired: true,
      mfaEnabled: null,
      identities: [{ service: 'google', externalUserId: '1045', email: 'ines@mail.example.test', name: 'Ines' }],
      publicMetadata: { theme: 'dark' },
      privateMetadata: { crm_id: 'C-88412' },
    })
  })

  it('survives an answer that has nothing but the id', () => {
    expect(toUser(userWire({ user_id: 'u1' }), mapping)).toMatchObject({
      nativeId: 'u1',
      missing: [],
      status: 'unknown',
      rawStatus: 'disabled=null',
      email: null,
      emailVerified: null,
      emails: [],
      phoneNumbers: [],
      identities: [],
      createdAt: null,
      lastSignInAt: null,
      hasPassword: null,
      publicMetadata: null,
    })
  })

  it('survives null in every optional member', () => {
    const nulls = Object.fromEntries(Object.keys(wholeUser).map((member) => [member, null]))
    expect(toUser(userWire({ ...nulls, user_id: 'u1' }), mapping)).toMatchObject({ nativeId: 'u1', name: null })
  })

  it('takes claims of an unexpected type for absent', () => {
    const user = toUser(userWire({ user_id: 'u1', claims: { name: 7, locale: ['pt'], address: 'Porto' } }), mapping)
    expect(user).toMatchObject({ name: null, locale: null, address: 'Porto' })
  })

  it.each([
    ['active', { disabled: false, block_until: null }, null],
    ['active', { disabled: false, block_until: nowSeconds }, null],
    ['locked', { disabled: false, block_until: nowSeconds + 60 }, new Date('2025-06-08T12:01:00Z')],
    ['locked', { disabled: false, block_until: (nowSeconds + 60) * 1000 }, new Date('2025-06-08T12:01:00Z')],
    ['locked', { disabled: false, block_until: 253_402_300_799 }, new Date('9999-12-31T23:59:59Z')],
    ['locked', { disabled: false, block_until: 9.2e18 }, null],
    ['disabled', { disabled: true, block_until: null }, null],
    ['disabled', { disabled: true, block_until: nowSeconds + 60 }, new Date('2025-06-08T12:01:00Z')],
  ])('is %s with %j', (status, members, lockedUntil) => {
    expect(toUser(userWire({ user_id: 'u1', ...members }), mapping)).toMatchObject({ status, lockedUntil })
  })

  it('has no primary email when none is marked so', () => {
    const wire = userWire({ user_id: 'u1', emails: [{ id: 'e1', email: 'a@example.test' }] })
    expect(toUser(wire, mapping)).toMatchObject({
      email: null,
      emailVerified: null,
      emails: [{ address: 'a@example.test', verified: null, primary: false }],
    })
  })

  it('from a list says that metadata and the claims of linked identities are missing', () => {
    expect(userFromSummary(userSummaryWire(wholeUser), mapping).missing).toEqual([
      'publicMetadata',
      'privateMetadata',
      'identities.email',
      'identities.name',
    ])
  })

  it('from a list misses nothing of identities when there are none', () => {
    const wire = userSummaryWire({ ...wholeUser, external_providers: [] })
    expect(userFromSummary(wire, mapping).missing).toEqual(['publicMetadata', 'privateMetadata'])
  })
})

function identityIdsOf(accounts: readonly object[]): readonly string[] {
  const wire = userWire({ user_id: 'u1', external_providers: accounts })
  return toUser(wire, mapping).identities.map(({ nativeId }) => nativeId)
}

describe('a linked identity', () => {
  it('has an id that leads back to service, provider and account, whatever stands in them', () => {
    const accounts = [
      { authenticator: 'google', provider: null, provider_user_id: '1045' },
      { authenticator: 'custom_oidc', provider: 'acme: staff|old', provider_user_id: 'a|b:c%7C@é' },
      { authenticator: 'custom_oidc', provider: null, provider_user_id: 'acme: staff|old|a' },
    ]
    expect(identityIdsOf(accounts).map(parseIdentityId)).toEqual(accounts)
  })

  it.each(['', 'google', '|1045', 'google|%', 'google|a|b', 'goog%6Ce|1045'])('is not found under %j', (id) => {
    expect(parseIdentityId(id)).toBeNull()
  })
})

describe('authenticators', () => {
  it('are the password, the passkeys and the verified addresses and numbers', () => {
    const user = toUser(userWire(wholeUser), mapping)
    expect(toAuthenticators(user).map(({ nativeId, kind, name }) => [nativeId, kind, name])).toEqual([
      ['password', 'password', null],
      ['passkey:q1Yk', 'passkey', 'Pixel 9'],
      ['email:e2', 'email', 'ines@example.test'],
      ['phone:p1', 'sms', '+351910000001'],
    ])
  })

  it('are none for a bare account', () => {
    expect(toAuthenticators(toUser(userWire({ user_id: 'u1' }), mapping))).toEqual([])
  })
})

describe('groups', () => {
  it('have no slug and no metadata', () => {
    expect(toGroup(groupWire({ group_id: 'g1', name: 'Staff', users_assigned: 3 }), mapping)).toMatchObject({
      nativeId: 'g1',
      missing: [],
      kind: 'group',
      slug: null,
      memberCount: 3,
      createdAt: null,
      publicMetadata: null,
    })
  })

  it('seen from a member carry a name, and the moment of joining as that, not as their own creation', () => {
    const wire = { group_id: 'g1', user_id: 'u1', group_name: 'Staff', creation_time: 1736935200 }
    expect(toMembership(userGroupWire(wire), mapping)).toMatchObject({
      group: { name: 'Staff', createdAt: null, missing: ['description', 'memberCount', 'createdAt', 'updatedAt'] },
      roles: null,
      joinedAt: new Date(1736935200_000),
    })
  })
})

describe('a session', () => {
  it('belongs to the user it was asked for and survives null metadata', () => {
    const wire = sessionWire({ session_id: 's1', client_ids: ['web'], last_metadata: null, expires_at: null })
    expect(toSession(wire, 'u1', mapping)).toMatchObject({
      userId: 'u1',
      status: 'active',
      rawStatus: 'listed',
      clientIds: ['web'],
      expiresAt: null,
      ipAddress: null,
      city: null,
      revocationScope: 'session',
    })
  })

  it('is expired once its end has passed', () => {
    const wire = sessionWire({ session_id: 's1', expires_at: nowSeconds - 1 })
    expect(toSession(wire, 'u1', mapping).status).toBe('expired')
  })
})

describe('grants', () => {
  it('tell no scopes from scopes that are absent', () => {
    expect(toToken('refreshToken')(tokenWire({ id: 't1', scopes: null }), 'u1', mapping)).toMatchObject({
      kind: 'refreshToken',
      scopes: [],
      audiences: [],
      sessionId: null,
      expiresAt: null,
    })
  })

  it('read the scopes of a code from its own member', () => {
    const wire = codeWire({ id: 'c1', authorized_scopes: ['openid'], scopes: ['other'], expiration: 1749376800 })
    expect(toCode(wire, 'u1', mapping)).toMatchObject({
      kind: 'authorizationCode',
      scopes: ['openid'],
      audiences: null,
      expiresAt: new Date(1749376800_000),
    })
  })

  it.each([
    [[100, 200], new Date(200_000)],
    [[100, null], null],
    [[], null],
  ])('say a consent ends with its last scope: %j', (expirations, expected) => {
    const scopes = expirations.map((expiration, index) => ({ scope: `s${index}`, expiration }))
    const consent = toConsent(consentWire({ id: 'k1', client_id: 'web', scopes }), 'u1', mapping)
    expect(consent).toMatchObject({ expiresAt: expected, scopes: scopes.map(({ scope }) => scope) })
  })
})
