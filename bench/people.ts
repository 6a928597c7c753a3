import { apiKey } from './targets.ts'
import type { People } from './workloads.ts'

const vendors = ['monocloud', 'auth0', 'clerk', 'app-services'] as const

/** Asks a gateway whom there is to ask for. */
export async function findPeople(origin: string): Promise<People> {
  const ask = async <Data>(query: string): Promise<Data> => {
    const response = await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
      body: JSON.stringify({ query }),
    })
    const { data, errors } = (await response.json()) as { readonly data: Data; readonly errors?: unknown }
    if (errors) throw new Error(`${query}: ${JSON.stringify(errors)}`)
    return data
  }
  const idsAt = async (vendor: string): Promise<readonly string[]> => {
    const query = `{ users(providers: ["${vendor}"], first: 100) { nodes { nativeId } } }`
    const { users } = await ask<{ readonly users: { readonly nodes: readonly { readonly nativeId: string }[] } }>(query)
    return users.nodes.map(({ nativeId }) => nativeId)
  }
  const [monocloud = [], auth0 = [], clerk = [], appServices = []] = await Promise.all(vendors.map(idsAt))
  const { groups } = await ask<{ readonly groups: { readonly nodes: readonly Organization[] } }>(
    '{ groups(providers: ["clerk"], first: 100) { nodes { nativeId memberCount } } }',
  )
  const largest = groups.nodes.toSorted((one, other) => other.memberCount - one.memberCount)[0]
  const { users } = await ask<{ readonly users: { readonly nodes: readonly Friend[] } }>(`{
    users(providers: ["clerk"], first: 50) {
      nodes { nativeId phoneNumbers { id } groups { nodes { id } } sessions { nodes { id } } grants { nodes { kind } } }
    }
  }`)
  // Several login services would be several calls, one after another in nobody's order.
  const friend = users.nodes.find(
    ({ phoneNumbers, groups: joined, sessions, grants }) =>
      phoneNumbers.length > 0 && joined.nodes.length > 0 && sessions.nodes.length > 0 && grants.nodes.length > 1,
  )
  if (!largest || !friend) throw new Error('the sandbox lacks somebody that the workloads ask for')
  return {
    monocloud,
    auth0,
    clerk,
    'app-services': appServices,
    organization: largest.nativeId,
    everybodysFriend: friend.nativeId,
  }
}

interface Organization {
  readonly nativeId: string
  readonly memberCount: number
}

interface Friend {
  readonly nativeId: string
  readonly phoneNumbers: readonly unknown[]
  readonly groups: { readonly nodes: readonly unknown[] }
  readonly sessions: { readonly nodes: readonly unknown[] }
  readonly grants: { readonly nodes: readonly unknown[] }
}
