import { describe, expect, it } from 'vitest'
import { type ApiKey, createKeyRing, digestOfApiKey, newApiKey } from '../../src/access/api-keys.ts'
import { scopes } from '../../src/access/scopes.ts'

const key = (name: string, text: string, rights: Partial<ApiKey> = {}): ApiKey => ({
  name,
  sha256: digestOfApiKey(text),
  scopes: '*',
  providers: '*',
  ...rights,
})

const holderOf = createKeyRing([
  key('web', 'key of the web', { scopes: ['users:read', 'groups:read'], providers: ['clerk'] }),
  key('support', 'key of support'),
])

describe('an API key', () => {
  it('makes its holder known by name, whichever of several it is', () => {
    expect(holderOf('key of the web')).toMatchObject({ subject: 'web', issuer: null })
    expect(holderOf('key of support')?.subject).toBe('support')
  })

  it('gives its holder the scopes and providers that stand beside it, and no others', () => {
    expect(holderOf('key of the web')).toMatchObject({
      scopes: new Set(['users:read', 'groups:read']),
      providers: new Set(['clerk']),
    })
  })

  it('opens everything where a star stands beside it', () => {
    expect(holderOf('key of support')).toMatchObject({ scopes: new Set(scopes), providers: null })
  })

  it('is nobody’s account', () => {
    expect(holderOf('key of support')?.account).toBeNull()
  })

  it.each([
    ['an empty one', ''],
    ['the beginning of one', 'key of the we'],
    ['one with more behind it', 'key of the web '],
    ['one in other letters', 'KEY OF THE WEB'],
    ['two at once', 'key of the web, key of support'],
    ['its own digest', digestOfApiKey('key of the web')],
    ['one beyond any length', 'key of the web'.repeat(1_000)],
  ])('that is %s makes nobody known', (_, presented) => {
    expect(holderOf(presented)).toBeNull()
  })

  it('that is wrong stays wrong, thousands of times over', () => {
    for (let guess = 0; guess < 3_000; guess += 1) expect(holderOf(`guess ${guess}`)).toBeNull()
  })

  it('is known again on its connection, where each other key is still judged by itself', () => {
    const connection = {}
    const shown = [
      ['key of the web', 'web'],
      ['key of the web', 'web'],
      ['key of the wec', undefined],
      ['yek of the web', undefined],
      ['key of the we', undefined],
      ['', undefined],
      ['key of the web', 'web'],
      ['key of support', 'support'],
      ['key of the web', 'web'],
      ['key of support', 'support'],
      ['key of support', 'support'],
    ] as const
    expect(shown.map(([presented]) => holderOf(presented, connection)?.subject)).toEqual(shown.map(([, who]) => who))
    expect(holderOf('key of the wec', {})).toBeNull()
  })

  it('opens nothing where none is configured', () => {
    expect(createKeyRing([])('key of the web')).toBeNull()
    expect(createKeyRing([])('')).toBeNull()
  })
})

describe('a new API key', () => {
  it('is known for one by its beginning, and holds 256 bits', () => {
    expect(newApiKey()).toMatch(/^idgw_[0-9a-f]{64}$/)
  })

  it('is never the same twice', () => {
    expect(new Set(Array.from({ length: 100 }, newApiKey)).size).toBe(100)
  })
})
