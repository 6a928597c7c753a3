import type { ApiKey } from './account.ts'
import { RefusalError } from './errors.ts'
import type { AppRequest, AppRoutes } from './routes.ts'

export function registerApiKeyReads(routes: AppRoutes): void {
  routes.on('GET', '/api_keys', ({ app }) => Response.json([...app.apiKeys.values()].map(shown)))
  routes.on('GET', '/api_keys/{apiKeyId}', (request) => Response.json(shown(keyOf(request))))
}

function keyOf({ app, params }: AppRequest): ApiKey {
  const key = app.apiKeys.get(params['apiKeyId'] ?? '')
  if (!key) throw new RefusalError({ status: 404, error: 'API key not found', code: 'APIKeyNotFound' })
  return key
}

/** Without the secret. */
function shown({ id, name, disabled }: ApiKey): Readonly<Record<string, unknown>> {
  return { _id: id, name, disabled }
}
