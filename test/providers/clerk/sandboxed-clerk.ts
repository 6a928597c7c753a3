import type {
  GrantActions,
  GrantReader,
  GroupActions,
  GroupReader,
  SessionActions,
  SessionReader,
  UserActions,
  UserHandle,
  UserReader,
} from '../../../src/identity/provider.ts'
import type { User } from '../../../src/identity/records.ts'
import { connectToSandbox, startSandbox, testCall, type TestSandbox } from '../../support/sandbox.ts'

/** A sandbox, the adapter on it with everything that Clerk can do, and whoever lives there. */
export interface SandboxedClerk {
  readonly sandbox: TestSandbox
  readonly users: UserReader & Required<Pick<UserActions, UserAction>>
  readonly groups: Required<GroupReader & Omit<GroupActions, 'grantPermissions' | 'revokePermissions'>>
  readonly sessions: Required<SessionReader & SessionActions>
  readonly grants: GrantReader & Required<Pick<GrantActions, 'revoke'>>
  readonly everybody: readonly User[]
  /** The user as Clerk has it now. */
  read(id: string): Promise<User>
  /** Somebody like that whom no test has had yet, so that no test depends on another. */
  take(like?: (user: User) => unknown): Promise<User>
  close(): Promise<void>
}

const userActions = [
  'create',
  'update',
  'delete',
  'disable',
  'enable',
  'lock',
  'unlock',
  'updateMetadata',
  'setPassword',
  'changePassword',
  'removePassword',
  'verifyPassword',
  'requirePasswordReset',
  'clearPasswordReset',
  'addEmail',
  'removeEmail',
  'changeEmail',
  'setPrimaryEmail',
  'setEmailVerified',
  'addPhone',
  'removePhone',
  'setPrimaryPhone',
  'setPhoneVerified',
  'setUsername',
  'removeUsername',
  'setProfileImage',
  'removeProfileImage',
  'unlinkIdentity',
  'removeAuthenticator',
  'resetMfa',
  'verifyTotp',
] as const satisfies readonly (keyof UserActions)[]

type UserAction = (typeof userActions)[number]

export async function startClerk(): Promise<SandboxedClerk> {
  const sandbox = await startSandbox({ users: 240 })
  const { provider, close } = await connectToSandbox('clerk', sandbox.environment)
  const order = { field: 'createdAt', direction: 'desc' } as const
  const page = await provider.users.list({ filter: {}, order, first: 100, after: null }, testCall())
  const everybody = page.edges.map(({ node }) => node)
  const taken = new Set<string>()
  const clerk = {
    sandbox,
    users: provider.users,
    groups: provider.groups,
    sessions: provider.sessions,
    grants: provider.grants,
    everybody,
    async read(id: string) {
      const [user] = await provider.users.getMany([id], testCall())
      if (!user) throw new Error('there is no such user')
      return user
    },
    async take(like: (user: User) => unknown = () => true) {
      for (const user of everybody) {
        if (taken.has(user.nativeId) || !(await like(user))) continue
        taken.add(user.nativeId)
        return user
      }
      throw new Error('the sandbox has nobody like that left')
    },
    async close() {
      await close()
      await sandbox.close()
    },
  }
  return clerk as SandboxedClerk // that all of it is there is what the tests find out
}

export function handleOf(user: User): UserHandle {
  return { nativeId: user.nativeId, record: () => Promise.resolve(user) }
}

/** What the work is refused with. */
export async function refusal(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it was not refused',
    (error: unknown) => error,
  )
}
