import { randomStream, type RandomStream } from '../random.ts'
import type { SandboxOptions } from '../vendor.ts'
import { type Accounts, createAccounts } from './accounts.ts'
import { createGroups, type Groups } from './groups.ts'
import { createLog, type Log } from './log.ts'
import type { TenantSettings } from './settings.ts'

/** A tenant's state. */
export interface Tenant {
  readonly settings: TenantSettings
  readonly accounts: Accounts
  readonly groups: Groups
  readonly log: Log
  /** Epoch seconds. */
  now(): number
  /** A stream for a new thing's id; another one each time. */
  nextRandom(purpose: string): RandomStream
}

export function createTenant({ people, now }: SandboxOptions, settings: TenantSettings): Tenant {
  const seconds = (): number => Math.floor(now() / 1000)
  const startedAt = seconds()
  let made = 0
  return {
    settings,
    accounts: createAccounts(people, startedAt),
    groups: createGroups(people, startedAt),
    log: createLog(people),
    now: seconds,
    nextRandom: (purpose) => randomStream(`monocloud ${purpose} ${(made += 1)}`),
  }
}
