import { describe, expect, it } from 'vitest'
import { decodeGlobalId, encodeGlobalId } from '../../src/identity/global-id.ts'

describe('global ids', () => {
  it('have one spelling only, so that caches join by them', () => {
    const id = encodeGlobalId({ type: 'User', provider: 'auth0', parts: ['auth0|1'] })
    const spaced = Buffer.from('["User", "auth0", "auth0|1"]').toString('base64url')
    for (const other of [`${id}=`, `${id}==`, id.replaceAll('-', '+'), ` ${id}`, spaced].filter(
      (text) => text !== id,
    )) {
      expect(decodeGlobalId(other), other).toBeNull()
    }
  })

  it.each([
    ['no type of ours', '["Account","auth0","x"]'],
    ['no provider', '["User","","x"]'],
    ['too few parts', '["User","auth0"]'],
    ['too many parts', '["User","auth0","x","y"]'],
    ['an empty part', '["User","auth0",""]'],
    ['a part that is no text', '["User","auth0",7]'],
    ['an inherited name', '["constructor","auth0","x"]'],
    ['no list', '{"0":"User"}'],
  ])('with %s are none', (_, json) => {
    expect(decodeGlobalId(Buffer.from(json).toString('base64url'))).toBeNull()
  })

  it('carry any native id and come back unchanged', () => {
    const id = { type: 'User', provider: 'auth0', parts: ['auth0|ünï/cødé 🌻'] } as const
    expect(decodeGlobalId(encodeGlobalId(id))).toEqual(id)
  })
})
