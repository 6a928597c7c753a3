import { z } from 'zod'
import { alphanumeric } from '../random.ts'
import {
  emailText,
  passwordAlgorithm,
  phoneText,
  refuseDuplicate,
  refuseMixedPassword,
  refuseRestricted,
  refuseWeakPassword,
  usernameText,
} from './identity-rules.ts'
import { invalidMembers } from './problem.ts'
import { makeUuid } from './seed-user.ts'
import type { Tenant } from './tenant.ts'
import type { MonocloudUser } from './wire.ts'

const claimNames = ['name', 'given_name', 'middle_name', 'family_name', 'nickname', 'picture'] as const

/** CreateUserRequest (monocloud.md 5.5). */
export const createUserBody = z.object({
  username: usernameText.nullish(),
  email: emailText.nullish(),
  email_verified: z.boolean().nullish(),
  phone_number: phoneText.nullish(),
  phone_number_verified: z.boolean().nullish(),
  password: z.string().nullish(),
  password_hash: z.string().nullish(),
  password_hash_algorithm: passwordAlgorithm.optional(),
  is_temporary_password: z.boolean().optional(),
  name: z.string().nullish(),
  given_name: z.string().nullish(),
  middle_name: z.string().nullish(),
  family_name: z.string().nullish(),
  nickname: z.string().nullish(),
  picture: z.string().nullish(),
  skip_password_policy_checks: z.boolean().optional(),
  skip_identifier_restriction_checks: z.boolean().optional(),
  skip_conformance_checks: z.boolean().optional(),
})

type CreateUserBody = z.infer<typeof createUserBody>

/** Refuses what breaks the sign-up policy or is taken. */
export function refuseUnfitUser({ accounts, settings }: Tenant, body: CreateUserBody): void {
  const { email, phone_number: phone, username, password } = body
  if (!email && !phone && !username) {
    const missing = ['One of email, phone_number and username is required.']
    throw invalidMembers({ email: missing, phone_number: missing, username: missing })
  }
  refuseMixedPassword({ password, hash: body.password_hash, algorithm: body.password_hash_algorithm })
  if (email && !body.skip_identifier_restriction_checks) refuseRestricted(email)
  if (password && !body.skip_password_policy_checks) refuseWeakPassword(password)
  if (username) refuseDuplicate(accounts, settings, 'username.username', username)
  if (email) refuseDuplicate(accounts, settings, 'emails.email', email)
  if (phone) refuseDuplicate(accounts, settings, 'phone_numbers.phone', phone)
}

export function makeNewUser(tenant: Tenant, body: CreateUserBody): MonocloudUser {
  const random = tenant.nextRandom('user')
  const now = tenant.now()
  const user_id = `u_${random.text(8, alphanumeric)}`
  const hasPassword = Boolean(body.password ?? body.password_hash)
  const identifier = (isVerified: boolean | null | undefined) => ({
    id: makeUuid(random),
    primary: true,
    verified: isVerified ?? false,
    source: 'monocloud',
    verification_source: isVerified ? 'monocloud' : null,
  })
  return {
    user_id,
    disabled: false,
    connections: [{ idp: 'monocloud', connection_id: user_id }],
    claims: Object.fromEntries(claimNames.flatMap((name) => (body[name] ? [[name, body[name]]] : []))),
    public_data: {},
    private_data: {},
    emails: body.email ? [{ ...identifier(body.email_verified), email: body.email }] : [],
    phone_numbers: body.phone_number ? [{ ...identifier(body.phone_number_verified), phone: body.phone_number }] : [],
    passkeys: [],
    force_password_reset: hasPassword && (body.is_temporary_password ?? false),
    external_providers: [],
    creation_time: now,
    last_updated: now,
    username: body.username ? { id: makeUuid(random), username: body.username, source: 'monocloud' } : null,
    has_password: hasPassword,
    password_updated_at: hasPassword ? now : null,
    block_until: null,
    failure_count: 0,
    sign_in_attempts_count: 0,
    last_sign_in_attempt: null,
    last_sign_in_attempt_ip: null,
    sign_in_success_count: 0,
    last_sign_in_success: null,
    last_sign_in_success_ip: null,
    last_activity: null,
    last_known_city: null,
    last_known_country: null,
    last_known_region: null,
  }
}
