import { Pool } from 'undici'

/** The variables of `sandboxEnvironment` that tell where a vendor is and what it accepts. */
function variable(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}

/** An upstream as a plain program calls it: a pool of connections, as many as the gateway has to each vendor, and JSON. */
interface Upstream {
  get(path: string): Promise<unknown>
}

const connections = 8

function upstreamAt(
  baseUrl: string,
  headersOf: (pool: Pool, basePath: string) => Promise<Record<string, string>>,
): Upstream {
  const { origin, pathname } = new URL(baseUrl)
  const pool = new Pool(origin, { connections })
  const headers = headersOf(pool, pathname)
  headers.catch(() => {}) // every call rejects with it
  return {
    async get(path) {
      const { statusCode, body } = await pool.request({
        method: 'GET',
        path: pathname + path,
        headers: { accept: 'application/json', ...(await headers) },
      })
      if (statusCode !== 200) throw new Error(`${statusCode} to ${path}`)
      return body.json()
    },
  }
}

/** Signs in once; the tokens of the sandbox last longer than the benchmark. */
async function tokenFrom(pool: Pool, path: string, member: string, body: object): Promise<Record<string, string>> {
  const response = await pool.request({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = (await response.body.json()) as Record<string, string> // of the members read, all are texts
  return { authorization: `Bearer ${answer[member]}` }
}

export const monocloud = upstreamAt(variable('MONOCLOUD_BASE_URL'), async () => ({
  'x-api-key': variable('MONOCLOUD_MANAGEMENT_API_KEY'),
}))

export const auth0 = upstreamAt(`${variable('AUTH0_BASE_URL')}/api/v2`, (pool, path) =>
  tokenFrom(pool, path.replace('/api/v2', '/oauth/token'), 'access_token', {
    grant_type: 'client_credentials',
    client_id: variable('AUTH0_CLIENT_ID'),
    client_secret: variable('AUTH0_CLIENT_SECRET'),
    audience: `https://${variable('AUTH0_DOMAIN')}/api/v2/`,
  }),
)

export const clerk = upstreamAt(`${variable('CLERK_BASE_URL')}/v1`, async () => ({
  authorization: `Bearer ${variable('CLERK_SECRET_KEY')}`,
  'clerk-api-version': '2026-05-12',
}))

const adminPath = `/groups/${variable('APP_SERVICES_PROJECT_ID')}/apps/${variable('APP_SERVICES_APP_ID')}`

const appServicesAdmin = upstreamAt(variable('APP_SERVICES_BASE_URL'), (pool, path) =>
  tokenFrom(pool, `${path}/auth/providers/mongodb-cloud/login`, 'access_token', {
    username: variable('APP_SERVICES_PUBLIC_KEY'),
    apiKey: variable('APP_SERVICES_PRIVATE_KEY'),
  }),
)

export const appServices: Upstream = { get: (path) => appServicesAdmin.get(adminPath + path) }
