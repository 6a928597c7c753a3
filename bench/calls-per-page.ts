/**
 * Walks all users of the four sandboxes as one list over HTTP, and prints how many calls each vendor saw per page. Run with
 * `npm run bench:calls`, or with another number of people: `npm run bench:calls -- 20000`.
 */
import { createTestGateway } from '../test/support/gateway.ts'
import { connectAll } from '../test/support/sandbox.ts'
import { readPage } from '../test/schema/merged-lists.ts'

const people = Number(process.argv[2] ?? 7_200)
const connected = await connectAll({ users: people })
const gateway = createTestGateway(connected.providers)
const names = connected.providers.map(({ name }) => name)
console.log(
  ['first', 'users', 'pages', ...names.map((name) => `${name}/page`)].map((text) => text.padStart(18)).join(''),
)
for (const first of [20, 50, 100]) {
  connected.sandbox.clearCalls()
  let after: string | null = null
  let users = 0
  let pages = 0
  for (let hasNextPage = true; hasNextPage;) {
    const page = await readPage(gateway, 'users', { first, after })
    users += page.edges.length
    pages += 1
    after = page.pageInfo.endCursor
    ;({ hasNextPage } = page.pageInfo)
  }
  const perPage = names.map((name) => {
    const calls = Object.values(connected.sandbox.calls(name)).reduce((sum, count) => sum + count, 0)
    return (calls / pages).toFixed(2)
  })
  console.log([first, users, pages, ...perPage].map((value) => String(value).padStart(18)).join(''))
}
await connected.close()
