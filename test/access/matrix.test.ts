import { type GraphQLObjectType } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import { schema } from '../../schema/index.ts'
import type { Caller } from '../../src/access/caller.ts'
import { type Scope, scopes } from '../../src/access/scopes.ts'
import { callerWith, type CallersGateway, createGatewayFor, endUser } from '../support/callers.ts'
import { createInMemoryProvider, populatedDirectory } from '../support/in-memory-provider.ts'
import { present } from '../support/present.ts'
import { isOpenWay, operationOf, scopesOf, subjectAt, type Way, waysFrom } from './schema-walk.ts'

/** What the least input of these mutations adds to the scopes of the mutation. */
const addedByInput: Readonly<Record<string, readonly Scope[]>> = {
  disableUser: ['sessions:revoke'],
  setPassword: ['sessions:revoke'],
  changePassword: ['sessions:revoke'],
  updateGroupMember: ['permissions:write'],
}

const subject = subjectAt('one')
const query = present(schema.getQueryType())
const mutation = present(schema.getMutationType())

/** What only end users or tools ask for, and no scope opens. */
const withoutScopes = new Set(['_service'])

const roots = [query, mutation].flatMap((type) =>
  Object.values(type.getFields())
    .filter(({ name }) => !withoutScopes.has(name))
    .map((field) => ({ name: `${type.name}.${field.name}`, ways: waysFrom(schema, type, field) })),
)

/** The shortest way to each field that there is. */
const shortest = new Map<string, Way>()
for (const way of roots.flatMap(({ ways }) => ways).toSorted((a, b) => a.steps.length - b.steps.length)) {
  const { type, field } = present(way.steps.at(-1))
  const name = `${type.name}.${field.name}`
  if (!shortest.has(name)) shortest.set(name, way)
}

function neededBy(way: Way): ReadonlySet<Scope> {
  return new Set([...scopesOf(schema, way), ...(addedByInput[way.steps[0].field.name] ?? [])])
}

const singles: Readonly<Record<string, Caller>> = Object.fromEntries(
  scopes.map((scope) => [scope, callerWith({ scopes: new Set([scope]) })]),
)
const callers: Record<string, Caller> = {
  ...singles,
  nothing: callerWith({ scopes: new Set() }),
  everything: callerWith(),
  limited: callerWith({ providers: new Set(['one']) }),
  'end user': endUser('one', 'user|7'),
}

let gateway: CallersGateway
beforeAll(() => {
  const providers = ['one', 'two'].map((name) => createInMemoryProvider(name, populatedDirectory(name, 12)))
  gateway = createGatewayFor(callers, providers)
})

/** What was said to a caller who went this way: nothing of what may be had, or the scopes that are missing. */
async function refusal(caller: string, way: Way): Promise<readonly string[] | null> {
  const { errors, status } = await gateway.ask(caller, operationOf(schema, way, subject))
  expect([401, 429]).not.toContain(status) // or it was not judged at all
  const refused = errors.filter(({ extensions }) => extensions['code'] === 'FORBIDDEN')
  if (refused.length === 0) return null
  return refused.flatMap(({ extensions }) => (extensions['missingScopes'] as readonly string[] | undefined) ?? [])
}

/** A caller who has these scopes, known to the gateway from now on. */
function holderOf(held: ReadonlySet<Scope>): string {
  const name = `holder of ${[...held].toSorted().join(' ') || 'none'}`
  callers[name] ??= callerWith({ scopes: held })
  return name
}

test('every type and field of the schema is reached', () => {
  const reached = new Set(shortest.keys())
  const missed = Object.values(schema.getTypeMap())
    .filter((type): type is GraphQLObjectType => 'getInterfaces' in type && !('resolveType' in type))
    .filter(({ name }) => !name.startsWith('__') && name !== '_Service')
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`))
    .filter((name) => !reached.has(name) && name !== 'Query._service')
  expect(missed).toEqual([])
  expect(reached.size).toBeGreaterThan(300)
})

describe('with one scope, or none, a field is had if that is all that is declared for it', () => {
  test.for([...shortest])('%s', async ([, way]) => {
    const needed = neededBy(way)
    const answers = new Map<string, boolean>()
    for (const name of ['nothing', 'everything', 'limited', 'end user', ...scopes]) {
      answers.set(name, (await refusal(name, way)) === null)
    }
    expect(answers).toEqual(
      new Map<string, boolean>([
        ['nothing', needed.size === 0],
        ['everything', true],
        ['limited', true],
        ['end user', isOpenWay(way)],
        ...scopes.map((scope) => [scope, needed.size === 0 || (needed.size === 1 && needed.has(scope))] as const),
      ]),
    )
  })
})

describe('by whichever root a type is reached, it takes the same scopes', () => {
  test.for(roots)('$name', async ({ ways }) => {
    const wrong: string[] = []
    for (const way of oneOfEachNeed(ways)) {
      const needed = neededBy(way)
      if ((await refusal(holderOf(needed), way)) !== null) wrong.push(`${way.name}: refused with all scopes`)
      for (const scope of needed) {
        const missing = await refusal(holderOf(new Set([...needed].filter((held) => held !== scope))), way)
        if (missing?.join() !== scope) wrong.push(`${way.name}: not refused for want of ${scope}`)
      }
      if (((await refusal('end user', way)) === null) !== isOpenWay(way)) wrong.push(`${way.name}: end user`)
    }
    expect(wrong).toEqual([])
  })
})

/** Of each type that is reached, one field for each set of scopes, and each that is open to end users or not. */
function oneOfEachNeed(ways: readonly Way[]): readonly Way[] {
  const kinds = new Map<string, Way>()
  for (const way of ways) {
    const { type } = present(way.steps.at(-1))
    const kind = `${type.name} ${[...neededBy(way)].toSorted().join()} ${isOpenWay(way)}`
    if (!kinds.has(kind)) kinds.set(kind, way)
  }
  return [...kinds.values()]
}
