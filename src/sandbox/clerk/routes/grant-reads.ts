import { alphanumeric, randomStream } from '../../random.ts'
import { failure, notFound } from '../failures.ts'
import { readWindow, windowOf } from '../query.ts'
import { parameter, type Routes } from '../routes.ts'
import { services } from '../seed/external-accounts.ts'
import type { Tenant } from '../state/tenant.ts'
import type { ClerkOauthToken } from '../wire.ts'
import type { ClerkExternalAccount } from '../wire-identifications.ts'
import { listAnswer, pageAnswer } from './lists.ts'
import { findUser } from './user-reads.ts'

const hour = 3_600_000

export function grantReads(routes: Routes): void {
  routes.on('GET', '/users/{user_id}/oauth_access_tokens/{provider}', (request, tenant) => {
    const { user } = tenant.users.account(findUser(tenant, parameter(request, 'user_id')))
    const provider = parameter(request, 'provider')
    if (!provider.startsWith('oauth_')) {
      throw failure(400, 'oauth_unsupported_provider', 'Unsupported provider', `${provider} is not supported.`)
    }
    if (!services.some((service) => service.provider === provider)) {
      throw failure(404, 'oauth_token_provider_not_enabled', 'Provider not enabled', `${provider} is not enabled.`)
    }
    // Somebody without such an account has no tokens, which is no error (clerk.md 4.1 #10).
    const tokens = user.external_accounts
      .filter((account) => account.provider === provider)
      .map((account) => oauthToken(tenant, account))
    return listAnswer(request.query, windowOf(tokens, readWindow(request.query)), tokens.length)
  })

  routes.on(
    'GET',
    '/api_keys',
    ({ query }, tenant) => {
      const { subject, type, includeInvalid, text, limit, offset } = readApiKeyQuery(query)
      const owner = tenant.users.find(subject)
      const matching = (owner ? tenant.apiKeys.ofUser(owner) : [])
        .filter((key) => key.type === type && (includeInvalid || !(key.revoked || key.expired)))
        .filter((key) => text === '' || key.id === text || key.name.toLowerCase().includes(text.toLowerCase()))
      return pageAnswer(windowOf(matching, { limit, offset }), matching.length)
    },
    { unversioned: true },
  )

  routes.on(
    'GET',
    '/api_keys/{apiKeyID}',
    (request, tenant) => {
      const id = parameter(request, 'apiKeyID')
      const key = tenant.apiKeys.find(id)
      if (!key) throw notFound.apiKey(id)
      return key
    },
    { unversioned: true },
  )
}

/** What the account's service handed out. Google's are renewed as they expire, GitHub's last, Facebook's ran out for good. */
function oauthToken({ now, seededAt }: Tenant, account: ClerkExternalAccount): ClerkOauthToken {
  const accountId = account.external_account_id ?? account.id
  const renewals = Math.floor(Math.max(0, now() - seededAt) / hour)
  const isRenewed = account.provider !== 'oauth_github' && account.provider !== 'oauth_facebook'
  const token = randomStream(`clerk token ${accountId} ${isRenewed ? renewals : 0}`).text(40, alphanumeric)
  return {
    object: 'oauth_access_token',
    external_account_id: accountId,
    provider_user_id: account.provider_user_id,
    token: `secret-${token}`,
    expires_at: isRenewed
      ? seededAt + (renewals + 1) * hour
      : account.provider === 'oauth_facebook'
        ? seededAt - hour
        : null,
    provider: account.provider,
    public_metadata: account.public_metadata,
    label: account.label,
    scopes: account.approved_scopes.split(' '),
    ...(account.approved_scopes.includes('openid') ? { id_token: `secret.${token}.id` } : {}),
  }
}

interface ApiKeyQuery {
  readonly subject: string
  readonly type: string
  readonly includeInvalid: boolean
  readonly text: string
  readonly limit: number
  readonly offset: number
}

/** These routes are stricter than the rest, and refuse with 400 (clerk.md 2.1, 3.2). */
function readApiKeyQuery(query: URLSearchParams): ApiKeyQuery {
  const subject = query.get('subject') ?? ''
  const type = query.get('type') ?? 'api_key'
  const includeInvalid = query.get('include_invalid') ?? 'false'
  const limit = Number(query.get('limit') ?? 10)
  const offset = Number(query.get('offset') ?? 0)
  if (!/^(user|org|mch|scim)_\w{27}$/.test(subject)) throw badParameter('subject', 'Failed regex check')
  if (type.length < 3) throw badParameter('type', 'String must contain at least 3 characters')
  if (!/^(true|false)$/.test(includeInvalid)) throw badParameter('include_invalid', 'Invalid enum value')
  if (!(limit >= 1 && limit <= 100)) throw badParameter('limit', 'Number must be between 1 and 100')
  if (!(offset >= 0)) throw badParameter('offset', 'Number must be greater than or equal to 0')
  return { subject, type, includeInvalid: includeInvalid === 'true', text: query.get('query') ?? '', limit, offset }
}

function badParameter(name: string, message: string): Error {
  return failure(400, 'bad_request', 'Bad Request', `Invalid 'url_parameter.${name}': ${message}`)
}
