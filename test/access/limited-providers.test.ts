import { beforeAll, describe, expect, test } from 'vitest'
import { schema } from '../../schema/index.ts'
import { callerWith, type CallersGateway, createGatewayFor } from '../support/callers.ts'
import { createInMemoryProvider, type InMemoryProvider, populatedDirectory } from '../support/in-memory-provider.ts'
import { present } from '../support/present.ts'
import { operationOf, subjectAt, waysFrom } from './schema-walk.ts'

const callers = {
  limited: callerWith({ providers: new Set(['one']) }),
  elsewhere: callerWith({ providers: new Set(['one', 'three']) }),
  unlimited: callerWith(),
}

const roots = [present(schema.getQueryType()), present(schema.getMutationType())].flatMap((type) =>
  Object.values(type.getFields())
    .filter(({ name }) => name !== '_service')
    .map((field) => ({ name: `${type.name}.${field.name}`, ways: waysFrom(schema, type, field) })),
)

let two: InMemoryProvider
/** One has the provider `two`, and the other has never heard of it. */
let whole: CallersGateway
let small: CallersGateway
beforeAll(() => {
  const one = createInMemoryProvider('one', populatedDirectory('one', 12))
  two = createInMemoryProvider('two', populatedDirectory('two', 12))
  whole = createGatewayFor(callers, [one, two])
  small = createGatewayFor(callers, [one])
})

describe('to a caller limited to one provider, another is as absent as one that was never configured', () => {
  test.for(roots)('$name', async ({ name, ways }) => {
    two.calls.length = 0
    const [way] = ways
    const operation = operationOf(schema, present(way), subjectAt('two'))
    const answer = await whole.ask('limited', operation)
    expect(answer.text).toBe((await small.ask('unlimited', operation)).text)
    expect(two.calls, name).toEqual([])
  })

  test('also by every way through the schema that leads to providers, with no trace of it', async () => {
    const document = `{
      providers { name users(first: 2) { totalCount } }
      provider(name: "two") { name }
      users(first: 50) { totalCount unavailable { providerName } nodes { provider { name } matches { users { providerName } unavailable { providerName } } } }
      groups(first: 50) { totalCount nodes { provider { name } } unavailable { providerName } }
      usersByEmail(email: "User.7@example.test") { users { providerName } unavailable { providerName } }
    }`
    const answer = await whole.ask('limited', document)
    expect(answer.text).toBe((await small.ask('unlimited', document)).text)
    expect(answer.text).toContain('"one"')
    expect(answer.text).not.toContain('two')
  })

  test('in an argument it is refused in the words for one that there is not', async () => {
    const ask = (name: string) => whole.ask('limited', `{ users(providers: ["${name}"]) { totalCount } }`)
    const [known, unknown] = await Promise.all([ask('two'), ask('ten')])
    expect(known.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(known.text.replaceAll('two', 'ten')).toBe(unknown.text)
  })
})

describe('a cursor', () => {
  const page =
    'query ($after: String) { users(first: 1, providers: ["one"], after: $after) { pageInfo { endCursor } } }'

  test.for([
    ['unlimited', 'limited'],
    ['limited', 'unlimited'],
    ['limited', 'elsewhere'],
  ] as const)('that was given to a caller who is %s is none for one who is %s', async ([giver, taker]) => {
    const { data } = await whole.ask(giver, page)
    const after: unknown = data?.['users']?.['pageInfo']?.['endCursor']
    expect(after).toEqual(expect.any(String))
    expect((await whole.ask(giver, page, { after })).errors).toEqual([])
    expect((await whole.ask(taker, page, { after })).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })
})
