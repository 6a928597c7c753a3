import { describe, expect, it } from 'vitest'
import {
  toApiKeyGrant,
  toDevice,
  toEvent,
  toIdentityGrant,
  toPendingUser,
  toSession,
  toUser,
} from '../../../src/providers/app-services/map.ts'
import { deviceSchema, logPageSchema, pendingUserSchema, userSchema } from '../../../src/providers/app-services/wire.ts'

const id = '67c6c4aa5b1e9a0c4d2f8e31'
const createdSeconds = 0x67c6c4aa

function user(members: Readonly<Record<string, unknown>> = {}, answer: 'user' | 'listItem' = 'user') {
  return toUser('shop', userSchema({ _id: id, ...members }), answer)
}

function times(last: number) {
  return { creation_date: createdSeconds, last_authentication_date: last }
}

function event(members: Readonly<Record<string, unknown>>) {
  const [log] = logPageSchema({ logs: [{ _id: id, type: 'AUTH', user_id: id, ...members }] }).logs
  return log && toEvent(log)
}

const emailIdentity = { id: 'a'.repeat(24), provider_type: 'local-userpass', provider_data: { email: 'Ines@x.test' } }
const googleIdentity = {
  id: '108830021775512904411',
  provider_type: 'oauth2-google',
  provider_data: { name: 'Ines Okafor', email: 'ines@mail.test' },
}

describe('a user', () => {
  it('is made of everything the upstream tells', () => {
    const record = user({
      domain_id: '67330b00d4a1c25e8f3b7a22',
      identities: [emailIdentity, googleIdentity],
      data: {
        email: 'Ines@x.test',
        name: 'Ines Okafor',
        first_name: 'Ines',
        last_name: 'Okafor',
        picture: 'https://img.test/i.png',
        gender: 'female',
        birthday: '1990-02-28',
      },
      sessions_valid_since: createdSeconds,
      creation_date: createdSeconds,
      last_authentication_date: 1_750_402_721,
      disabled: false,
      type: 'normal',
      custom_data: { team: 'north' },
    })
    expect(record).toMatchObject({
      provider: 'shop',
      nativeId: id,
      missing: [],
      name: 'Ines Okafor',
      givenName: 'Ines',
      familyName: 'Okafor',
      pictureUrl: 'https://img.test/i.png',
      gender: 'female',
      birthdate: '1990-02-28',
      email: 'Ines@x.test',
      emailVerified: null,
      emails: [
        { nativeId: 'Ines@x.test', address: 'Ines@x.test', verified: null, primary: true },
        { nativeId: 'ines@mail.test', address: 'ines@mail.test', verified: null, primary: false },
      ],
      status: 'active',
      rawStatus: 'disabled=false',
      createdAt: new Date(createdSeconds * 1000),
      lastSignInAt: new Date('2025-06-20T06:58:41Z'),
      hasPassword: true,
      publicMetadata: { team: 'north' },
    })
    expect(record.identities).toEqual([
      {
        nativeId: `local-userpass:${'a'.repeat(24)}`,
        service: 'local-userpass',
        externalUserId: 'a'.repeat(24),
        email: 'Ines@x.test',
        name: null,
      },
      {
        nativeId: 'oauth2-google:108830021775512904411',
        service: 'oauth2-google',
        externalUserId: '108830021775512904411',
        email: 'ines@mail.test',
        name: 'Ines Okafor',
      },
    ])
  })

  it('needs nothing but an id', () => {
    expect(user()).toMatchObject({
      name: null,
      email: null,
      emails: [],
      status: 'unknown',
      rawStatus: 'disabled=null',
      createdAt: new Date(createdSeconds * 1000),
      lastSignInAt: null,
      hasPassword: null,
      identities: [],
      publicMetadata: null,
    })
  })

  it('reads null like missing, everywhere', () => {
    const members = ['type', 'identities', 'data', 'disabled', 'creation_date', 'last_authentication_date']
    const nulls = Object.fromEntries([...members, 'sessions_valid_since', 'custom_data'].map((name) => [name, null]))
    expect(user(nulls)).toEqual(user())
  })

  it('survives profiles and identities of other shapes than expected', () => {
    const record = user({
      data: { name: 7, email: ['x'], first_name: '', last_name: 'Okafor', birthday: '02/28/1990', min_age: 21 },
      identities: [{ provider_type: 'oauth9-new', provider_data: 'none' }, {}],
      type: 'robot',
    })
    expect(record).toMatchObject({ name: 'Okafor', givenName: null, email: null, birthdate: null })
    expect(record.identities.map(({ nativeId }) => nativeId)).toEqual(['oauth9-new:', 'unknown:'])
  })

  it('has the name of its parts when the whole is not given', () => {
    expect(user({ data: { first_name: 'Ines', last_name: 'Okafor' } }).name).toBe('Ines Okafor')
  })

  it('takes the address of an identity when the profile has none', () => {
    expect(user({ identities: [{ provider_type: 'api-key', id: 'k' }, googleIdentity] }).email).toBe('ines@mail.test')
  })

  it('shows an address once that several identities carry', () => {
    const record = user({
      data: { email: 'ines@mail.test' },
      identities: [googleIdentity, { ...googleIdentity, provider_type: 'oauth2-apple' }],
    })
    expect(record.emails).toHaveLength(1)
  })

  it('says which of its fields a list leaves out', () => {
    expect(user({}, 'listItem').missing).toEqual(['publicMetadata', 'native'])
    expect(user({ sessions_valid_since: 1 }, 'listItem').missing).toEqual([])
  })

  describe('last signed in', () => {
    it('never, when the time is 0', () => {
      expect(user({ ...times(0), identities: [googleIdentity] }).lastSignInAt).toBeNull()
    })

    it('never, when an administrator made the account and nothing followed', () => {
      expect(user({ ...times(createdSeconds), identities: [emailIdentity] }).lastSignInAt).toBeNull()
    })

    it('at creation, when only a sign-in can have made the account', () => {
      const anonymous = { id: 'x-y', provider_type: 'anon-user' }
      expect(user({ ...times(createdSeconds), identities: [anonymous] }).lastSignInAt).toEqual(
        new Date(createdSeconds * 1000),
      )
    })
  })
})

describe('the session of a user', () => {
  const signedIn = {
    creation_date: createdSeconds,
    last_authentication_date: createdSeconds + 100,
    sessions_valid_since: createdSeconds,
    disabled: false,
  }

  it('stands for all sign-ins and says so', () => {
    expect(toSession(user(signedIn))).toMatchObject({
      nativeId: id,
      userId: id,
      status: 'active',
      rawStatus: 'listed',
      lastActiveAt: new Date((createdSeconds + 100) * 1000),
      revocationScope: 'allSessionsOfUser',
    })
  })

  it('does not exist before the first sign-in', () => {
    expect(toSession(user({ ...signedIn, last_authentication_date: 0 }))).toBeNull()
  })

  it('is revoked for a disabled user', () => {
    expect(toSession(user({ ...signedIn, disabled: true }))).toMatchObject({
      status: 'revoked',
      rawStatus: 'disabled=true',
    })
  })

  it('is revoked when sessions were ended after the last sign-in, or in the same second', () => {
    for (const later of [0, 1]) {
      const ended = { ...signedIn, sessions_valid_since: createdSeconds + 100 + later }
      expect(toSession(user(ended))).toMatchObject({ status: 'revoked', rawStatus: 'sessions_valid_since' })
    }
  })

  it('is active again after a later sign-in', () => {
    expect(toSession(user({ ...signedIn, sessions_valid_since: createdSeconds + 99 }))?.status).toBe('active')
  })

  it('is active for somebody who signed up just now', () => {
    const fresh = { ...signedIn, last_authentication_date: createdSeconds, identities: [googleIdentity] }
    expect(toSession(user(fresh))?.status).toBe('active')
  })
})

describe('grants', () => {
  it('of a linked account name it and cannot be ended alone', () => {
    const record = user({ identities: [googleIdentity] })
    const [identity] = record.identities
    expect(identity && toIdentityGrant(record, identity)).toEqual({
      provider: 'shop',
      nativeId: 'oauth2-google:108830021775512904411',
      kind: 'linkedIdentity',
      userId: id,
      clientId: null,
      audiences: null,
      scopes: null,
      sessionId: null,
      createdAt: null,
      expiresAt: null,
      lastUsedAt: null,
      revocable: false,
    })
  })

  it('of a key are as old as its id, where it is one', () => {
    expect(toApiKeyGrant(user(), '60000001aaaaaaaaaaaaaaaa', true)).toMatchObject({
      kind: 'apiKey',
      createdAt: new Date(0x6000_0001 * 1000),
      revocable: true,
    })
    expect(toApiKeyGrant(user(), 'odd', false)).toMatchObject({ createdAt: null, revocable: false })
  })
})

describe('a device', () => {
  it('has no name, and nothing for an empty text', () => {
    const wire = { _id: id, platform: 'chrome', platform_version: '137.0.0', client_app_version: '', more: 1 }
    expect(toDevice(deviceSchema(wire))).toEqual({
      nativeId: id,
      name: null,
      platform: 'chrome',
      platformVersion: '137.0.0',
      appVersion: null,
    })
  })
})

describe('an event', () => {
  it('is a sign-in with its time, address and way', () => {
    expect(
      event({
        started: '2025-06-20T06:58:41.31Z',
        status: 200,
        remote_ip_address: '203.0.113.40',
        auth_event: { type: 'login', provider: 'local-userpass' },
      }),
    ).toEqual({
      nativeId: id,
      type: 'login',
      occurredAt: new Date('2025-06-20T06:58:41.310Z'),
      succeeded: true,
      ipAddress: '203.0.113.40',
      userAgent: null,
      clientId: null,
      description: 'local-userpass',
    })
  })

  it('failed when anything says so, and is neither when nothing says', () => {
    const started = '2025-06-20T06:58:41Z'
    expect(event({ started, auth_event: { type: 'login', failed: true } })?.succeeded).toBe(false)
    expect(event({ started, error: 'unauthorized', status: 200 })).toMatchObject({
      succeeded: false,
      description: 'unauthorized',
    })
    expect(event({ started, status: 401 })?.succeeded).toBe(false)
    expect(event({ started, auth_event: { type: 'other', failed: false } })?.succeeded).toBe(true)
    expect(event({ started })?.succeeded).toBeNull()
  })

  it('keeps a new word, and the kind of log where there is none', () => {
    expect(event({ auth_event: { type: 'impersonate' } })?.type).toBe('impersonate')
    expect(event({ auth_event: null })?.type).toBe('AUTH')
  })

  it('has the time in its id when it has no other', () => {
    expect(event({ started: 'yesterday' })?.occurredAt).toEqual(new Date(createdSeconds * 1000))
    expect(event({ _id: 'no-time-in-this' })).toBeNull()
  })
})

describe('a pending user', () => {
  it('is as old as its id and has the address it signs in with', () => {
    const wire = {
      _id: id,
      login_ids: [
        { id_type: 'username', id: 'ines' },
        { id_type: 'email', id: 'ines@x.test', confirmed: true },
      ],
      user_id: '',
    }
    expect(toPendingUser('shop', pendingUserSchema(wire))).toEqual({
      provider: 'shop',
      nativeId: id,
      email: 'ines@x.test',
      confirmed: true,
      createdAt: new Date(createdSeconds * 1000),
    })
  })

  it('does not guess whether it was confirmed, nor an address', () => {
    const open = { _id: id, login_ids: [{ id_type: 'email', id: 'ines@x.test' }] }
    expect(toPendingUser('shop', pendingUserSchema(open)).confirmed).toBeNull()
    expect(toPendingUser('shop', pendingUserSchema({ _id: id })).email).toBeNull()
  })
})
