import { describe, expect, it } from 'vitest'
import { PartialBatchError, ProviderError } from '../../src/identity/errors.ts'
import { readEach } from '../../src/upstream/read-each.ts'

const failure = new ProviderError({ provider: 'acme', kind: 'timeout', operation: 'things.get', message: 'too slow' })

const read = async (id: string): Promise<string | null> => {
  if (id.startsWith('failing')) throw failure
  return id.startsWith('missing') ? null : `record of ${id}`
}

describe('reading the rest of a batch one by one', () => {
  it('adds what is there to what was found', async () => {
    expect(await readEach(['a', 'missing', 'b'], ['found'], read)).toEqual(['found', 'record of a', 'record of b'])
  })

  it('tells which failed beside what was read', async () => {
    const thrown = await readEach(['a', 'failing 1', 'failing 2'], ['found'], read).catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(PartialBatchError)
    expect(thrown).toMatchObject({
      found: ['found', 'record of a'],
      failures: new Map([
        ['failing 1', failure],
        ['failing 2', failure],
      ]),
    })
  })

  it('throws the failure itself when nothing was found at all', async () => {
    await expect(readEach(['failing 1', 'failing 2'], [], read)).rejects.toBe(failure)
  })

  it('does not hide a bug of ours', async () => {
    const bug = new TypeError('a bug')
    await expect(readEach(['a'], [], () => Promise.reject(bug))).rejects.toBe(bug)
  })
})
