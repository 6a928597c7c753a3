import { z } from 'zod'
import { failure, formFailure, notFound } from '../failures.ts'
import { emailField, readForm } from '../forms.ts'
import { makeId } from '../ids.ts'
import { parameter, type Routes } from '../routes.ts'
import { adminVerification } from '../seed/identifications.ts'
import type { Tenant } from '../state/tenant.ts'
import type { UserEntry } from '../state/users.ts'
import type { ClerkEmailAddress } from '../wire-identifications.ts'
import {
  changeUser,
  checkIdentifierIsFree,
  checkIsNotLast,
  deleted,
  identifierExists,
  isVerified,
  nextPrimary,
} from './changes.ts'
import { newEmail } from './new-identifications.ts'
import { findUser } from './user-reads.ts'

const newEmailForm = z.object({
  user_id: z.string(),
  email_address: emailField,
  verified: z.boolean().nullish(),
  primary: z.boolean().nullish(),
  notify_primary_email_address_changed: z.boolean().nullish(),
})

const emailForm = newEmailForm.pick({ verified: true, primary: true, notify_primary_email_address_changed: true })

const replacementForm = z.strictObject({
  email_address: emailField,
  identification_status: z.enum(['verified', 'reserved', 'unverified']).optional(),
  notify_primary_email_address_changed: z.boolean().nullish(),
})

export function emailAddresses(routes: Routes): void {
  routes.on('POST', '/email_addresses', ({ body }, tenant) => {
    const form = readForm(newEmailForm, body)
    const entry = findUser(tenant, form.user_id)
    const { user } = tenant.users.account(entry)
    checkIsNew(user.email_addresses, form.email_address)
    checkIdentifierIsFree(tenant, 'email_address', form.email_address)
    const email = newEmail(
      makeId('idn', entry.number, tenant.now(), tenant.nextRandom()),
      form.email_address,
      form.verified ? 'verified' : 'unverified',
      tenant.now(),
    )
    const isPrimary = form.primary || user.email_addresses.length === 0
    if (form.primary) checkCanBePrimary(email)
    changeUser(tenant, entry, {
      email_addresses: [...user.email_addresses, email],
      ...(isPrimary ? { primary_email_address_id: email.id } : {}),
    })
    return email
  })

  routes.on(
    'GET',
    '/email_addresses/{email_address_id}',
    (request, tenant) => findEmail(tenant, parameter(request, 'email_address_id')).email,
  )

  routes.on('PATCH', '/email_addresses/{email_address_id}', (request, tenant) => {
    const { entry, email } = findEmail(tenant, parameter(request, 'email_address_id'))
    const form = readForm(emailForm, request.body)
    if (form.verified && !isVerified(email)) checkIdentifierIsFree(tenant, 'email_address', email.email_address, entry)
    const changed = withVerified(email, form.verified, tenant.now())
    if (form.primary) checkCanBePrimary(changed)
    changeUser(tenant, entry, {
      email_addresses: tenant.users
        .account(entry)
        .user.email_addresses.map((candidate) => (candidate.id === email.id ? changed : candidate)),
      ...(form.primary ? { primary_email_address_id: email.id } : {}),
    })
    return changed
  })

  routes.on('DELETE', '/email_addresses/{email_address_id}', (request, tenant) => {
    const { entry, email } = findEmail(tenant, parameter(request, 'email_address_id'))
    const { user } = tenant.users.account(entry)
    checkIsNotLinked(email)
    checkIsNotLast(user)
    const left = user.email_addresses.filter(({ id }) => id !== email.id)
    changeUser(tenant, entry, {
      email_addresses: left,
      primary_email_address_id: nextPrimary(user.primary_email_address_id, left),
    })
    return deleted('email_address', email.id)
  })

  routes.on('PUT', '/users/{user_id}/email_address', (request, tenant) => {
    const entry = findUser(tenant, parameter(request, 'user_id'))
    const form = readForm(replacementForm, request.body)
    const status = form.identification_status ?? 'verified'
    tenant.users.account(entry).user.email_addresses.forEach(checkIsNotLinked)
    if (status !== 'unverified') checkIdentifierIsFree(tenant, 'email_address', form.email_address, entry)
    const id = makeId('idn', entry.number, tenant.now(), tenant.nextRandom())
    const email = newEmail(id, form.email_address, status, tenant.now())
    changeUser(tenant, entry, { email_addresses: [email], primary_email_address_id: id })
    return email
  })
}

/** Verified by a back end, no longer verified, or as it was. */
function withVerified(email: ClerkEmailAddress, verified: boolean | null | undefined, at: number): ClerkEmailAddress {
  if (typeof verified !== 'boolean' || verified === isVerified(email)) return { ...email, updated_at: at }
  if (!verified) return { ...email, verification: null, updated_at: at }
  return { ...email, verification: adminVerification, reserved: false, updated_at: at }
}

function findEmail({ users }: Tenant, id: string): { readonly entry: UserEntry; readonly email: ClerkEmailAddress } {
  const entry = users.findOwner('idn', id)
  const email = entry && users.account(entry).user.email_addresses.find((candidate) => candidate.id === id)
  if (!entry || !email) throw notFound.identification(id)
  return { entry, email }
}

function checkIsNew(emails: readonly ClerkEmailAddress[], address: string): void {
  if (emails.some((email) => email.email_address.toLowerCase() === address.toLowerCase())) {
    throw identifierExists('email_address')
  }
}

function checkCanBePrimary(email: ClerkEmailAddress): void {
  if (isVerified(email)) return
  throw formFailure('form_verification_needed', 'primary', 'needs a verified email address')
}

/** An address that an account at another service vouches for stays as long as that account (clerk.md 4.6). */
function checkIsNotLinked(email: ClerkEmailAddress): void {
  if (email.linked_to.length === 0) return
  throw failure(
    400,
    'delete_linked_identification_disallowed',
    'Deleting a linked identification is not allowed',
    'Remove the connected account that this email address is linked to first.',
  )
}
