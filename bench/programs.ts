import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, prepare } from './load.ts'
import { workloads } from './workloads.ts'

/** Where programs are started, and files looked for. */
const root = fileURLToPath(new URL('..', import.meta.url))

/** How a built program is started: with the flags of its first line, as when it is deployed, and these. */
export function commandOf(file: string, more: readonly string[] = []): readonly string[] {
  const flags = /^#!.* node (.*)$/m.exec(readFileSync(resolve(root, file), 'utf8'))?.[1]?.split(' ') ?? []
  return [...flags, ...more, file, 'serve']
}

/** A user whom the sandbox always has at Clerk. */
const firstUser = 'user_369bXm00BU3zL4Fo07gKbYRgETB'

/** Whether a program answers a query that takes one upstream call. */
export async function answers(origin: string): Promise<boolean> {
  const client = createClient(origin, 1)
  const [workload] = workloads
  try {
    if (!workload) throw new Error('there are no workloads')
    const nobody = { monocloud: [], auth0: [], 'app-services': [], organization: '', everybodysFriend: '' }
    const { status } = await client.send(prepare(workload, { ...nobody, clerk: ['', '', '', firstUser] }))
    return status === 200
  } catch {
    return false // not there yet
  } finally {
    await client.close()
  }
}
