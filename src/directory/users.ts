import type { Call } from '../identity/call.ts'
import { ProviderError } from '../identity/errors.ts'
import type { Page } from '../identity/page.ts'
import type { IdentityProvider, UserFilterField, UserQuery } from '../identity/provider.ts'
import type { User } from '../identity/records.ts'

/** One page of one provider's users. A filter or order that the provider does not have natively is `unsupported`, before any call. */
export function listUsers(provider: IdentityProvider, query: UserQuery, call: Call): Promise<Page<User>> {
  const refusal = unsupportedIn(provider, query)
  return refusal ? Promise.reject(refusal) : provider.users.list(query, call)
}

/** What of a query the provider cannot do, or `null`. */
export function unsupportedIn(
  provider: IdentityProvider,
  query: Pick<UserQuery, 'filter' | 'order'>,
): ProviderError | null {
  const { filters, orders } = provider.users
  const unsupported = (argument: string, message: string): ProviderError =>
    new ProviderError({
      provider: provider.name,
      kind: 'unsupported',
      operation: 'users.list',
      argument: [argument],
      message,
    })
  for (const field of Object.keys(query.filter) as UserFilterField[]) {
    const value = query.filter[field]
    if (value === undefined) continue
    const translate = filters[field]
    if (!translate) return unsupported('filter', `${provider.name} cannot filter users by ${field}`)
    const refusal = refusalOf(() => translate(value as never)) // the value of the same field
    if (refusal) return refusal
  }
  if (!orders[query.order.field])
    return unsupported('orderBy', `${provider.name} cannot order users by ${query.order.field}`)
  return null
}

/** A translator throws for a value that its provider cannot express. */
function refusalOf(translate: () => unknown): ProviderError | null {
  try {
    translate()
    return null
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'unsupported') return error
    throw error
  }
}
