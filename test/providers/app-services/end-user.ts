/** What an end user's application does at the sandbox, where the Admin API only shows the effects (app-services.md 4.8). */
export interface EndUser {
  readonly userId: string
  readonly accessToken: string
  readonly refreshToken: string
}

const client = '/app-services/api/client/v2.0'

/** Signs in as a new anonymous user. */
export async function signInAnonymously(origin: string): Promise<EndUser> {
  const { answer } = await post(`${origin}${client}/app/orders-kqzte/auth/providers/anon-user/login`, {})
  return {
    userId: answer['user_id'] ?? '',
    accessToken: answer['access_token'] ?? '',
    refreshToken: answer['refresh_token'] ?? '',
  }
}

/** The status of the answer to signing in with email and password. */
export async function signInByEmail(origin: string, username: string, password: string): Promise<number> {
  const path = '/app/orders-kqzte/auth/providers/local-userpass/login'
  return (await post(`${origin}${client}${path}`, { username, password })).status
}

/** The status of the answer to signing up with email and password. */
export async function register(origin: string, email: string, password: string): Promise<number> {
  const path = '/app/orders-kqzte/auth/providers/local-userpass/register'
  return (await post(`${origin}${client}${path}`, { email, password })).status
}

/** Whether a session can still be renewed. */
export async function canRefresh(origin: string, { refreshToken }: EndUser): Promise<boolean> {
  return (await post(`${origin}${client}/auth/session`, {}, refreshToken)).status === 201
}

async function post(url: string, body: unknown, token?: string) {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  })
  const text = await response.text()
  const answer = (text === '' ? {} : JSON.parse(text)) as Readonly<Record<string, string>> // as documented
  return { status: response.status, answer }
}
