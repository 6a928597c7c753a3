import { z } from 'zod'
import { failure, notFound } from '../failures.ts'
import { parameter, type Routes } from '../routes.ts'

const revocationForm = z.object({ revocation_reason: z.string().nullish() })

export function grantWrites(routes: Routes): void {
  routes.on(
    'POST',
    '/api_keys/{apiKeyID}/revoke',
    (request, tenant) => {
      const form = revocationForm.safeParse(request.body)
      if (!form.success) throw failure(400, 'bad_request', 'Bad Request', "Invalid 'body': Expected object")
      const key = tenant.apiKeys.find(parameter(request, 'apiKeyID'))
      if (!key) throw notFound.apiKey(parameter(request, 'apiKeyID'))
      return tenant.apiKeys.revoke(key, form.data.revocation_reason ?? null)
    },
    { unversioned: true },
  )
}
