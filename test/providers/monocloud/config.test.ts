import { describe, expect, it } from 'vitest'
import { monoCloudSettings } from '../../../src/providers/monocloud/config.ts'

const settings = { name: 'acme', domain: 'acme.us.monocloud.com', apiKey: 'key' }

describe('the settings', () => {
  it.each([
    'acme.us.monocloud.com',
    'https://acme.us.monocloud.com',
    'https://acme.us.monocloud.com/',
    'ACME.test:8443',
  ])('take the domain %s, as the vendor’s own package does', (domain) => {
    expect(monoCloudSettings.parse({ ...settings, domain }).domain).toMatch(
      /^(acme\.us\.monocloud\.com|ACME\.test:8443)$/,
    )
  })

  it.each(['', 'https://acme.test/api', 'http://acme.test', 'acme.test?x=1', 'user@acme.test', 'a b'])(
    'refuse the domain %j',
    (domain) => {
      expect(monoCloudSettings.safeParse({ ...settings, domain }).success).toBe(false)
    },
  )

  it('need a domain or a base URL', () => {
    const { domain: _, ...rest } = settings
    expect(monoCloudSettings.safeParse(rest).success).toBe(false)
    expect(monoCloudSettings.safeParse({ ...rest, baseUrl: 'http://127.0.0.1:4000/monocloud/api' }).success).toBe(true)
  })

  it('refuse a typo', () => {
    expect(monoCloudSettings.safeParse({ ...settings, apikey: 'key' }).success).toBe(false)
  })

  it('refuse a key that no header can carry', () => {
    expect(monoCloudSettings.safeParse({ ...settings, apiKey: 'key\n' }).success).toBe(false)
  })
})
