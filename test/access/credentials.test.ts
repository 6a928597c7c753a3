import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { readCredentials } from '../../src/access/credentials.ts'

const read = (headers: Readonly<Record<string, string>>) => readCredentials((name) => headers[name] ?? null)

describe('what a request shows', () => {
  it('is an API key, in its own header', () => {
    expect(read({ 'x-api-key': 'secret' })).toEqual({ kind: 'apiKey', key: 'secret' })
  })

  it.each(['Bearer a.b.c', 'bearer a.b.c', 'BEARER   a.b.c'])('is a token, as %s', (authorization) => {
    expect(read({ authorization })).toEqual({ kind: 'token', token: 'a.b.c' })
  })

  it('is nothing, also when its headers are empty', () => {
    expect(read({})).toEqual({ kind: 'none' })
    expect(read({ 'x-api-key': '', authorization: '' })).toEqual({ kind: 'none' })
  })

  it('is too much when it is both, whatever both are', () => {
    expect(read({ 'x-api-key': 'secret', authorization: 'Bearer a.b.c' })).toEqual({ kind: 'several' })
    expect(read({ 'x-api-key': 'secret', authorization: 'Basic YTpi' })).toEqual({ kind: 'several' })
  })

  it.each([
    'Basic YTpi',
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer a.b.c, Bearer d.e.f',
    'Bearera.b.c',
    'a.b.c',
    'Bearer "a"',
  ])('is no token when it is %s', (authorization) => {
    expect(read({ authorization })).toEqual({ kind: 'unreadable' })
  })

  test.prop([fc.string({ unit: 'binary', maxLength: 200 })])(
    'is a token only as a whole: nothing is cut out of what was sent',
    (text) => {
      const credentials = read({ authorization: `Bearer ${text}` })
      if (credentials.kind === 'token') expect(credentials.token).toBe(text.trimStart())
      else expect(credentials).toEqual({ kind: 'unreadable' })
    },
  )
})
