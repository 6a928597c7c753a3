import { madeUpSubject } from '../../test/mutations/row.ts'
import { rows } from '../../test/mutations/rows.ts'
import type { Place, SeenUser } from '../../test/mutations/world.ts'

type Change = () => Promise<void>

/** Every mutation that this provider offers, and the variants of them that take other routes. Each is to begin with the seeded data. */
export function changeEverything(place: Place): readonly Change[] {
  const { kind } = place
  const plain = Object.entries(rows)
    .filter(([, row]) => row.at[kind])
    .map(([name, row]) => async () => {
      const subject = { ...madeUpSubject(kind), ...(await row.pick?.(place)) }
      await place.prepare(name, row.input(subject))
    })
  return [...plain, ...everyPart(place), ...everyVariant(place)]
}

const grantKinds = [
  'CONSENT',
  'CLIENT_GRANT',
  'AUTHORIZATION_CODE',
  'REFRESH_TOKEN',
  'REFERENCE_TOKEN',
  'DEVICE_CREDENTIAL',
  'API_KEY',
  'OAUTH_ACCESS_TOKEN',
]

/** Grants, authenticators and identities of every kind go by routes of their own. */
function everyPart(place: Place): readonly Change[] {
  return [
    ...grantKinds.map(
      (grantKind) => () =>
        withPart(
          place,
          ({ grants }) => grants?.nodes.find(({ kind, revocable }) => kind === grantKind && revocable),
          (_, { id }) => place.prepare('revokeGrant', { id }),
        ),
    ),
    ...(offers(place, 'removeAuthenticator') ? ['PASSKEY', 'TOTP', 'RECOVERY_CODE'] : []).map(
      (authenticatorKind) => () =>
        withPart(
          place,
          ({ authenticators }) => authenticators?.find(({ kind }) => kind === authenticatorKind),
          ({ id }, { id: authenticatorId }) => place.prepare('removeAuthenticator', { id, authenticatorId }),
        ),
    ),
    () =>
      withPart(
        place,
        ({ identities }) => identities.find(({ service }) => service.startsWith('web3')),
        ({ id }, { id: identityId }) => place.prepare('unlinkIdentity', { id, identityId }),
      ),
  ]
}

/** The other way of what goes both ways, and metadata that replaces. */
function everyVariant(place: Place): readonly Change[] {
  const { kind } = place
  const variants: readonly [mutation: string, change: Change][] = [
    [
      'setEmailVerified',
      () =>
        withPart(
          place,
          ({ emails }) => emails.find(({ verified }) => verified),
          ({ id }, { id: emailId }) => place.prepare('setEmailVerified', { id, emailId, verified: false }),
        ),
    ],
    [
      'setPhoneVerified',
      () =>
        withPart(
          place,
          ({ phoneNumbers }) => phoneNumbers.find(({ verified }) => verified),
          ({ id }, { id: phoneId }) => place.prepare('setPhoneVerified', { id, phoneId, verified: false }),
        ),
    ],
    [
      'updateMetadata',
      async () => {
        const { id } = await place.someone()
        await place.prepare('updateMetadata', { id, privateMetadata: { plan: 'gold' }, mode: 'REPLACE' })
      },
    ],
    [
      'updateGroup',
      async () => {
        const id = await newGroup(place)
        await place.prepare('updateGroup', { id, name: 'Others' })
        if (kind === 'monocloud') return
        if (kind === 'clerk') {
          for (const metadataMode of ['MERGE', 'REPLACE']) {
            await place.prepare('updateGroup', { id, publicMetadata: { plan: 'gold' }, metadataMode })
          }
        }
        await place.prepare('deleteGroup', { id })
      },
    ],
    [
      'addGroupMember',
      async () => {
        const [groupId, { id: userId }] = [await newGroup(place), await place.someone()]
        await place.prepare('addGroupMember', { groupId, userId })
        await place.prepare('removeGroupMember', { groupId, userId })
      },
    ],
  ]
  return [
    ...variants.filter(([mutation]) => offers(place, mutation)).map(([, change]) => change),
    ...(kind === 'auth0' ? [() => linkWithoutMail(place), () => lessRoles(place)] : []),
  ]
}

function offers({ kind }: Place, mutation: string): boolean {
  return rows[mutation]?.at[kind] !== undefined
}

async function newGroup(place: Place): Promise<string> {
  const kind = place.kind === 'auth0' ? { kind: 'ROLE' } : {}
  const { group } = await place.prepare('createGroup', { provider: place.kind, name: 'Several', ...kind })
  return (group as { readonly id: string }).id // what a creation without errors answers
}

async function linkWithoutMail(place: Place): Promise<void> {
  const { id } = await place.someone(({ emails, nativeId }) => emails.length > 0 && nativeId.startsWith('auth0|'))
  await place.prepare('sendEmailVerification', { id, sendEmail: false })
}

async function lessRoles(place: Place): Promise<void> {
  const subject = { ...madeUpSubject(place.kind), ...(await rows['updateGroupMember']?.pick?.(place)) }
  const membership = { groupId: subject.groupId, userId: subject.id }
  await place.prepare('updateGroupMember', { ...membership, roles: [subject.code] })
  await place.prepare('updateGroupMember', { ...membership, roles: [] })
}

/** Does something with the first part of that kind that anybody has; nothing where nobody has one. */
async function withPart<Part>(
  place: Place,
  find: (user: SeenUser) => Part | undefined,
  work: (user: SeenUser, part: Part) => Promise<unknown>,
): Promise<void> {
  const user = await place.someone((candidate) => find(candidate) !== undefined).catch(() => null)
  const part = user && find(user)
  if (user && part) await work(user, part)
}
