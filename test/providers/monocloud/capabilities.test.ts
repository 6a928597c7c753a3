import { expect, it } from 'vitest'
import { allCapabilities, capabilitiesOf } from '../../../src/identity/capabilities.ts'
import { monocloud } from '../../../src/providers/monocloud/index.ts'

it('MonoCloud can do everything but what its API lacks', async () => {
  const settings = { name: 'acme', domain: 'acme.us.monocloud.com', apiKey: 'key' }
  const { provider, close } = await monocloud.connect(monocloud.settings.parse(settings), {})
  const present = new Set(capabilitiesOf(provider))
  await close()
  expect(allCapabilities.filter((capability) => !present.has(capability))).toEqual([
    'USER_LOCK',
    'USER_PASSWORD_VERIFY',
    'USER_EMAIL_CHANGE',
    'USER_PROFILE_IMAGE',
    'USER_IDENTITY_LINK',
    'USER_MFA_RESET',
    'USER_TOTP_VERIFY',
    'USER_RECOVERY_CODE_REGENERATE',
    'USER_REMEMBERED_BROWSERS_FORGET',
    'USER_PERMISSIONS',
    'USER_EVENTS',
    'USER_DEVICES',
    'PENDING_USERS',
    'GROUP_MEMBER_UPDATE',
    'GROUP_PERMISSIONS',
    'TOKEN_VERIFY',
  ])
})
