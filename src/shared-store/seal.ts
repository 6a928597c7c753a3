import { createCipheriv, createDecipheriv, createHmac, type KeyObject, randomBytes } from 'node:crypto'

/** Has the shared store hold what nobody can read or invent who has not the key. */
export interface Seal {
  /** What stands for this text in the names of keys. */
  nameOf(text: string): string
  /** In base64. Only `open` with the same name gives it back. */
  seal(name: string, value: Buffer): string
  /** `null`: it was sealed with another key, under another name or by another version, or is not as it was. */
  open(name: string, sealed: string): Buffer | null
}

/** Another one whenever another shape is sealed: a field of a record, or what a provider puts into `native`. */
export const sealedVersion = 1

const nonceBytes = 12
const tagBytes = 16
const headBytes = 1 + nonceBytes + tagBytes

/** AES-256-GCM. `key`: 32 random bytes, which nothing else is sealed with. */
export function createSeal(key: KeyObject): Seal {
  const derive = (purpose: 'name' | 'value', text: string): Buffer =>
    createHmac('sha256', key).update(`${purpose} ${text}`).digest()
  // Random nonces are good for four billion values of one key, which a busy gateway writes in weeks: so each name has a key of its own.
  const keyOf = (name: string): Buffer => derive('value', name)

  return {
    nameOf: (text) => derive('name', text).toString('base64url'),
    seal(name, value) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', keyOf(name), nonce, { authTagLength: tagBytes })
      cipher.setAAD(boundTo(name))
      const body = Buffer.concat([cipher.update(value), cipher.final()])
      return Buffer.concat([Buffer.of(sealedVersion), nonce, cipher.getAuthTag(), body]).toString('base64')
    },
    open(name, sealed) {
      const bytes = Buffer.from(sealed, 'base64')
      if (bytes.length < headBytes || bytes[0] !== sealedVersion) return null
      const nonce = bytes.subarray(1, 1 + nonceBytes)
      const decipher = createDecipheriv('aes-256-gcm', keyOf(name), nonce, { authTagLength: tagBytes })
      decipher.setAAD(boundTo(name))
      decipher.setAuthTag(bytes.subarray(1 + nonceBytes, headBytes))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(headBytes)), decipher.final()])
      } catch {
        return null // which of the reasons it was, GCM cannot tell
      }
    },
  }
}

/** What a value is bound to, so that it says nothing in another place. */
function boundTo(name: string): Buffer {
  return Buffer.from(`${sealedVersion} ${name}`)
}
