import type { Person } from '../people.ts'
import { secondsOf, userIdOf } from './seed-user.ts'
import type { MonocloudLogEntry } from './wire.ts'

/** The tenant's audit feed (monocloud.md 4.3). */
export interface Log {
  /** Oldest first. */
  all(): readonly MonocloudLogEntry[]
  /** Records what somebody with a management key did. `at`: epoch seconds. */
  record(code: string, targets: MonocloudLogEntry['targets'], at: number): void
}

const managementActor = { type: 'management_api', id: 'management' }

/** The seeded part is made when it is first read. */
export function createLog(people: readonly Person[]): Log {
  let seeded: readonly MonocloudLogEntry[] | undefined
  const recorded: MonocloudLogEntry[] = []
  return {
    all() {
      seeded ??= people.flatMap(entriesOf).toSorted((left, right) => left.time_stamp - right.time_stamp)
      return [...seeded, ...recorded]
    },
    record(code, targets, at) {
      const category = code.startsWith('group_') ? 'group' : 'user'
      const id = `log_written_${recorded.length + 1}`
      recorded.push({ id, time_stamp: at, category, code, actor: managementActor, targets })
    },
  }
}

function entriesOf(person: Person): readonly MonocloudLogEntry[] {
  const user = { type: 'user', id: userIdOf(person) }
  const entry = (code: string, at: Date): MonocloudLogEntry => ({
    id: `log_${code}_${person.index}`,
    time_stamp: secondsOf(at),
    category: 'user',
    code,
    actor: user,
    targets: [user],
  })
  return [
    entry('user_registration_succeeded', person.createdAt),
    ...(person.lastSignInAt ? [entry('user_sign_in_succeeded', person.lastSignInAt)] : []),
  ]
}
