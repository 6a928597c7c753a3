import assert from 'node:assert/strict'
import type { ProviderKind } from '../../src/identity/records.ts'
import { type Input, madeUpId, type Place, type SeenPayload, type SeenUser } from './world.ts'

/** What a mutation is tried on: global ids and whatever else goes into its input. */
export interface Subject {
  readonly provider: string
  readonly id: string
  readonly nativeId: string
  readonly emailId: string
  readonly phoneId: string
  readonly identityId: string
  readonly authenticatorId: string
  readonly secondaryUserId: string
  readonly groupId: string
  readonly sessionId: string
  readonly grantId: string
  readonly clientId: string
  /** Of a new email, of a registration, or of an IP address. */
  readonly address: string
  readonly token: string
  readonly code: string
}

/** How often the vendor's routes are called for one mutation with its payload's record selected. */
export type Calls = Readonly<Record<string, number>>

/** One mutation: what goes in, whom it is tried on, and how it shows afterwards. */
export interface Row {
  readonly input: (subject: Subject) => Input
  /** Finds or makes somebody to try it on. Left out: the first user. */
  readonly pick?: (place: Place) => Promise<Partial<Subject>>
  /** Reads back, through GraphQL, that it was done. */
  readonly seen: (place: Place, subject: Subject, payload: SeenPayload) => Promise<void> | void
  /** The vendors that can, with the calls that it takes there. At all others it is UNSUPPORTED. */
  readonly at: Partial<Record<ProviderKind, Calls>>
}

/** A subject of ids that are well-formed, for a provider that does not get as far as looking at them. */
export function madeUpSubject(provider: ProviderKind): Subject {
  const made = 'nobody'
  return {
    provider,
    id: madeUpId('User', provider, made),
    nativeId: made,
    emailId: madeUpId('EmailAddress', provider, made, 'email'),
    phoneId: madeUpId('PhoneNumber', provider, made, 'phone'),
    identityId: madeUpId('LinkedIdentity', provider, made, 'identity'),
    authenticatorId: madeUpId('Authenticator', provider, made, 'authenticator'),
    secondaryUserId: madeUpId('User', provider, 'somebody else'),
    groupId: madeUpId('Group', provider, 'group'),
    sessionId: madeUpId('Session', provider, 'session', made),
    grantId: madeUpId('Grant', provider, 'grant', 'consent', made, null, null),
    clientId: 'client',
    address: 'somebody.new@example.test',
    token: 'a.b.c',
    code: '123456',
  }
}

/** A row about a seeded user like this. */
export function onUser(like: (user: SeenUser, place: Place) => boolean = () => true) {
  return async (place: Place): Promise<Partial<Subject>> => {
    const { id, nativeId } = await place.someone((user) => like(user, place))
    return { id, nativeId }
  }
}

/** That the user, read afresh, is so. */
export function userIs(holds: (user: SeenUser, subject: Subject) => boolean): Row['seen'] {
  return async (place, subject, payload) => {
    assert.equal((payload['user'] as SeenUser | null)?.id, subject.id)
    const user = await place.user(subject.id)
    assert(user && holds(user, subject), JSON.stringify(user))
  }
}
