import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allCapabilities, capabilitiesOf, supports } from '../../src/identity/capabilities.ts'
import { createInMemoryProvider } from '../support/in-memory-provider.ts'

describe('capabilities', () => {
  it('follow from the methods that are there, and from nothing else', () => {
    const provider = createInMemoryProvider('memory')
    expect(supports(provider, 'USER_EVENTS')).toBe(true)
    const { listEvents, ...users } = provider.users
    expect(supports({ ...provider, users }, 'USER_EVENTS')).toBe(false)
    expect(supports({ ...provider, users: { ...users, lock: async () => null } }, 'USER_LOCK')).toBe(true)
    const { groups, ...withoutGroups } = provider
    expect(capabilitiesOf(withoutGroups).filter((capability) => capability.startsWith('GROUP'))).toEqual([])
  })

  it('each ask for a method of their own', () => {
    const text = readFileSync(join(import.meta.dirname, '../../src/identity/capabilities.ts'), 'utf8')
    const methods = [...text.matchAll(/=> (p\.[\w?.]+)/g)].map((match) => match[1])
    expect(methods).toHaveLength(allCapabilities.length)
    expect(new Set(methods).size).toBe(methods.length)
  })
})
