import { z } from 'zod'
import { failure, formFailure, notFound } from '../failures.ts'
import { phoneField, readForm } from '../forms.ts'
import { makeId } from '../ids.ts'
import { parameter, type Routes } from '../routes.ts'
import { adminVerification } from '../seed/identifications.ts'
import { settleFactors } from '../state/account.ts'
import type { Tenant } from '../state/tenant.ts'
import type { UserEntry } from '../state/users.ts'
import type { ClerkPhoneNumber } from '../wire-identifications.ts'
import {
  changeUser,
  checkIdentifierIsFree,
  checkIsNotLast,
  deleted,
  identifierExists,
  isVerified,
  nextPrimary,
} from './changes.ts'
import { newPhone } from './new-identifications.ts'
import { findUser } from './user-reads.ts'

const newPhoneForm = z.object({
  user_id: z.string(),
  phone_number: phoneField,
  verified: z.boolean().nullish(),
  primary: z.boolean().nullish(),
  reserved_for_second_factor: z.boolean().nullish(),
})

const phoneForm = newPhoneForm.pick({ verified: true, primary: true, reserved_for_second_factor: true })

type PhoneForm = z.infer<typeof phoneForm>

export function phoneNumbers(routes: Routes): void {
  routes.on('POST', '/phone_numbers', ({ body }, tenant) => {
    const form = readForm(newPhoneForm, body)
    const entry = findUser(tenant, form.user_id)
    const { phone_numbers: phones } = tenant.users.account(entry).user
    if (phones.some((phone) => phone.phone_number === form.phone_number)) throw identifierExists('phone_number')
    checkIdentifierIsFree(tenant, 'phone_number', form.phone_number)
    const id = makeId('idn', entry.number, tenant.now(), tenant.nextRandom())
    const status = form.verified ? 'verified' : 'unverified'
    return change(tenant, entry, newPhone(id, form.phone_number, status, tenant.now()), form)
  })

  routes.on(
    'GET',
    '/phone_numbers/{phone_number_id}',
    (request, tenant) => findPhone(tenant, parameter(request, 'phone_number_id')).phone,
  )

  routes.on('PATCH', '/phone_numbers/{phone_number_id}', (request, tenant) => {
    const { entry, phone } = findPhone(tenant, parameter(request, 'phone_number_id'))
    const form = readForm(phoneForm, request.body)
    if (form.verified && !isVerified(phone)) checkIdentifierIsFree(tenant, 'phone_number', phone.phone_number, entry)
    return change(tenant, entry, withVerified(phone, form.verified), form)
  })

  routes.on('DELETE', '/phone_numbers/{phone_number_id}', (request, tenant) => {
    const { entry, phone } = findPhone(tenant, parameter(request, 'phone_number_id'))
    const { user } = tenant.users.account(entry)
    checkIsNotLast(user)
    const left = withDefaultFactor(user.phone_numbers.filter(({ id }) => id !== phone.id))
    const changed = {
      ...user,
      phone_numbers: left,
      primary_phone_number_id: nextPrimary(user.primary_phone_number_id, left),
    }
    changeUser(tenant, entry, settleFactors(changed, tenant.now()))
    return deleted('phone_number', phone.id)
  })
}

/** Adds or replaces the number, with what the form says of it, and answers it as it is then. */
function change(tenant: Tenant, entry: UserEntry, phone: ClerkPhoneNumber, form: PhoneForm): ClerkPhoneNumber {
  const { user } = tenant.users.account(entry)
  const isFactor = form.reserved_for_second_factor ?? phone.reserved_for_second_factor
  if (form.reserved_for_second_factor && !isVerified(phone)) {
    throw failure(
      400,
      'identification_update_second_factor_unverified',
      'Second factor unverified',
      'Only a verified phone number can be reserved for the second factor.',
    )
  }
  if (form.primary && !isVerified(phone)) {
    throw formFailure('form_verification_needed', 'primary', 'needs a verified phone number')
  }
  const changed: ClerkPhoneNumber = {
    ...phone,
    reserved_for_second_factor: isFactor,
    default_second_factor: isFactor && phone.default_second_factor,
    updated_at: tenant.now(),
  }
  const isKnown = user.phone_numbers.some(({ id }) => id === phone.id)
  const phones = withDefaultFactor(
    isKnown
      ? user.phone_numbers.map((candidate) => (candidate.id === phone.id ? changed : candidate))
      : [...user.phone_numbers, changed],
  )
  const isPrimary = form.primary || user.phone_numbers.length === 0
  const kept = {
    ...user,
    phone_numbers: phones,
    primary_phone_number_id: isPrimary ? phone.id : user.primary_phone_number_id,
  }
  changeUser(tenant, entry, settleFactors(kept, tenant.now()))
  return phones.find(({ id }) => id === phone.id) ?? changed
}

/** The first of the numbers reserved for the second factor is the default, if none is. */
function withDefaultFactor(phones: readonly ClerkPhoneNumber[]): readonly ClerkPhoneNumber[] {
  if (phones.some((phone) => phone.default_second_factor)) return phones
  const first = phones.find((phone) => phone.reserved_for_second_factor)
  return phones.map((phone) => (phone === first ? { ...phone, default_second_factor: true } : phone))
}

/** Verified by a back end, no longer verified (and so no factor), or as it was. */
function withVerified(phone: ClerkPhoneNumber, verified: boolean | null | undefined): ClerkPhoneNumber {
  if (typeof verified !== 'boolean' || verified === isVerified(phone)) return phone
  if (verified) return { ...phone, verification: adminVerification, reserved: false }
  return { ...phone, verification: null, reserved_for_second_factor: false, default_second_factor: false }
}

function findPhone({ users }: Tenant, id: string): { readonly entry: UserEntry; readonly phone: ClerkPhoneNumber } {
  const entry = users.findOwner('idn', id)
  const phone = entry && users.account(entry).user.phone_numbers.find((candidate) => candidate.id === id)
  if (!entry || !phone) throw notFound.identification(id)
  return { entry, phone }
}
