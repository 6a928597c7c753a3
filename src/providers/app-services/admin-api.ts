import type { Call } from '../../identity/call.ts'
import { ProviderError, restated } from '../../identity/errors.ts'
import type { Http, JsonAnswer, JsonRequest } from '../../upstream/http.ts'
import type { Operation } from '../../upstream/operation.ts'
import type { Shape } from '../../upstream/wire/fault.ts'
import { array } from '../../upstream/wire/structures.ts'
import type { AppServicesSettings } from './config.ts'
import { isObjectId } from './object-id.ts'
import { appSchema } from './wire.ts'

/** What routes of one app begin with; project and app are filled in here. */
export const app = '/groups/{groupId}/apps/{appId}'

/**
 * A collection of the app, and the call that tells whether the upstream still has it. MongoDB is retiring parts of this API
 * (app-services.md, life status), so that a 404 about a user may also mean that there are no users at all any more.
 */
export interface Collection {
  readonly probe: Operation
}

export const collections = {
  users: { probe: { name: 'users.probe', route: `GET ${app}/users`, safe: true } },
  pendingUsers: {
    probe: { name: 'pendingUsers.probe', route: `GET ${app}/user_registrations/pending_users`, safe: true },
  },
  apiKeys: { probe: { name: 'apiKeys.probe', route: `GET ${app}/api_keys`, safe: true } },
} satisfies Record<string, Collection>

/** Codes of a 404 that are about the thing asked for, and about nothing else (app-services.md 3.3). */
const codesOfMissingThings: ReadonlySet<string | null> = new Set(['UserNotFound', 'APIKeyNotFound'])

/** The Admin API, as far as it is about the configured app. */
export interface AdminApi {
  readonly provider: string
  /** A call that names nothing but the app. A 404 is `unsupported`: the upstream does not have this, or no longer. */
  request(request: JsonRequest, call: Call): Promise<JsonAnswer>
  /** As `request`: the body, in the shape that it must have. */
  read<Value>(request: JsonRequest, shape: Shape<Value>, call: Call): Promise<Value>
  /** A call on one thing of a collection. A 404 is `notFound`, or `unsupported` where the whole collection is gone. */
  requestItem(collection: Collection, request: JsonRequest, call: Call): Promise<JsonAnswer>
  /** As `requestItem`: the body, in the shape that it must have. */
  readItem<Value>(collection: Collection, request: JsonRequest, shape: Shape<Value>, call: Call): Promise<Value>
  /** As `readItem`, but `notFound` is `null`. */
  findItem<Value>(collection: Collection, request: JsonRequest, shape: Shape<Value>, call: Call): Promise<Value | null>
  /** Deletes one thing of a collection. A 404 after a lost answer means that the lost attempt did it. */
  deleteItem(collection: Collection, request: JsonRequest, call: Call): Promise<void>
}

/** Makes a request that names project and app. */
type Ask<Answer> = (request: JsonRequest) => Promise<Answer>

const listApps: Operation = { name: 'apps.list', route: 'GET /groups/{groupId}/apps', safe: true }

export function createAdminApi(settings: AppServicesSettings, http: Http): AdminApi {
  const { name: provider, projectId } = settings
  let appId = isObjectId(settings.appId) ? settings.appId : null

  /** Fills in project and app. */
  function send<Answer>(wanted: JsonRequest, call: Call, ask: Ask<Answer>): Promise<Answer> {
    if (appId !== null) return ask({ ...wanted, params: { ...wanted.params, groupId: projectId, appId } })
    return findAppId(call).then((found) => {
      appId = found
      return send(wanted, call, ask)
    })
  }

  async function findAppId(call: Call): Promise<string> {
    // Left out, apps of the newer kinds are not listed (app-services.md 1.4).
    const query = { product: 'standard,atlas,data-api,device-sync' }
    const apps = await http.find({ operation: listApps, params: { groupId: projectId }, query }, array(appSchema), call)
    const found = apps?.find(({ client_app_id }) => client_app_id === settings.appId)
    if (found) return found._id
    throw new ProviderError({
      provider,
      kind: 'forbidden',
      operation: listApps.name,
      message: `The gateway's key at ${provider} sees no app with the configured id in the configured project`,
    })
  }

  function sendToApp<Answer>(wanted: JsonRequest, call: Call, ask: Ask<Answer>): Promise<Answer> {
    return send(wanted, call, ask).catch((error: unknown) => {
      throw isNotFound(error) ? gone(wanted.operation, error) : error
    })
  }

  function sendToItem<Answer>(
    collection: Collection,
    wanted: JsonRequest,
    call: Call,
    ask: Ask<Answer>,
  ): Promise<Answer> {
    return send(wanted, call, ask).catch(async (error: unknown) => {
      if (!isNotFound(error) || error.status === null || codesOfMissingThings.has(error.providerCode)) throw error
      const probe: JsonRequest = { operation: collection.probe, query: { limit: 1 } }
      await send(probe, call, (request) => http.request(request, call)).catch((failure: unknown) => {
        if (!(failure instanceof ProviderError)) throw failure
        if (failure.kind === 'notFound' || failure.kind === 'unsupported') throw gone(wanted.operation, error)
        throw restated(failure, { operation: wanted.operation.name })
      })
      throw error
    })
  }

  function gone(operation: Operation, error: ProviderError): ProviderError {
    const message = `${provider} no longer offers ${operation.name}, or its app is not where the settings say`
    return restated(error, { kind: 'unsupported', operation: operation.name, message })
  }

  const api: AdminApi = {
    provider,
    request: (wanted, call) => sendToApp(wanted, call, (request) => http.request(request, call)),
    read: (wanted, shape, call) => sendToApp(wanted, call, (request) => http.read(request, shape, call)),
    requestItem: (collection, wanted, call) =>
      sendToItem(collection, wanted, call, (request) => http.request(request, call)),
    readItem: (collection, wanted, shape, call) =>
      sendToItem(collection, wanted, call, (request) => http.read(request, shape, call)),
    findItem: (collection, wanted, shape, call) =>
      api.readItem(collection, wanted, shape, call).catch((error: unknown) => {
        if (isNotFound(error)) return null
        throw error
      }),
    async deleteItem(collection, wanted, call) {
      let isAnswerLost = false
      const watched: Call = {
        ...call,
        record(attempt) {
          const isOfThis = attempt.route === wanted.operation.route
          if (isOfThis && (attempt.status === null || attempt.status >= 500)) isAnswerLost = true
          call.record(attempt)
        },
      }
      try {
        await api.requestItem(collection, wanted, watched)
      } catch (error) {
        if (!isNotFound(error) || !isAnswerLost) throw error
      }
    },
  }
  return api
}

function isNotFound(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.kind === 'notFound'
}
