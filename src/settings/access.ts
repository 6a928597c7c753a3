import type { ApiKey } from '../access/api-keys.ts'
import type { TokenIssuer } from '../access/issuers.ts'
import type { ProviderConfig } from './providers.ts'

export interface WhoMayAsk {
  readonly apiKeys: readonly ApiKey[]
  readonly issuers: readonly TokenIssuer[]
  readonly providers: readonly ProviderConfig[]
  /** How a fault names a member of an issuer. */
  readonly placeOf: (index: number, member: string) => string
}

/** What keys, issuers and providers say of each other must fit. */
export function checkAccess({ apiKeys, issuers, providers, placeOf }: WhoMayAsk, faults: string[]): void {
  const names = providers.map(({ name }) => name)
  const mustBeKnown = (place: string, named: readonly string[] | '*'): void => {
    if (named === '*' || named.every((name) => names.includes(name))) return
    faults.push(`${place}: no such provider; expected some of ${names.join(', ')}`)
  }
  for (const { name, providers: named } of apiKeys) mustBeKnown(`the providers of the API key ${name}`, named)

  const before = new Set<string>()
  const unpublished = issuers.filter((issuer) => !('issuer' in issuer)).length
  for (const [index, issuer] of issuers.entries()) {
    const wrong = (member: string, message: string): void => {
      faults.push(`${placeOf(index, member)}: ${message}`)
    }
    if ('issuer' in issuer) {
      const { holder } = issuer
      if (before.has(issuer.issuer)) wrong('issuer', 'named before; an issuer has one entry')
      before.add(issuer.issuer)
      if ('provider' in holder) mustBeKnown(placeOf(index, 'provider'), [holder.provider])
      else mustBeKnown(placeOf(index, 'providers'), holder.providers)
      continue
    }
    mustBeKnown(placeOf(index, 'provider'), [issuer.provider])
    const provider = providers.find(({ name }) => name === issuer.provider)
    if (provider && provider.definition.kind !== 'app-services') {
      wrong(
        'issuer',
        'missing; expected the `iss` of its tokens: only App Services signs with a key that is not published',
      )
    }
    if (unpublished > 1 && issuer.domainId === null) {
      wrong('domainId', 'missing; expected the `domain_id` of the app, by which tokens of several apps are told apart')
    }
  }
}
