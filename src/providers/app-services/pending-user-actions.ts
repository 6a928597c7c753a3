import type { Call } from '../../identity/call.ts'
import type { PendingUserActions } from '../../identity/provider.ts'
import type { Operation } from '../../upstream/operation.ts'
import { type AdminApi, app, collections } from './admin-api.ts'

const byEmail = `${app}/user_registrations/by_email/{email}` as const

// A confirmation that went through is refused the second time, and an email sent twice is one too many.
const operations = {
  confirm: { name: 'pendingUsers.confirm', route: `POST ${byEmail}/confirm`, safe: false },
  resend: { name: 'pendingUsers.resendConfirmation', route: `POST ${byEmail}/send_confirm`, safe: false },
  delete: { name: 'pendingUsers.delete', route: `DELETE ${byEmail}`, safe: true },
} satisfies Record<string, Operation>

export function createPendingUserActions(api: AdminApi): PendingUserActions {
  /** The answers hold nothing of the registration: `send_confirm` gives the secret of the email that it sent (app-services.md 4.2). */
  async function change(operation: Operation, email: string, call: Call): Promise<null> {
    await api.requestItem(collections.pendingUsers, { operation, params: { email } }, call)
    return null
  }

  return {
    /** The registration stays in the list until the first sign-in makes it a user (app-services.md 4.2). */
    confirm: (email, call) => change(operations.confirm, email, call),
    resendConfirmation: (email, call) => change(operations.resend, email, call),
    delete: (email, call) =>
      api.deleteItem(collections.pendingUsers, { operation: operations.delete, params: { email } }, call),
  }
}
