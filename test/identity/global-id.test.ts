import { describe, expect, it } from 'vitest'
import { decodeGlobalId, encodeGlobalId } from '../../src/identity/global-id.ts'

describe('global ids', () => {
  it('carry any native id and come back unchanged', () => {
    const id = { type: 'User', provider: 'auth0', parts: ['auth0|ünï/cødé 🌻'] } as const
    expect(decodeGlobalId(encodeGlobalId(id))).toEqual(id)
  })
})
