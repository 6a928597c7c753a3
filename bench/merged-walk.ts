/**
 * Walks 100,000 users of four providers in memory as one list, and prints time and heap at intervals: a walk keeps nothing, so that the
 * heap stays flat however long it is. Run with `node bench/merged-walk.ts`.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { listMergedUsers } from '../src/directory/merged-users.ts'
import type { PartialPage } from '../src/directory/part.ts'
import type { Call } from '../src/identity/call.ts'
import type { User } from '../src/identity/records.ts'
import { createInMemoryProvider, emptyDirectory, makeUser } from '../test/support/in-memory-provider.ts'

const userCount = 100_000
const pageSize = 100
const pagesBetweenLines = 100
const names = ['auth0', 'clerk', 'monocloud', 'staff'] as const

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void // what the flag has just put there

const providers = names.map((name, place) => {
  const directory = emptyDirectory()
  for (let index = place; index < userCount; index += names.length) {
    const id = `user|${index}`
    directory.users.set(id, makeUser(name, id, { createdAt: new Date(1_600_000_000_000 + index * 60_000) }))
  }
  return createInMemoryProvider(name, directory)
})

function heapMegabytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 1_000_000
}

const call: Call = { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY, record: () => {} }
const heapBefore = heapMegabytes()
const startedAt = performance.now()
let seen = 0
let reads = 0
let after: string | null = null
console.log(`${'users'.padStart(8)}${'heap MB'.padStart(10)}${'grown MB'.padStart(10)}${'ms/page'.padStart(10)}`)
for (let pages = 1; ; pages += 1) {
  const page: PartialPage<User> = await listMergedUsers(
    providers,
    { first: pageSize, after, filter: {}, order: { field: 'createdAt', direction: 'desc' } },
    { call, softDeadlineMs: 2_000 },
  )
  seen += page.edges.length
  after = page.edges.at(-1)?.cursor ?? null
  for (const { calls } of providers) reads += calls.splice(0).length
  if (pages % pagesBetweenLines === 0 || !page.hasNextPage) {
    const heap = heapMegabytes()
    const msPerPage = (performance.now() - startedAt) / pages
    const columns = [
      String(seen).padStart(8),
      ...[heap, heap - heapBefore, msPerPage].map((n) => n.toFixed(2).padStart(10)),
    ]
    console.log(columns.join(''))
  }
  if (!page.hasNextPage) break
}
console.log(
  `${seen} users in ${((performance.now() - startedAt) / 1000).toFixed(1)} s, ${reads} reads of the providers`,
)
if (seen !== userCount) throw new Error(`${userCount - seen} users are missing`)
