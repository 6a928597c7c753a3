import { describe, expect, test } from 'vitest'
import * as map from '../../../src/providers/auth0/map.ts'
import * as grants from '../../../src/providers/auth0/map-grants.ts'
import * as groups from '../../../src/providers/auth0/map-groups.ts'
import * as wire from '../../../src/providers/auth0/wire.ts'
import { parseWire } from '../../../src/upstream/wire.ts'

const context = { provider: 'auth0', operation: 'test' }
const userOf = (value: unknown) => map.toUser('auth0', parseWire(wire.auth0User, value, context))

describe('a user', () => {
  test('of whom only the id is sent has no other value, and is active', () => {
    expect(userOf({ user_id: 'auth0|1' })).toMatchObject({
      nativeId: 'auth0|1',
      missing: [],
      email: null,
      emailVerified: null,
      emails: [],
      phoneNumbers: [],
      identities: [],
      status: 'active',
      rawStatus: 'blocked=false',
      createdAt: null,
      signInCount: null,
      hasPassword: null,
      mfaEnabled: null,
      publicMetadata: null,
      privateMetadata: null,
    })
  })

  test('reads nulls as absence', () => {
    const value = {
      user_id: 'auth0|1',
      email: null,
      identities: null,
      multifactor: null,
      last_login: null,
      blocked: null,
    }
    expect(userOf(value)).toEqual(userOf({ user_id: 'auth0|1' }))
  })

  test('is disabled when blocked, in our word and theirs', () => {
    expect(userOf({ user_id: 'auth0|1', blocked: true })).toMatchObject({
      status: 'disabled',
      rawStatus: 'blocked=true',
    })
  })

  test('keeps a numeric id of a linked account as text', () => {
    const user = userOf({
      user_id: 'auth0|1',
      identities: [
        { provider: 'auth0', user_id: '1', connection: 'db', isSocial: false },
        { provider: 'facebook', user_id: 10_204, isSocial: true, profileData: { name: 'Ann', email: null } },
      ],
    })
    expect(user.identities.map(({ nativeId }) => nativeId)).toEqual(['auth0|1', 'facebook|10204'])
    expect(user.identities[1]).toMatchObject({ service: 'facebook', externalUserId: '10204', name: 'Ann', email: null })
  })

  test('cannot have a password without a database account; with one nobody knows', () => {
    const [social, database] = ['google-oauth2', 'auth0'].map((service) =>
      userOf({ user_id: 'x|1', identities: [{ provider: service, user_id: '1' }] }),
    )
    expect([social?.hasPassword, database?.hasPassword]).toEqual([false, null])
  })

  test('has the email in both places, and its times as dates', () => {
    const user = userOf({
      user_id: 'auth0|1',
      email: 'a@example.test',
      email_verified: true,
      phone_number: '+442070000000',
      created_at: '2025-02-11T08:14:03.120Z',
      last_login: 'not a time',
      logins_count: 3,
      multifactor: ['guardian'],
    })
    expect(user).toMatchObject({ email: 'a@example.test', emailVerified: true, mfaEnabled: true, signInCount: 3 })
    expect(user.emails).toEqual([
      { nativeId: 'a@example.test', address: 'a@example.test', verified: true, primary: true },
    ])
    expect(user.phoneNumbers).toEqual([
      { nativeId: '+442070000000', number: '+442070000000', verified: null, primary: true },
    ])
    expect(user.createdAt).toEqual(new Date(Date.UTC(2025, 1, 11, 8, 14, 3, 120)))
    expect(user.lastSignInAt).toBeNull()
  })

  test('of the wrong shape is a bad response that names the member and shows nothing of it', () => {
    expect(() => userOf({ user_id: 'auth0|1', email: { secret: 'x' } })).toThrow(
      expect.objectContaining({ kind: 'badResponse', field: 'email', message: expect.not.stringContaining('secret') }),
    )
  })
})

describe('a member', () => {
  const stub = { user_id: 'auth0|1', name: 'Ann', email: 'a@example.test', picture: null }

  test('of a role names as missing what Auth0 has and the stub lacks, and nothing else', () => {
    const { user, roles, joinedAt } = map.toRoleMember('auth0', stub)
    expect({ roles, joinedAt, name: user.name, email: user.email }).toEqual({
      roles: null,
      joinedAt: null,
      name: 'Ann',
      email: 'a@example.test',
    })
    expect(user.missing).toEqual(expect.arrayContaining(['status', 'emails', 'createdAt', 'privateMetadata']))
    for (const known of ['name', 'email', 'pictureUrl', 'externalId', 'birthdate', 'lockedUntil']) {
      expect(user.missing).not.toContain(known)
    }
  })

  test('of an organization has roles, by id', () => {
    const member = parseWire(
      wire.auth0OrganizationMember,
      { ...stub, roles: [{ id: 'rol_1', name: 'admin' }] },
      context,
    )
    expect(map.toOrganizationMember('auth0', member).roles).toEqual(['rol_1'])
    const without = parseWire(wire.auth0OrganizationMember, stub, context)
    expect(map.toOrganizationMember('auth0', without).roles).toEqual([])
  })

  test('of an enterprise group is a bare id with the time of joining', () => {
    const member = parseWire(
      wire.auth0GroupMember,
      { id: 'samlp|a|b', member_type: 'user', created_at: '2026-04-02T09:01:00.000Z' },
      context,
    )
    const { user, joinedAt } = map.toGroupMember('auth0', member)
    expect(user.nativeId).toBe('samlp|a|b')
    expect(user.missing).toEqual(expect.arrayContaining(['name', 'email', 'pictureUrl']))
    expect(joinedAt).toEqual(new Date('2026-04-02T09:01:00.000Z'))
  })
})

describe('a session', () => {
  const now = Date.UTC(2026, 8, 1)
  const sessionOf = (value: object) =>
    grants.toSession('auth0', parseWire(wire.auth0Session, { id: 's', user_id: 'auth0|1', ...value }, context), now)

  test('of which nothing more is known is active', () => {
    expect(sessionOf({ device: null, clients: null, expires_at: null })).toMatchObject({
      status: 'active',
      rawStatus: 'listed',
      clientIds: [],
      expiresAt: null,
      ipAddress: null,
      revocationScope: 'session',
    })
  })

  test('is expired as soon as one of its two times is up', () => {
    const expired = { status: 'expired' }
    expect(sessionOf({ expires_at: '2026-09-01T00:00:00.000Z' })).toMatchObject(expired)
    expect(
      sessionOf({ expires_at: '2026-09-02T00:00:00.000Z', idle_expires_at: '2026-08-31T23:59:59.999Z' }),
    ).toMatchObject(expired)
    expect(sessionOf({ expires_at: '2026-09-01T00:00:00.001Z' })).toMatchObject({ status: 'active' })
  })

  test('shows the latest device, else the first', () => {
    const device = { initial_ip: '198.51.100.1', last_ip: null, initial_user_agent: 'A', last_user_agent: 'B' }
    expect(sessionOf({ device })).toMatchObject({ ipAddress: '198.51.100.1', userAgent: 'B' })
  })
})

describe('grants', () => {
  test('a refresh token unites the scopes of its audiences', () => {
    const token = parseWire(
      wire.auth0RefreshToken,
      {
        id: 'rt',
        user_id: 'auth0|1',
        expires_at: null,
        idle_expires_at: '2026-09-15T18:02:12.038Z',
        resource_servers: [
          { audience: 'https://a', scopes: 'read:items offline_access' },
          { audience: 'https://b', scopes: ' read:items  write:items' },
          { audience: null, scopes: null },
        ],
      },
      context,
    )
    expect(grants.toRefreshTokenGrant('auth0', token)).toMatchObject({
      audiences: ['https://a', 'https://b'],
      scopes: ['read:items', 'offline_access', 'write:items'],
      expiresAt: new Date('2026-09-15T18:02:12.038Z'),
      sessionId: null,
    })
  })

  test('a consent has no times, a device credential neither audiences nor scopes', () => {
    const consent = parseWire(wire.auth0Grant, { id: 'g', user_id: 'auth0|1', clientID: 'c' }, context)
    expect(grants.toConsent('auth0', consent)).toMatchObject({
      clientId: 'c',
      audiences: [],
      scopes: [],
      createdAt: null,
    })
    const device = parseWire(wire.auth0DeviceCredential, { id: 'dcr_1', user_id: 'auth0|1' }, context)
    expect(grants.toDeviceCredentialGrant('auth0', device)).toMatchObject({
      clientId: null,
      audiences: null,
      scopes: null,
    })
  })
})

describe('the rest', () => {
  test('an unknown kind of authenticator keeps its word', () => {
    const method = parseWire(
      wire.auth0AuthenticationMethod,
      { id: 'x|1', type: 'retina', phone_number: '***12' },
      context,
    )
    expect(map.toAuthenticator(method)).toMatchObject({
      kind: 'other',
      rawKind: 'retina',
      name: '***12',
      createdAt: null,
    })
  })

  test('an event is a success, a failure, or neither', () => {
    const events = ['s', 'fp', 'limit_wc', 'brand_new'].map((type) =>
      parseWire(wire.auth0LogEvent, { log_id: '9', type, date: '2026-09-01T06:40:12.006Z', description: '' }, context),
    )
    expect(events.map((event) => map.toIdentityEvent(event).succeeded)).toEqual([true, false, null, null])
  })

  test('an event without a time is a bad response', () => {
    expect(() => parseWire(wire.auth0LogEvent, { log_id: '9', type: 's', date: null }, context)).toThrow(
      expect.objectContaining({ kind: 'badResponse', field: 'date' }),
    )
  })

  test('an organization is called by its display name, and its name is the slug', () => {
    const organization = { id: 'org_1', name: 'acme', display_name: 'Acme AB', metadata: { tier: 'gold' } }
    expect(groups.toOrganization('auth0', organization)).toMatchObject({
      name: 'Acme AB',
      slug: 'acme',
      publicMetadata: { tier: 'gold' },
    })
    expect(groups.toOrganization('auth0', { ...organization, display_name: null }).name).toBe('acme')
  })
})
