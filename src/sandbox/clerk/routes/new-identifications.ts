import { adminVerification } from '../seed/identifications.ts'
import type { ClerkEmailAddress, ClerkPhoneNumber } from '../wire-identifications.ts'

/** How far an address or number is trusted that a back end adds (clerk.md 4.2). */
export type IdentificationStatus = 'verified' | 'reserved' | 'unverified'

export function newEmail(id: string, address: string, status: IdentificationStatus, at: number): ClerkEmailAddress {
  return {
    id,
    object: 'email_address',
    email_address: address.toLowerCase(),
    reserved: status === 'reserved',
    verification: status === 'verified' ? adminVerification : null,
    linked_to: [],
    matches_sso_connection: false,
    created_at: at,
    updated_at: at,
  }
}

export function newPhone(id: string, number: string, status: IdentificationStatus, at: number): ClerkPhoneNumber {
  return {
    id,
    object: 'phone_number',
    phone_number: number,
    reserved_for_second_factor: false,
    default_second_factor: false,
    reserved: status === 'reserved',
    verification: status === 'verified' ? adminVerification : null,
    linked_to: [],
    backup_codes: null,
    created_at: at,
    updated_at: at,
  }
}
