import type { Providers } from '../context.ts'
import { ArgumentError } from '../identity/errors.ts'
import type { IdentityProvider } from '../identity/provider.ts'

/** The provider of this name; an unknown name is the caller's mistake in `argument`. */
export function providerNamed(providers: Providers, name: string, argument: readonly string[]): IdentityProvider {
  const provider = providers.get(name)
  if (!provider)
    throw new ArgumentError(
      argument,
      `\`${argument.join('.')}\` names no provider: ${JSON.stringify(name.slice(0, 100))}`,
    )
  return provider
}

/** The named providers, each once, in the order of the configuration; all of them for `null`. */
export function selectProviders(providers: Providers, names: readonly string[] | null): readonly IdentityProvider[] {
  if (names === null) return [...providers.values()]
  if (names.length === 0)
    throw new ArgumentError(['providers'], '`providers` must name at least one provider or be left out')
  for (const name of names) providerNamed(providers, name, ['providers'])
  return [...providers.values()].filter(({ name }) => names.includes(name))
}
