import { z } from 'zod'
import type { RouteRequest } from '../../router.ts'
import type { Account } from '../accounts.ts'
import { emailText, phoneText, refuseDuplicate, refuseRestricted, usernameText } from '../identity-rules.ts'
import { notFound } from '../problem.ts'
import { makeUuid } from '../seed-user.ts'
import type { MonocloudEmail, MonocloudPhone, MonocloudUser } from '../wire.ts'
import { accountOf, bodyOf, changeUser, linkLifetime, type RouteContext } from './context.ts'

type Identifier = MonocloudEmail | MonocloudPhone

/** A kind of identifier of which a user may have several. */
interface IdentifierKind<Item extends Identifier> {
  readonly name: string
  readonly segment: 'emails' | 'phones'
  of(user: MonocloudUser): readonly Item[]
  replace(user: MonocloudUser, items: readonly Item[]): void
}

const emails: IdentifierKind<MonocloudEmail> = {
  name: 'email',
  segment: 'emails',
  of: (user) => user.emails,
  replace: (user, items) => {
    user.emails = items
  },
}

const phones: IdentifierKind<MonocloudPhone> = {
  name: 'phone number',
  segment: 'phones',
  of: (user) => user.phone_numbers,
  replace: (user, items) => {
    user.phone_numbers = items
  },
}

const usernameBody = z.object({ username: usernameText })
const newEmailBody = z.object({
  email: emailText,
  is_verified: z.boolean().optional(),
  skip_restriction_checks: z.boolean().optional(),
})
const newPhoneBody = z.object({
  phone_number: phoneText,
  is_verified: z.boolean().optional(),
  skip_restriction_checks: z.boolean().optional(),
})
const linkBody = z.object({ expiry: z.int().min(1).nullish() })

/** User name, emails and phone numbers. */
export function addIdentifierRoutes(context: RouteContext): void {
  const { on, tenant, answers } = context
  const { accounts, settings } = tenant

  on('PUT', '/users/{user_id}/username', (request) => {
    const account = accountOf(tenant, request)
    const { username } = bodyOf(request, usernameBody)
    refuseDuplicate(accounts, settings, 'username.username', username, account)
    return answers.json(
      changeUser(tenant, account, (user) => {
        const id = user.username?.id ?? makeUuid(tenant.nextRandom('identifier'))
        user.username = { id, username, source: 'monocloud' }
      }),
    )
  })

  on('DELETE', '/users/{user_id}/username', (request) => {
    const account = accountOf(tenant, request)
    if (!account.user.username) return answers.json(account.user)
    return answers.json(
      changeUser(tenant, account, (user) => {
        user.username = null
      }),
    )
  })

  /** The first of a kind becomes primary (monocloud.md 8). */
  const newIdentifier = (others: readonly Identifier[], isVerified: boolean | undefined) => ({
    id: makeUuid(tenant.nextRandom('identifier')),
    primary: others.length === 0,
    verified: isVerified ?? false,
    source: 'monocloud',
    verification_source: isVerified ? 'monocloud' : null,
  })

  on('POST', '/users/{user_id}/emails', (request) => {
    const account = accountOf(tenant, request)
    const body = bodyOf(request, newEmailBody)
    if (!body.skip_restriction_checks) refuseRestricted(body.email)
    refuseDuplicate(accounts, settings, 'emails.email', body.email)
    return answers.json(
      changeUser(tenant, account, (user) => {
        user.emails = [...user.emails, { ...newIdentifier(user.emails, body.is_verified), email: body.email }]
      }),
    )
  })

  on('POST', '/users/{user_id}/phones', (request) => {
    const account = accountOf(tenant, request)
    const body = bodyOf(request, newPhoneBody)
    refuseDuplicate(accounts, settings, 'phone_numbers.phone', body.phone_number)
    return answers.json(
      changeUser(tenant, account, (user) => {
        const phone = { ...newIdentifier(user.phone_numbers, body.is_verified), phone: body.phone_number }
        user.phone_numbers = [...user.phone_numbers, phone]
      }),
    )
  })

  on('POST', '/users/{user_id}/emails/{identifier_id}/verify/link', (request) => {
    identifierOf(emails, accountOf(tenant, request), request)
    const { expiry } = bodyOf(request, linkBody)
    return answers.json({ expires_at: tenant.now() + (expiry ?? linkLifetime), email_sent: true })
  })

  addRoutesOfKind(context, emails)
  addRoutesOfKind(context, phones)
}

function addRoutesOfKind<Item extends Identifier>(
  { on, tenant, answers }: RouteContext,
  kind: IdentifierKind<Item>,
): void {
  const template = `/users/{user_id}/${kind.segment}/{identifier_id}`

  on('DELETE', template, (request) => {
    const account = accountOf(tenant, request)
    const removed = identifierOf(kind, account, request)
    return answers.json(
      changeUser(tenant, account, (user) => {
        const others = kind.of(user).filter((item) => item !== removed)
        // The oldest one that remains is promoted (monocloud.md 8).
        const [oldest] = others
        if (removed.primary && oldest) oldest.primary = true
        kind.replace(user, others)
      }),
    )
  })

  on('POST', `${template}/primary`, (request) => {
    const account = accountOf(tenant, request)
    const chosen = identifierOf(kind, account, request)
    return answers.json(
      changeUser(tenant, account, (user) => {
        for (const item of kind.of(user)) item.primary = item === chosen
      }),
    )
  })

  for (const isVerified of [true, false]) {
    on('POST', `${template}/${isVerified ? 'verify' : 'unverify'}`, (request) => {
      const account = accountOf(tenant, request)
      const item = identifierOf(kind, account, request)
      return answers.json(
        changeUser(tenant, account, () => {
          item.verified = isVerified
          item.verification_source = isVerified ? 'monocloud' : null
        }),
      )
    })
  }
}

/** The identifier in the path; a segment that is no UUID is not found either (monocloud.md 8). */
function identifierOf<Item extends Identifier>(
  kind: IdentifierKind<Item>,
  account: Account,
  request: RouteRequest,
): Item {
  const found = kind.of(account.user).find(({ id }) => id === request.params['identifier_id'])
  if (!found) throw notFound(kind.name)
  return found
}
