import assert from 'node:assert/strict'
import { getNamedType } from 'graphql'
import { createPublicSchema } from '../../schema/index.ts'
import { encodeGlobalId, type GlobalIdType } from '../../src/identity/global-id.ts'
import type { ProviderKind } from '../../src/identity/records.ts'
import { type ConnectedSandbox, connectAll } from '../support/sandbox.ts'
import { createTestGateway, type GraphqlAnswer, type TestGateway } from '../support/gateway.ts'
import type { ServerOptions } from '../../src/server.ts'

export const kinds = ['monocloud', 'auth0', 'clerk', 'app-services'] as const satisfies readonly ProviderKind[]

/** A user as GraphQL shows it, with what tests choose by. */
export interface SeenUser {
  readonly id: string
  readonly nativeId: string
  readonly username: string | null
  readonly givenName: string | null
  readonly pictureUrl: string | null
  readonly email: string | null
  readonly emailVerified: boolean | null
  readonly emails: readonly { readonly id: string; readonly address: string; verified: boolean; primary: boolean }[]
  readonly phoneNumbers: readonly {
    readonly id: string
    readonly number: string
    verified: boolean
    primary: boolean
  }[]
  readonly status: string
  readonly hasPassword: boolean | null
  readonly passwordResetRequired: boolean | null
  readonly identities: readonly { readonly id: string; readonly service: string }[]
  readonly authenticators: readonly { readonly id: string; readonly kind: string }[] | null
  readonly publicMetadata: Readonly<Record<string, unknown>> | null
  readonly sessions: Nodes<{ readonly id: string; readonly status: string }>
  readonly grants: Nodes<{
    readonly id: string
    readonly kind: string
    readonly clientId: string | null
    readonly revocable: boolean
  }>
  readonly groups: Nodes<{ readonly id: string; readonly kind: string }>
  readonly permissions: Nodes<{ readonly name: string; readonly api: string }>
  readonly blockedIps: Nodes<{ readonly address: string }>
}

type Nodes<Node> = { readonly nodes: readonly Node[] } | null

export interface SeenGroup {
  readonly id: string
  readonly kind: string
  readonly name: string
  readonly members: { readonly edges: readonly { readonly node: { readonly id: string }; roles: string[] | null }[] }
  readonly permissions: Nodes<{ readonly name: string; readonly api: string }>
}

/** What a mutation answers, whichever it is. */
export interface SeenPayload {
  readonly errors: readonly {
    readonly code: string
    readonly message: string
    readonly outcome: string
    readonly applied: readonly string[] | null
    readonly path: readonly string[] | null
    readonly providerName: string | null
  }[]
  readonly [field: string]: unknown
}

const userFields = `
  id nativeId username givenName pictureUrl email emailVerified
  emails { id address verified primary }
  phoneNumbers { id number verified primary }
  status hasPassword passwordResetRequired
  identities { id service }
  authenticators { id kind }
  publicMetadata
  sessions(first: 20) { nodes { id status } }
  grants(first: 50) { nodes { id kind clientId revocable } }
  groups(first: 20) { nodes { id kind } }
  permissions(first: 20) { nodes { name api } }
  blockedIps(first: 20) { nodes { address } }`

const groupFields = `
  id kind name
  members(first: 50) { edges { node { id } roles } }
  permissions(first: 20) { nodes { name api } }`

const selections: Readonly<Record<string, string>> = {
  UserPayload: 'user { id }',
  GroupPayload: 'group { id }',
  MembershipPayload: 'group { id } user { id } roles',
  PendingUserPayload: 'pendingUser { email confirmed }',
  DeletePayload: 'deletedId',
  VerificationPayload: 'verified',
  LinkPayload: 'url sent expiresAt',
  RecoveryCodePayload: 'recoveryCode',
  RevocationPayload: 'count scope revokedIds pending',
  TokenVerificationPayload: 'valid reason user { id } claims',
}

const errorFields = 'errors { code message outcome applied path providerName providerCode retryAfterSeconds }'

const publicSchema = createPublicSchema({ hasNodeFields: true })

/** The names of all mutations of the schema. */
export const mutationNames: readonly string[] = Object.keys(publicSchema.getMutationType()?.getFields() ?? {})

/** A document that makes this mutation; what it answers is selected by its type, or as given. */
export function mutationDocument(name: string, selection?: string): string {
  const field = publicSchema.getMutationType()?.getFields()[name]
  assert(field, `there is no mutation ${name}`)
  const [input] = field.args
  assert(input)
  const chosen = selection ?? selections[getNamedType(field.type).name]
  assert(chosen, `no selection for the payload of ${name}`)
  return `mutation ($input: ${String(input.type)}) { ${name}(input: $input) { ${chosen} ${errorFields} } }`
}

/** Four sandboxed vendors behind a gateway. */
export interface World {
  readonly connected: ConnectedSandbox
  readonly gateway: TestGateway
  /** Back to the seeded data, with nothing counted. */
  reset(): void
  at(kind: ProviderKind): Place
  close(): Promise<void>
}

/** Variables of a mutation. A file makes it a multipart request. */
export type Input = Readonly<Record<string, unknown>> & { readonly file?: File }

/** One vendor of a world. */
export interface Place {
  readonly kind: ProviderKind
  readonly origin: string
  /** The gateway's environment variables for the sandbox. */
  readonly environment: Readonly<Record<string, string>>
  ask(document: string, variables?: Readonly<Record<string, unknown>>): Promise<Record<string, never>>
  mutate(name: string, input: Input, selection?: string): Promise<SeenPayload>
  /** As `mutate`, for changes that a test needs to have been made. */
  prepare(name: string, input: Input): Promise<SeenPayload>
  user(id: unknown): Promise<SeenUser | null>
  group(id: unknown): Promise<SeenGroup | null>
  /** The first seeded user like this, as read when the world began. */
  someone(like?: (user: SeenUser) => boolean): Promise<SeenUser>
  firstGroup(kind?: string): Promise<SeenGroup>
  /** Calls of the vendor's API per route, without those for its tokens, and without what stands before every route of App Services. */
  calls(): Readonly<Record<string, number>>
  clearCalls(): void
}

const appPath = '/groups/{groupId}/apps/{appId}'

const tokenRoutes = new Set(['POST /oauth/token', 'POST /auth/providers/mongodb-cloud/login', 'POST /auth/session'])

export async function startWorld(overrides: Partial<ServerOptions> = {}): Promise<World> {
  const connected = await connectAll({ users: 80 })
  const { sandbox } = connected
  const gateway = createTestGateway(connected.providers, 60_000, overrides)
  const everybody = new Map<ProviderKind, Promise<readonly SeenUser[]>>()

  function at(kind: ProviderKind): Place {
    const ask: Place['ask'] = async (document, variables = {}) => {
      const answer: GraphqlAnswer = await gateway.query(document, variables)
      assert.deepEqual(answer.errors, [], `${kind}: ${document}`)
      return answer.data ?? {}
    }
    const mutate: Place['mutate'] = async (name, { file, ...input }, selection) => {
      const document = mutationDocument(name, selection)
      const { data, errors } = file
        ? await gateway.upload(document, input, file)
        : await gateway.query(document, { input })
      assert.deepEqual(errors, [], `${name} at ${kind}`)
      return data?.[name] as unknown as SeenPayload // it was asked for by this name
    }
    const readEverybody = async (): Promise<readonly SeenUser[]> => {
      const data = await ask(
        `query ($kind: String!) { provider(name: $kind) { users(first: 100) { nodes { ${userFields} } } } }`,
        { kind },
      )
      const { users } = data['provider'] as unknown as { users: { nodes: SeenUser[] } } // as asked for
      return users.nodes
    }
    return {
      kind,
      origin: sandbox.origin,
      environment: sandbox.environment,
      ask,
      mutate,
      async prepare(name, input) {
        const payload = await mutate(name, input)
        assert.deepEqual(payload.errors, [], name)
        return payload
      },
      async user(id) {
        const data = await ask(`query ($id: ID!) { user(id: $id) { ${userFields} } }`, { id })
        return data['user'] as unknown as SeenUser | null // as asked for
      },
      async group(id) {
        const data = await ask(`query ($id: ID!) { group(id: $id) { ${groupFields} } }`, { id })
        return data['group'] as unknown as SeenGroup | null // as asked for
      },
      async someone(like = () => true) {
        const all = everybody.get(kind) ?? readEverybody()
        everybody.set(kind, all)
        const found = (await all).find(like)
        assert(found, `nobody at ${kind} is like that`)
        return found
      },
      async firstGroup(groupKind) {
        const data = await ask(
          `query ($kind: String!, $kinds: [GroupKind!]) { provider(name: $kind) { groups(first: 1, kinds: $kinds) { nodes { ${groupFields} } } } }`,
          { kind, kinds: groupKind === undefined ? null : [groupKind] },
        )
        const { groups } = data['provider'] as unknown as { groups: { nodes: SeenGroup[] } } // as asked for
        const [group] = groups.nodes
        assert(group, `${kind} has no such group`)
        return group
      },
      calls: () =>
        Object.fromEntries(
          Object.entries(sandbox.calls(kind))
            .map(([route, count]) => [route.slice(kind.length + 1).replace(appPath, ''), count] as const)
            .filter(([route]) => !tokenRoutes.has(route)),
        ),
      clearCalls: () => sandbox.clearCalls(),
    }
  }

  return {
    connected,
    gateway,
    reset: () => sandbox.sandbox.reset(),
    at,
    close: () => connected.close(),
  }
}

/** The id of a record that does not exist. */
export function madeUpId(type: GlobalIdType, provider: string, ...parts: readonly (string | null)[]): string {
  return encodeGlobalId({ type, provider, parts })
}
