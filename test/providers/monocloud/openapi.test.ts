import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IdentityProvider } from '../../../src/identity/provider.ts'
import { hasVendorDocuments, loadCoverage, needsVendorDocuments } from '../../support/openapi.ts'
import { testCall } from '../../support/sandbox.ts'
import { type HandMadeUpstream, listOf, type SeenRequest, startUpstream } from './hand-made-upstream.ts'

interface Described {
  readonly method: string
  readonly template: string
  readonly pattern: RegExp
  readonly queryNames: readonly string[]
  readonly sort: RegExp | null
  /** `null`: the operation takes no body. */
  readonly validateBody: ValidateFunction | null
}

interface Parameter {
  readonly $ref?: string
  readonly name?: string
  readonly in?: string
  readonly schema?: { readonly pattern?: string }
}

interface OpenApiOperation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: { $ref: string } } } }
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>
  readonly components: { readonly parameters: Readonly<Record<string, Parameter>> }
}

function describedOperations(): readonly Described[] {
  const path = join(process.env['VENDOR_DOCUMENTS'] ?? '', 'monocloud.openapi.json')
  const document = JSON.parse(readFileSync(path, 'utf8')) as Document // the vendor's API description
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false, validateSchema: false })
  addFormats.default(ajv)
  ajv.addSchema(document, 'monocloud')
  return Object.entries(document.paths).flatMap(([template, operations]) =>
    Object.entries(operations).map(([method, { parameters = [], requestBody }]) => {
      const resolved = parameters.map((parameter) =>
        parameter.$ref ? (document.components.parameters[parameter.$ref.split('/').at(-1) ?? ''] ?? {}) : parameter,
      )
      const query = resolved.filter((parameter) => parameter.in === 'query')
      const sort = query.find(({ name }) => name === 'sort')?.schema?.pattern
      const reference = requestBody?.content['application/json'].schema.$ref
      return {
        method: method.toUpperCase(),
        template,
        pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
        queryNames: query.map(({ name = '' }) => name),
        sort: sort === undefined ? null : new RegExp(sort),
        validateBody: reference === undefined ? null : (ajv.getSchema(`monocloud${reference}`) ?? null),
      }
    }),
  )
}

const id = '0b7c9a1e-3f52-4d1b-9a66-1f2f8a2d7c11'
const page = { first: 10, after: null }

/** Everything that the adapter can do, with every input that it takes. */
async function doEverything(provider: IdentityProvider): Promise<void> {
  type Part<Name extends 'users' | 'groups' | 'sessions' | 'grants'> = Required<NonNullable<IdentityProvider[Name]>>
  const users = provider.users as Part<'users'> // what is absent is not called
  const groups = provider.groups as Part<'groups'> // what is absent is not called
  const sessions = provider.sessions as Part<'sessions'> // all of them are there
  const grants = provider.grants as Part<'grants'> // all of them are there
  const call = testCall()
  const user = { nativeId: 'u1', record: async () => null }
  const passwordHash = { algorithm: 'bcrypt', digest: '$2b$10$x' }

  await provider.check(call)
  await users.getMany(['u1'], call)
  for (const field of ['createdAt', 'updatedAt', 'lastSignInAt'] as const) {
    for (const direction of ['asc', 'desc'] as const) {
      await users.list({ ...page, filter: { search: 'bob' }, order: { field, direction } }, call)
    }
  }
  await users.count({}, call)
  await users.findByEmails(['a@b.test'], call)
  await users.listBlockedIps('u1', page, call)
  await users.create(
    {
      email: 'a@b.test',
      emailVerified: true,
      phoneNumber: '+442071234567',
      phoneVerified: true,
      username: 'a',
      passwordHash,
      name: 'A B',
      givenName: 'A',
      familyName: 'B',
      nickname: 'a',
      pictureUrl: 'https://img.example.test/a.png',
      locale: 'pt-PT',
      publicMetadata: { a: 1 },
      privateMetadata: { b: 2 },
      skipChecks: true,
    },
    call,
  )
  await users.create({ username: 'b', password: 'x', skipChecks: false }, call)
  await users.update(
    'u1',
    {
      name: 'A',
      givenName: 'A',
      familyName: 'B',
      middleName: null,
      nickname: 'a',
      preferredUsername: 'a',
      pictureUrl: 'https://img.example.test/a.png',
      profileUrl: 'https://example.test/a',
      website: 'https://example.test',
      gender: 'x',
      birthdate: '1990-02-03',
      zoneinfo: 'Europe/Lisbon',
      locale: null,
      address: { formatted: 'x', street_address: null, locality: 'Porto', region: 'x', postal_code: 'x', country: 'x' },
    },
    call,
  )
  await users.delete('u1', call)
  await users.disable('u1', 'required', call)
  await users.enable('u1', call)
  await users.unlock('u1', call)
  await users.unblockIp('u1', '2001:db8::1', call)
  await users.unblockAllIps('u1', call)
  await users.updateMetadata('u1', { publicMetadata: { a: 1 }, privateMetadata: null, mode: 'replace' }, call)
  await users.setPassword('u1', { password: 'x', revokeSessions: 'no', skipChecks: true }, call)
  await users.setPassword('u1', { passwordHash, revokeSessions: 'no', skipChecks: false }, call)
  await users.changePassword('u1', { oldPassword: 'x', newPassword: 'y', revokeSessions: 'required' }, call)
  await users.removePassword('u1', call)
  await users.requirePasswordReset('u1', 'no', call)
  await users.clearPasswordReset('u1', call)
  await users.createPasswordResetLink('u1', { sendEmail: true, expiresInSeconds: 60 }, call)
  await users.createPasswordResetLink('u1', { sendEmail: false }, call)
  await users.removeAuthenticator('u1', 'passkey:p+/=', call)
  await users.unlinkIdentity('u1', 'google|7', call)
  await users.addEmail('u1', { address: 'a@b.test', verified: false, primary: true }, call)
  await users.removeEmail('u1', id, call)
  await users.setPrimaryEmail('u1', id, call)
  await users.setEmailVerified('u1', id, true, call)
  await users.setEmailVerified('u1', id, false, call)
  await users.sendEmailVerification('u1', id, { sendEmail: true, expiresInSeconds: 60 }, call)
  await users.sendEmailVerification('u1', id, { sendEmail: true }, call)
  await users.addPhone('u1', { number: '+442071234567', verified: true, primary: false }, call)
  await users.removePhone('u1', id, call)
  await users.setPrimaryPhone('u1', id, call)
  await users.setPhoneVerified('u1', id, true, call)
  await users.setPhoneVerified('u1', id, false, call)
  await users.setUsername('u1', 'a', call)
  await users.removeUsername('u1', call)

  await groups.list({ ...page, kind: 'group', search: 'staff' }, call)
  await groups.getMany([id], call)
  await groups.listByUser('u1', { ...page, kind: 'group' }, call)
  await groups.listMembers(id, page, call)
  await groups.create('group', { name: 'x', description: 'y' }, call)
  await groups.update(id, { name: 'x', description: null, metadataMode: 'merge' }, call)
  await groups.delete(id, call)
  await groups.addMember({ groupId: id, userId: 'u1' }, call)
  await groups.removeMember({ groupId: id, userId: 'u1' }, call)

  await sessions.listByUser(user, { ...page, clientId: 'web' }, call)
  await sessions.get({ nativeId: 's1', userId: 'u1' }, user, call)
  await sessions.revoke({ nativeId: 's1', userId: 'u1' }, call)
  await sessions.revokeAll('u1', call)
  for (const kind of grants.kinds) {
    const sessionId = grants.kindsBySession.includes(kind) ? 's1' : null
    const clientId = kind === 'clientGrant' ? null : 'web'
    await grants.listByUser(user, { ...page, kind, clientId, sessionId }, call)
    await grants.revoke({ nativeId: 'g1', kind, userId: 'u1', clientId, audience: null }, call)
  }
  await grants.revokeByClient('u1', 'web', call)
  await grants.revokeAll('u1', call)
}

/** What lists answer; everything else answers one record that is all kinds of record. */
const lists =
  /^\/(users|groups|users\/groups\/[^/]+\/assigned|users\/[^/]+\/(groups|sessions|blocked_ips|grants\/\w+))$/

const record = {
  user_id: 'u1',
  group_id: id,
  session_id: 's1',
  name: 'x',
  link: 'https://acme.test/reset',
  emails: [{ id, email: 'a@b.test', primary: false }],
}

describe.skipIf(!hasVendorDocuments)(`requests (${needsVendorDocuments})`, () => {
  let upstream: HandMadeUpstream
  let operations: readonly Described[]

  /** Literal segments before parameters: `/users/groups/…` is not about the user `groups`. */
  const operationOf = ({ method, path }: SeenRequest): Described | undefined =>
    operations
      .filter((operation) => operation.method === method && operation.pattern.test(path))
      .toSorted((left, right) => left.template.split('{').length - right.template.split('{').length)[0]

  beforeAll(async () => {
    operations = describedOperations()
    upstream = await startUpstream(({ method, path }) =>
      method === 'GET' && lists.test(path) ? listOf([]) : { body: record },
    )
    await doEverything(upstream.connected.provider)
  })
  afterAll(() => upstream.close())

  it('have bodies, query parameters and orders that the vendor describes', () => {
    const faults = upstream.seen.flatMap((request) => {
      const operation = operationOf(request)
      const where = `${request.method} ${request.path}`
      if (!operation) return [`${where} is not described`]
      const { validateBody, queryNames, sort } = operation
      const bodyFaults =
        validateBody === null
          ? request.body === undefined
            ? []
            : [`${where} has a body`]
          : validateBody(request.body)
            ? []
            : (validateBody.errors ?? []).map(({ instancePath, message }) => `${where} ${instancePath} ${message}`)
      const unknown = [...request.query.keys()].filter((name) => !queryNames.includes(name))
      const order = request.query.get('sort')
      return [
        ...bodyFaults,
        ...unknown.map((name) => `${where} has no parameter ${name}`),
        ...(order !== null && !sort?.test(order) ? [`${where} has no order ${order}`] : []),
      ]
    })
    expect(faults).toEqual([])
  })

  it('reach everything that has to be reached', () => {
    const reached = new Set(
      upstream.seen.map((request) => `${request.method} ${operationOf(request)?.template ?? request.path}`),
    )
    const unreached = loadCoverage('monocloud').must.filter(
      ([method, template]) => !reached.has(`${method} ${template}`),
    )
    expect(unreached).toEqual([])
  })
})
