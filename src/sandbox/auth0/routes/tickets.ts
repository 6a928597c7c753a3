import { z } from 'zod'
import { alphanumeric, randomStream } from '../../random.ts'
import { type Api, ok } from '../api.ts'
import { jsonAnswer, Refusal, userMissing } from '../refusal.ts'
import type { TenantState } from '../state/tenant-state.ts'
import { connectionById, tenantDomain } from '../tenant.ts'
import { emailAddress, integerMember, url, userId } from '../validation.ts'
import { requireUser } from './users-read.ts'

/** In bodies. */
export const connectionId = z.string().regex(/^con_[A-Za-z0-9]{16}$/)

const identity = z.strictObject({ user_id: z.string(), provider: z.string(), connection_id: connectionId.optional() })

const ticketMembers = {
  result_url: url.optional(),
  client_id: z.string().optional(),
  organization_id: z.string().optional(),
  ttl_sec: integerMember(0).optional(),
  includeEmailInRedirect: z.boolean().optional(),
  identity: identity.optional(),
}

/** Links that let whoever has them in (auth0.md 4.2). Nobody opens them in the sandbox. */
export function addTickets(api: Api, state: TenantState): void {
  const ticket = (path: string): string => {
    const random = randomStream(`auth0 ticket ${state.nextNumber()}`)
    return `https://${tenantDomain}/u/${path}?ticket=${random.text(32, alphanumeric)}#`
  }

  api.on('POST /tickets/email-verification', {
    scopes: ['create:user_tickets'],
    body: z.strictObject({ ...ticketMembers, user_id: userId }),
    handle({ body }) {
      requireUser(state, body.user_id)
      return jsonAnswer(201, { ticket: ticket('email-verification') })
    },
  })

  api.on('POST /tickets/password-change', {
    scopes: ['create:user_tickets'],
    body: z.strictObject({
      ...ticketMembers,
      user_id: userId.optional(),
      connection_id: connectionId.optional(),
      email: emailAddress.optional(),
      mark_email_as_verified: z.boolean().optional(),
    }),
    handle({ body }) {
      if (body.user_id !== undefined) {
        const user = requireUser(state, body.user_id)
        if (user.identities.every(({ provider }) => provider !== 'auth0')) {
          throw new Refusal(400, 'The user does not have a password to change.', 'operation_not_supported')
        }
      } else if (body.email === undefined || body.connection_id === undefined) {
        const message = "Payload validation error: 'Missing required property: user_id' on property <root>."
        throw new Refusal(400, message, 'invalid_body')
      } else {
        const connection = connectionById(body.connection_id)
        const found = state.users
          .withEmail(body.email)
          .some((user) => user.identities[0]?.connection === connection?.name)
        if (!found) throw userMissing()
      }
      return jsonAnswer(201, { ticket: ticket('reset-password') })
    },
  })

  api.on('POST /guardian/enrollments/ticket', {
    scopes: ['create:guardian_enrollment_tickets'],
    body: z.strictObject({
      user_id: userId,
      email: emailAddress.optional(),
      send_mail: z.boolean().optional(),
      email_locale: z.string().optional(),
      factor: z
        .enum(['push-notification', 'phone', 'email', 'otp', 'webauthn-roaming', 'webauthn-platform'])
        .optional(),
      allow_multiple_enrollments: z.boolean().optional(),
    }),
    handle({ body }) {
      requireUser(state, body.user_id)
      const id = randomStream(`auth0 enrollment ticket ${state.nextNumber()}`).text(32, alphanumeric)
      return ok({ ticket_id: id, ticket_url: `https://${tenantDomain}/guardian/enroll?ticket=${id}` })
    },
  })
}
