import assert from 'node:assert/strict'
import { type Row, type Subject, userIs } from './row.ts'
import { isPlain } from './rows-accounts.ts'
import type { Place, SeenUser } from './world.ts'

const address = 'zenobia.new@example.test'
const number = '+442079460123'

/** Somebody with one address, which no login service vouches for. */
async function withOneEmail(place: Place): Promise<{ readonly id: string; readonly emailId: string }> {
  const user = await place.someone(
    (candidate) =>
      isPlain(candidate, place) &&
      candidate.emails.length === 1 &&
      (place.kind === 'app-services'
        ? candidate.identities.some(({ service }) => service === 'local-userpass')
        : candidate.username !== null && candidate.identities.every(({ service }) => !service.startsWith('oauth'))),
  )
  return { id: user.id, emailId: user.emails[0]?.id ?? '' }
}

/** Somebody with an address that can go; at Auth0 there is no second one. */
async function withEmail(place: Place, verified = true): Promise<Partial<Subject>> {
  const user = await withOneEmail(place)
  if (place.kind === 'auth0') return user
  await place.prepare('addEmail', { id: user.id, address, verified })
  const now = await place.user(user.id)
  return { id: user.id, emailId: now?.emails.find((added) => added.address === address)?.id ?? '' }
}

async function withoutPhone(place: Place): Promise<Partial<Subject>> {
  const { id } = await place.someone((user) => isPlain(user, place) && user.phoneNumbers.length === 0)
  return { id }
}

async function withPhone(place: Place, verified = true): Promise<Partial<Subject>> {
  const { id = '' } = await withoutPhone(place)
  await place.prepare('addPhone', { id, number: '+442079460000', verified: true })
  if (place.kind !== 'auth0') await place.prepare('addPhone', { id, number, verified })
  const user = await place.user(id)
  return { id, phoneId: user?.phoneNumbers.at(-1)?.id ?? '' }
}

const email = ({ emails }: SeenUser, { emailId }: Subject) => emails.find(({ id }) => id === emailId)
const phone = ({ phoneNumbers }: SeenUser, { phoneId }: Subject) => phoneNumbers.find(({ id }) => id === phoneId)

export const contactRows: Readonly<Record<string, Row>> = {
  addEmail: {
    input: ({ id }) => ({ id, address, verified: true }),
    async pick(place) {
      if (place.kind !== 'auth0') return withOneEmail(place)
      // Auth0 keeps one address of a user, so that there has to be none.
      const { id = '', emailId } = await withEmail(place)
      await place.prepare('removeEmail', { id, emailId })
      return { id }
    },
    seen: userIs(({ emails }) => emails.some((added) => added.address === address && added.verified)),
    at: {
      monocloud: { 'POST /users/{user_id}/emails': 1 },
      auth0: { 'GET /users/{id}': 1, 'PATCH /users/{id}': 1 },
      clerk: { 'POST /email_addresses': 1, 'GET /users/{user_id}': 1 },
    },
  },
  removeEmail: {
    input: ({ id, emailId }) => ({ id, emailId }),
    pick: withEmail,
    seen: userIs((user, subject) => email(user, subject) === undefined),
    at: {
      monocloud: { 'DELETE /users/{user_id}/emails/{identifier_id}': 1 },
      auth0: { 'GET /users/{id}': 1, 'PATCH /users/{id}': 1 },
      clerk: { 'GET /users/{user_id}': 2, 'DELETE /email_addresses/{email_address_id}': 1 },
    },
  },
  changeEmail: {
    input: ({ id }) => ({ id, address }),
    pick: withOneEmail,
    seen: userIs((user) => user.email === address),
    at: {
      auth0: { 'PATCH /users/{id}': 1 },
      clerk: { 'GET /users/{user_id}': 2, 'PUT /users/{user_id}/email_address': 1 },
      'app-services': { 'PATCH /users/{userId}/reset_email': 1, 'GET /users/{userId}': 1 },
    },
  },
  setPrimaryEmail: {
    input: ({ id, emailId }) => ({ id, emailId }),
    pick: withEmail,
    seen: userIs((user, subject) => email(user, subject)?.primary === true),
    at: {
      monocloud: { 'POST /users/{user_id}/emails/{identifier_id}/primary': 1 },
      clerk: { 'PATCH /users/{user_id}': 1 },
    },
  },
  setEmailVerified: {
    input: ({ id, emailId }) => ({ id, emailId, verified: true }),
    pick: (place) => withEmail(place, false),
    seen: userIs((user, subject) => email(user, subject)?.verified === true),
    at: {
      monocloud: { 'POST /users/{user_id}/emails/{identifier_id}/verify': 1 },
      auth0: { 'GET /users/{id}': 1, 'PATCH /users/{id}': 1 },
      clerk: { 'GET /users/{user_id}': 2, 'PATCH /email_addresses/{email_address_id}': 1 },
    },
  },
  sendEmailVerification: {
    input: ({ id, emailId }) => ({ id, emailId }),
    pick: (place) => withEmail(place, false),
    seen: (_, _subject, payload) => assert.equal(payload['sent'], true),
    at: {
      monocloud: { 'POST /users/{user_id}/emails/{identifier_id}/verify/link': 1 },
      auth0: { 'GET /users/{id}': 1, 'POST /jobs/verification-email': 1 },
    },
  },
  addPhone: {
    input: ({ id }) => ({ id, number, verified: true }),
    pick: withoutPhone,
    seen: userIs(({ phoneNumbers }) => phoneNumbers.some((added) => added.number === number && added.verified)),
    at: {
      monocloud: { 'POST /users/{user_id}/phones': 1 },
      auth0: { 'GET /users/{id}': 1, 'PATCH /users/{id}': 1 },
      clerk: { 'POST /phone_numbers': 1, 'GET /users/{user_id}': 1 },
    },
  },
  removePhone: {
    input: ({ id, phoneId }) => ({ id, phoneId }),
    pick: withPhone,
    seen: userIs((user, subject) => phone(user, subject) === undefined),
    at: {
      monocloud: { 'DELETE /users/{user_id}/phones/{identifier_id}': 1 },
      auth0: { 'GET /users/{id}': 1, 'PATCH /users/{id}': 1 },
      clerk: { 'GET /users/{user_id}': 2, 'DELETE /phone_numbers/{phone_number_id}': 1 },
    },
  },
  setPrimaryPhone: {
    input: ({ id, phoneId }) => ({ id, phoneId }),
    pick: withPhone,
    seen: userIs((user, subject) => phone(user, subject)?.primary === true),
    at: {
      monocloud: { 'POST /users/{user_id}/phones/{identifier_id}/primary': 1 },
      clerk: { 'PATCH /users/{user_id}': 1 },
    },
  },
  setPhoneVerified: {
    input: ({ id, phoneId }) => ({ id, phoneId, verified: true }),
    pick: (place) => withPhone(place, false),
    seen: userIs((user, subject) => phone(user, subject)?.verified === true),
    at: {
      monocloud: { 'POST /users/{user_id}/phones/{identifier_id}/verify': 1 },
      auth0: { 'GET /users/{id}': 1, 'PATCH /users/{id}': 1 },
      clerk: { 'GET /users/{user_id}': 2, 'PATCH /phone_numbers/{phone_number_id}': 1 },
    },
  },
}
