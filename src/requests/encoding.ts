import type { ReadHeader } from '../access/credentials.ts'
import type { Refusal } from './refusal.ts'

/** Bodies are taken as they are: one that unpacks to a thousand times its length is not unpacked at all. */
export function refuseEncoding(header: ReadHeader): Refusal | null {
  const encoding = header('content-encoding')
  if (encoding === null || encoding.trim() === '' || encoding.trim().toLowerCase() === 'identity') return null
  const message = 'Send the body as it is, without content-encoding'
  return { status: 415, code: 'BAD_USER_INPUT', message, headers: { 'accept-encoding': 'identity' } }
}
