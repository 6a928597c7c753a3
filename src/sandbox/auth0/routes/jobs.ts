import { z } from 'zod'
import { alphanumeric, randomStream } from '../../random.ts'
import { type Api, ok } from '../api.ts'
import { emptyAnswer, jsonAnswer, Refusal } from '../refusal.ts'
import type { JobState, TenantState } from '../state/tenant-state.ts'
import { type Connection, connectionById, tenantDomain } from '../tenant.ts'
import { integerMember, userId } from '../validation.ts'
import type { Auth0Job } from '../wire.ts'
import { connectionId } from './tickets.ts'
import { requireUser } from './users-read.ts'
import { importUsers } from './users-import.ts'

const jobDurationMs = 1000
const largestImport = 512_000

/** Work that the vendor does later (auth0.md 5.14). Its effects are there at once; only the job takes its time. */
export function addJobs(api: Api, state: TenantState): void {
  const keep = (
    wire: Omit<Auth0Job, 'id' | 'created_at' | 'status'>,
    outcome: Partial<Auth0Job>,
    errors: readonly unknown[] = [],
  ): Auth0Job => {
    const id = `job_${randomStream(`auth0 job ${state.nextNumber()}`).text(16, alphanumeric)}`
    const job: Auth0Job = { ...wire, id, status: 'pending', created_at: new Date(state.now()).toISOString() }
    state.jobs.set(id, {
      wire: job,
      done: { ...job, status: 'completed', ...outcome },
      doneAt: state.now() + jobDurationMs,
      errors,
    })
    return job
  }
  const requireJob = (id: string): JobState => {
    const job = state.jobs.get(id)
    if (!job) throw new Refusal(404, 'The job does not exist.')
    return job
  }

  api.on('POST /jobs/verification-email', {
    scopes: ['update:users'],
    body: z.strictObject({
      user_id: userId,
      client_id: z.string().optional(),
      organization_id: z.string().optional(),
      identity: z
        .strictObject({ user_id: z.string(), provider: z.string(), connection_id: connectionId.optional() })
        .optional(),
    }),
    handle({ body }) {
      const user = requireUser(state, body.user_id)
      if (user.email === undefined) throw new Refusal(400, 'The user does not have an email address.')
      return jsonAnswer(201, keep({ type: 'verification_email' }, {}))
    },
  })

  api.on('POST /jobs/users-exports', {
    scopes: ['read:users'],
    body: z.strictObject({
      connection_id: connectionId.optional(),
      format: z.enum(['json', 'csv']).optional(),
      limit: integerMember(1).optional(),
      fields: z
        .array(z.strictObject({ name: z.string().max(100), export_as: z.string().max(100).optional() }))
        .optional(),
    }),
    handle({ body }) {
      const connection = body.connection_id === undefined ? null : requireConnection(body.connection_id)
      const job = keep(
        {
          type: 'users_export',
          format: body.format ?? 'json',
          ...(connection === null ? {} : { connection_id: connection.id, connection: connection.name }),
          ...(body.limit === undefined ? {} : { limit: body.limit }),
          ...(body.fields === undefined ? {} : { fields: body.fields }),
        },
        { location: `https://${tenantDomain}/exports/users.gz`, percentage_done: 100, time_left_seconds: 0 },
      )
      return ok(job)
    },
  })

  api.on('POST /jobs/users-imports', {
    scopes: ['create:users'],
    body: z.instanceof(FormData),
    async handle({ body }) {
      const form = await readImport(body)
      const connection = requireConnection(form.connectionId)
      const { summary, errors } = importUsers(state, connection, form.users, form.upsert)
      const job = keep(
        {
          type: 'users_import',
          connection_id: connection.id,
          connection: connection.name,
          ...(form.externalId === null ? {} : { external_id: form.externalId }),
        },
        { summary, percentage_done: 100, time_left_seconds: 0 },
        errors,
      )
      return jsonAnswer(202, job)
    },
  })

  api.on('GET /jobs/{id}', {
    scopes: ['create:users', 'read:users'],
    handle({ path }) {
      const job = requireJob(path['id'] ?? '')
      return ok(state.now() < job.doneAt ? job.wire : job.done)
    },
  })

  // 204 when there are none.
  api.on('GET /jobs/{id}/errors', {
    scopes: ['create:users', 'read:users'],
    handle({ path }) {
      const { errors } = requireJob(path['id'] ?? '')
      return errors.length === 0 ? emptyAnswer() : ok(errors)
    },
  })
}

function requireConnection(id: string): Connection {
  const connection = connectionById(id)
  if (!connection) throw new Refusal(400, 'The connection does not exist.', 'inexistent_connection')
  return connection
}

interface ImportForm {
  readonly connectionId: string
  readonly users: readonly unknown[]
  readonly upsert: boolean
  readonly externalId: string | null
}

async function readImport(form: FormData): Promise<ImportForm> {
  const users = form.get('users')
  const connection = form.get('connection_id')
  const externalId = form.get('external_id')
  if (users === null || typeof connection !== 'string') {
    const missing = users === null ? 'users' : 'connection_id'
    const message = `Payload validation error: 'Missing required property: ${missing}' on property <root>.`
    throw new Refusal(400, message, 'invalid_body')
  }
  const text = typeof users === 'string' ? users : await users.text()
  if (text.length > largestImport) {
    throw new Refusal(413, `Payload content length greater than maximum allowed: ${largestImport}`)
  }
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch {
    list = null
  }
  if (!Array.isArray(list)) throw new Refusal(400, 'Users file is not a JSON array', 'invalid_body')
  return {
    connectionId: connection,
    users: list,
    upsert: form.get('upsert') === 'true',
    externalId: typeof externalId === 'string' ? externalId : null,
  }
}
