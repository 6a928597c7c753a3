import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProviderKind } from '../src/identity/records.ts'
import { kinds, startWorld } from '../test/mutations/world.ts'
import { changeEverything } from './drive/changes.ts'
import { readEverything } from './drive/reads.ts'

/**
 * Asks the gateway for all that it offers, over the four sandboxes, and says which of the vendors' routes it called. Ends with 1 when one
 * that the product has to reach was not. `VENDOR_DOCUMENTS` names the folder with `coverage.json`.
 */
type Route = readonly [method: string, path: string]
type Coverage = Readonly<Record<ProviderKind, { readonly must: readonly Route[]; readonly may: readonly Route[] }>>

const folder = process.env['VENDOR_DOCUMENTS']
if (!folder) throw new Error("VENDOR_DOCUMENTS has to name the folder of the vendors' documents")
const coverage = JSON.parse(await readFile(join(folder, 'coverage.json'), 'utf8')) as Coverage // the file has no other shape

const hits = new Map<string, number>()
const world = await startWorld()

/** Does one thing from the seeded state, and adds up what it called. */
async function drive(work: () => Promise<void>): Promise<void> {
  world.reset()
  await work()
  for (const [route, count] of Object.entries(world.connected.sandbox.calls())) {
    hits.set(route, (hits.get(route) ?? 0) + count)
  }
}

/** Access tokens of App Services are renewed half-hourly, which nobody waits for: one is refused instead. */
async function outliveToken(): Promise<void> {
  const place = world.at('app-services')
  const { id } = await place.someone()
  await place.user(id)
  const { sandbox } = world.connected
  const body = { error: 'invalid session', error_code: 'InvalidSession' }
  await sandbox.fault({ provider: 'app-services', method: 'GET', kind: 'status', status: 401, times: 1, body })
  await place.user(id)
}

await drive(outliveToken)
for (const kind of kinds) {
  const place = world.at(kind)
  // To reset forgets what was counted, so that tests' own counting has to be left alone.
  const counting = { ...place, clearCalls: () => {} }
  await drive(() => readEverything(counting))
  for (const change of changeEverything(counting)) await drive(change)
}
await world.close()

const nameOf = ([method, path]: Route): string => `${method} ${path}`

const report = Object.fromEntries(
  kinds.map((kind) => {
    const { must, may } = coverage[kind]
    const isHit = (route: Route): boolean => hits.has(`${kind} ${nameOf(route)}`)
    const known = new Set([...must, ...may].map(nameOf))
    return [
      kind,
      {
        hit: must.filter(isHit).map(nameOf),
        missed: must.filter((route) => !isHit(route)).map(nameOf),
        optionalHit: may.filter(isHit).map(nameOf),
        optionalMissed: may.filter((route) => !isHit(route)).map(nameOf),
        beyond: [...hits.keys()]
          .filter((route) => route.startsWith(`${kind} `))
          .map((route) => route.slice(kind.length + 1))
          .filter((route) => !known.has(route)),
      },
    ]
  }),
)

for (const [kind, { hit, missed, optionalHit, optionalMissed, beyond }] of Object.entries(report)) {
  const optional = `${optionalHit.length} of ${optionalHit.length + optionalMissed.length} optional`
  console.log(`${kind}: ${hit.length} of ${hit.length + missed.length} routes, ${optional}, ${beyond.length} beyond`)
  for (const route of missed) console.log(`  not reached: ${route}`)
  for (const route of optionalMissed) console.log(`  optional, not reached: ${route}`)
}
await mkdir('coverage', { recursive: true })
await writeFile('coverage/upstream.json', `${JSON.stringify(report, null, 2)}\n`)
process.exitCode = Object.values(report).every(({ missed }) => missed.length === 0) ? 0 : 1
