import { describe, expect, it } from 'vitest'
import { clerkEnvironment, clerkSettings } from '../../../src/providers/clerk/config.ts'

const good = { name: 'clerk', secretKey: 'sk_test_0123456789' }

describe('settings', () => {
  it('need no more than a name and a key, and go to Clerk', () => {
    expect(clerkSettings.parse(good)).toEqual({ ...good, baseUrl: 'https://api.clerk.com' })
  })

  it.each([
    ['a publishable key', { ...good, secretKey: 'pk_live_SECRET' }, 'secretKey'],
    ['an empty key', { ...good, secretKey: '' }, 'secretKey'],
    ['a key with a line break', { ...good, secretKey: 'sk_test_SECRET\n' }, 'secretKey'],
    ['an address without a protocol', { ...good, baseUrl: 'api.clerk.com' }, 'baseUrl'],
    ['a typo', { ...good, secretkey: 'sk_test_SECRET' }, ''],
  ])('refuse %s without printing it', (_name, settings, path) => {
    const { error } = clerkSettings.safeParse(settings)
    expect(error?.issues[0]?.path.join('.')).toBe(path)
    expect(JSON.stringify(error?.issues)).not.toContain('SECRET')
  })

  it('are all to be had from the environment by name, with where to get them', () => {
    const members = Object.values(clerkEnvironment).map(({ member }) => member)
    expect(members.every((member) => member in clerkSettings.shape)).toBe(true)
    expect(clerkEnvironment['CLERK_SECRET_KEY']).toMatchObject({ isSecret: true })
  })
})
