import type { ApiKey } from './account.ts'
import { makeApiKey, maxApiKeys, serverUserOf } from './api-keys.ts'
import { requireAuthProvider } from './email-accounts.ts'
import { badRequest, missingParameter, RefusalError } from './errors.ts'
import { fieldsOf } from './parameters.ts'
import { type AppRequest, type AppRoutes, noContent } from './routes.ts'
import { deleteUser } from './user-writes.ts'

/** The app's own keys, each with a user of type `server` (app-services.md 4.3). */
export function registerApiKeyRoutes(routes: AppRoutes): void {
  routes.on('GET', '/api_keys', ({ app }) => Response.json([...app.apiKeys.values()].map(withoutSecret)))

  routes.on('POST', '/api_keys', (request) => {
    const { app } = request
    const { name } = fieldsOf(request)
    if (typeof name !== 'string' || name === '') throw missingParameter('name')
    if (!/^[A-Za-z0-9_-]+$/.test(name)) {
      throw badRequest('can only contain ASCII letters, numbers, underscores, and hyphens', 'InvalidParameter')
    }
    requireAuthProvider(app, 'api-key')
    if ([...app.apiKeys.values()].some((key) => key.name === name)) {
      throw new RefusalError({ status: 409, error: 'API key with name already exists', code: 'APIKeyAlreadyExists' })
    }
    if (app.apiKeys.size >= maxApiKeys) throw badRequest(`an app can have at most ${maxApiKeys} API keys`)
    const key = makeApiKey(app.newId(), name)
    app.apiKeys.set(key.id, key)
    app.users.add(serverUserOf(key, app.definition, app.now()))
    return Response.json({ _id: key.id, key: key.key, name, disabled: false }, { status: 201 })
  })

  routes.on('GET', '/api_keys/{apiKeyId}', (request) => Response.json(withoutSecret(apiKeyOf(request))))

  routes.on('DELETE', '/api_keys/{apiKeyId}', (request) => {
    const { app } = request
    const key = apiKeyOf(request)
    app.apiKeys.delete(key.id)
    const user = app.users.get(key.userId)
    if (user) deleteUser(app, user)
    return noContent()
  })

  routes.on('PUT', '/api_keys/{apiKeyId}/enable', (request) => {
    apiKeyOf(request).disabled = false
    return noContent()
  })

  routes.on('PUT', '/api_keys/{apiKeyId}/disable', (request) => {
    apiKeyOf(request).disabled = true
    return noContent()
  })
}

function apiKeyOf({ app, params }: AppRequest): ApiKey {
  const key = app.apiKeys.get(params['apiKeyId'] ?? '')
  if (!key) throw new RefusalError({ status: 404, error: 'API key not found', code: 'APIKeyNotFound' })
  return key
}

function withoutSecret({ id, name, disabled }: ApiKey): Readonly<Record<string, unknown>> {
  return { _id: id, name, disabled }
}
