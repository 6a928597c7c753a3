import type { Loaders, Providers } from '../context.ts'
import { ProviderError } from '../identity/errors.ts'
import type { IdentityProvider } from '../identity/provider.ts'
import type { User } from '../identity/records.ts'
import { unlessHeldBack } from './held-back.ts'
import type { MissingPart } from './part.ts'
import { late, tooLate, withSoftDeadline } from './soft-deadline.ts'

/** Accounts found at several providers, and where it could not be looked. */
export interface Lookup {
  readonly users: readonly User[]
  readonly missing: readonly MissingPart[]
}

interface LookupContext {
  readonly providers: Providers
  readonly loaders: Loaders
  readonly softDeadlineMs: number
}

/** Every account at these providers that carries the address, verified or not. Looks everywhere at once. */
export async function findByEmail(
  email: string,
  providers: readonly IdentityProvider[],
  { loaders, softDeadlineMs }: LookupContext,
): Promise<Lookup> {
  // Where there are no others, nobody is kept waiting for one.
  const deadlineMs = providers.length === 1 ? null : softDeadlineMs
  return everywhere(providers, deadlineMs, async (provider) => {
    if (!provider.users.findByEmails) throw cannotLookUp(provider)
    return loaders.usersByEmail.load(provider.name, email.toLowerCase())
  })
}

/**
 * The accounts of the same person at the other providers. Two accounts belong to one person when both carry the same verified address or
 * number, or the same id of the customer's own. An unverified address never joins two people.
 */
export async function findMatches(user: User, { providers, loaders, softDeadlineMs }: LookupContext): Promise<Lookup> {
  const emails = new Set(
    user.emails.filter(({ verified }) => verified === true).map(({ address }) => address.toLowerCase()),
  )
  const numbers = new Set(user.phoneNumbers.filter(({ verified }) => verified === true).map(({ number }) => number))
  const { externalId } = user
  if (emails.size === 0 && numbers.size === 0 && externalId === null) return { users: [], missing: [] }

  const isSamePerson = (other: User): boolean =>
    other.emails.some(({ address, verified }) => verified === true && emails.has(address.toLowerCase())) ||
    other.phoneNumbers.some(({ number, verified }) => verified === true && numbers.has(number)) ||
    (externalId !== null && other.externalId === externalId)

  const others = [...providers.values()].filter(({ name }) => name !== user.provider)
  return everywhere(others, softDeadlineMs, async (provider) => {
    const { users, name } = provider
    const searches = [
      ...(users.findByEmails ? [...emails].map((email) => loaders.usersByEmail.load(name, email)) : []),
      ...(users.findByPhoneNumbers ? [...numbers].map((number) => loaders.usersByPhoneNumber.load(name, number)) : []),
      ...(users.findByExternalIds && externalId !== null ? [loaders.usersByExternalId.load(name, externalId)] : []),
    ]
    if (searches.length === 0) throw cannotLookUp(provider)
    const found = (await Promise.all(searches)).flat()
    return [...new Map(found.map((other) => [other.nativeId, other])).values()].filter(isSamePerson)
  })
}

/** Asks all providers at once; one that fails or is late is named in `missing`. When all fail for a reason that may pass, the first is thrown. */
async function everywhere(
  providers: readonly IdentityProvider[],
  deadlineMs: number | null,
  find: (provider: IdentityProvider) => Promise<readonly User[]>,
): Promise<Lookup> {
  const users: User[] = []
  const missing: MissingPart[] = []
  const answers = await withSoftDeadline(deadlineMs, (deadline) =>
    Promise.allSettled(
      providers.map(async (provider) => {
        const found = await deadline.wait(unlessHeldBack(provider, () => find(provider)))
        if (found === late) throw tooLate(provider.name)
        return found
      }),
    ),
  )
  for (const [index, answer] of answers.entries()) {
    const provider = providers[index]?.name ?? ''
    if (answer.status === 'fulfilled') users.push(...answer.value)
    else if (answer.reason instanceof ProviderError) missing.push({ provider, part: null, error: answer.reason })
    else throw answer.reason
  }
  const [firstFailure] = missing.filter(({ error }) => error.kind !== 'unsupported')
  if (firstFailure && missing.length === providers.length) throw firstFailure.error
  return { users, missing }
}

function cannotLookUp(provider: IdentityProvider): ProviderError {
  return new ProviderError({
    provider: provider.name,
    kind: 'unsupported',
    operation: 'users.find',
    message: `${provider.name} cannot look up users by what is known of this one`,
  })
}
