import { describe, expect, it } from 'vitest'
import { createAuthenticator, digestOfApiKey } from '../../src/access/api-keys.ts'

const authenticate = createAuthenticator([
  { name: 'web', sha256: digestOfApiKey('key of the web') },
  { name: 'support', sha256: digestOfApiKey('key of support') },
])

describe('an API key', () => {
  it('makes its holder known by name, whichever of several it is', () => {
    expect(authenticate('key of the web')?.subject).toBe('web')
    expect(authenticate('key of support')?.subject).toBe('support')
  })

  it.each([
    ['none', null],
    ['an empty one', ''],
    ['the beginning of one', 'key of the we'],
    ['one with more behind it', 'key of the web '],
    ['one in other letters', 'KEY OF THE WEB'],
    ['two at once', 'key of the web, key of support'],
    ['its own digest', digestOfApiKey('key of the web')],
    ['one beyond any length', 'key of the web'.repeat(1_000)],
  ])('that is %s makes nobody known', (_, key) => {
    expect(authenticate(key)).toBeNull()
  })

  it('that is wrong stays wrong, a thousand times over', () => {
    for (let guess = 0; guess < 1_000; guess += 1) expect(authenticate(`guess ${guess}`)).toBeNull()
  })

  it('opens nothing where none is configured', () => {
    expect(createAuthenticator([])('key of the web')).toBeNull()
    expect(createAuthenticator([])('')).toBeNull()
  })
})
