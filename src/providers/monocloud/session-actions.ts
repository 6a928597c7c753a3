import type { SessionActions } from '../../identity/provider.ts'
import { endEach } from '../../upstream/ending.ts'
import type { Operation } from '../../upstream/operation.ts'
import { pagesOf } from './listing.ts'
import { sessionsOf } from './sessions.ts'
import type { MonoCloudUpstream } from './upstream.ts'
import { createWriter } from './writer.ts'

const revokeOperation: Operation = {
  name: 'sessions.revoke',
  route: 'DELETE /users/{user_id}/sessions/{session_id}',
  safe: true,
}

export function createSessionActions(upstream: MonoCloudUpstream): Required<SessionActions> {
  const writer = createWriter(upstream, {})

  return {
    /** Tokens that are not bound to the session live on (monocloud.md 4.1). */
    async revoke({ nativeId, userId }, call) {
      await writer.perform(revokeOperation, { params: { user_id: userId, session_id: nativeId } }, call)
      return { count: 1, scope: 'session', revokedIds: [nativeId], pending: false }
    },

    /** Upstream ends all at once only together with disabling the user or a new password, so each is ended by itself. */
    async revokeAll(userId, call) {
      const ids: string[] = []
      for await (const sessions of pagesOf(upstream, sessionsOf(userId, null), call)) {
        ids.push(...sessions.map((session) => session.session_id))
      }
      const revokedIds = await endEach('sessions', ids, upstream.maxParallelCalls, (id) =>
        writer.perform(revokeOperation, { params: { user_id: userId, session_id: id } }, call),
      )
      return { count: revokedIds.length, scope: 'session', revokedIds, pending: false }
    },
  }
}
