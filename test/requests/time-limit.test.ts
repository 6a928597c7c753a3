import { describe, expect, it } from 'vitest'
import { refuseTimeLimit, timeLimitOf } from '../../src/requests/time-limit.ts'

const configured = { requestTimeoutMs: 10_000, softDeadlineMs: 2_000 }
const asking = (value: string | null) => (name: string) => (name === 'x-request-timeout-ms' ? value : null)

describe('the time that a client is going to wait', () => {
  it.each(['0', '-1', '1.5', '', ' ', 'soon', '1e3', '0x10', '99999999999', '5, 6'])(
    'is refused when it is %j',
    (value) => {
      expect(refuseTimeLimit(asking(value))).toMatchObject({
        status: 400,
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining('x-request-timeout-ms') as string,
      })
    },
  )

  it.each([null, '1', '0500', '9999999999'])('is taken when it is %j', (value) => {
    expect(refuseTimeLimit(asking(value))).toBeNull()
  })

  it('shortens the deadline, and in proportion the wait for slow providers', () => {
    expect(timeLimitOf(asking('1000'), configured)).toEqual({ requestTimeoutMs: 1_000, softDeadlineMs: 200 })
  })

  it.each([null, '10000', '10001', '9999999999'])('never lengthens it: %j', (value) => {
    expect(timeLimitOf(asking(value), configured)).toEqual(configured)
  })
})
