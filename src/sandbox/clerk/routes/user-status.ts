import { z } from 'zod'
import { failure } from '../failures.ts'
import { readForm } from '../forms.ts'
import { parameter, type Routes } from '../routes.ts'
import { defaultImageUrl } from '../seed/account.ts'
import { changeUser } from './changes.ts'
import { lockEnd } from './new-user.ts'
import { findUser, onWire } from './user-reads.ts'

const removePasswordForm = z.strictObject({ sign_out_of_other_sessions: z.boolean().nullish() })
const compromisedForm = z.strictObject({ revoke_all_sessions: z.boolean().nullish() })

/** Whether somebody may sign in, with which password, and how they look. */
export function userStatus(routes: Routes): void {
  routes.on('POST', '/users/{user_id}/ban', (request, tenant) => {
    const entry = findUser(tenant, parameter(request, 'user_id'))
    tenant.sessions.revokeAll(entry)
    return changeUser(tenant, entry, { banned: true })
  })

  routes.on('POST', '/users/{user_id}/unban', (request, tenant) =>
    changeUser(tenant, findUser(tenant, parameter(request, 'user_id')), { banned: false }),
  )

  routes.on('POST', '/users/{user_id}/lock', (request, tenant) => {
    const entry = findUser(tenant, parameter(request, 'user_id'))
    return changeUser(tenant, entry, {}, { lockedUntil: lockEnd(tenant.now()) })
  })

  routes.on('POST', '/users/{user_id}/unlock', (request, tenant) =>
    changeUser(tenant, findUser(tenant, parameter(request, 'user_id')), {}, { lockedUntil: null }),
  )

  routes.on('POST', '/users/{user_id}/remove_password', (request, tenant) => {
    const entry = findUser(tenant, parameter(request, 'user_id'))
    const form = readForm(removePasswordForm, request.body)
    if (form.sign_out_of_other_sessions) tenant.sessions.revokeAll(entry)
    // Who has no password is answered unchanged.
    if (!tenant.users.account(entry).password) return onWire(tenant, entry)
    return changeUser(tenant, entry, { password_enabled: false }, { password: null })
  })

  routes.on('POST', '/users/{user_id}/password/set_compromised', (request, tenant) => {
    const entry = findUser(tenant, parameter(request, 'user_id'))
    const form = readForm(compromisedForm, request.body)
    if (!tenant.users.account(entry).password) {
      throw failure(400, 'no_password_set', 'No password set', 'The user does not have a password set.')
    }
    if (form.revoke_all_sessions) tenant.sessions.revokeAll(entry)
    return changeUser(tenant, entry, {})
  })

  routes.on('POST', '/users/{user_id}/password/unset_compromised', (request, tenant) =>
    changeUser(tenant, findUser(tenant, parameter(request, 'user_id')), {}),
  )

  routes.on('POST', '/users/{user_id}/profile_image', (request, tenant) => {
    const entry = findUser(tenant, parameter(request, 'user_id'))
    const file = request.body instanceof FormData ? request.body.get('file') : null
    if (!(file instanceof Blob) || file.size === 0) {
      throw failure(400, 'request_body_invalid', 'Request body invalid', 'A file is required.', { param_name: 'file' })
    }
    const imageUrl = `https://img.example.test/uploaded/${parameter(request, 'user_id')}/${tenant.now()}`
    return changeUser(tenant, entry, { has_image: true, image_url: imageUrl, profile_image_url: imageUrl })
  })

  routes.on('DELETE', '/users/{user_id}/profile_image', (request, tenant) => {
    const imageUrl = defaultImageUrl(parameter(request, 'user_id'))
    return changeUser(tenant, findUser(tenant, parameter(request, 'user_id')), {
      has_image: false,
      image_url: imageUrl,
      profile_image_url: imageUrl,
    })
  })
}
