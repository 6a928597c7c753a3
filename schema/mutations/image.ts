import type { ProfileImage } from '../../src/identity/actions.ts'
import type { UploadedFile } from '../builder.ts'
import { type Check, wrong } from './checks.ts'

const maxImageBytes = 5_000_000

/** Kinds of images by the bytes that they begin with. A name or a type that a client gives says nothing of the content. */
const signatures: readonly { readonly type: string; readonly extension: string; readonly isOf: Signature }[] = [
  { type: 'image/png', extension: 'png', isOf: (bytes) => bytes.startsWith('\x89PNG\r\n\x1a\n') },
  { type: 'image/jpeg', extension: 'jpg', isOf: (bytes) => bytes.startsWith('\xff\xd8\xff') },
  { type: 'image/gif', extension: 'gif', isOf: (bytes) => /^GIF8[79]a/.test(bytes) },
  { type: 'image/webp', extension: 'webp', isOf: (bytes) => bytes.startsWith('RIFF') && bytes.startsWith('WEBP', 8) },
]

/** `bytes`: the first of the file, a character each. */
type Signature = (bytes: string) => boolean

const longestSignature = 12

/** What can be told of a file without reading it. */
export const checkedImageSize: Check<UploadedFile> = (file, { path }) => {
  if (file.size > 0 && file.size <= maxImageBytes) return file
  throw wrong(path, `must have 1 to ${maxImageBytes} bytes`)
}

/** The image under a name of ours, because the client's may be anything. */
export async function readImage(file: UploadedFile, path: readonly string[]): Promise<ProfileImage> {
  const content = await file.arrayBuffer()
  const beginning = Buffer.from(content, 0, Math.min(longestSignature, content.byteLength)).toString('latin1')
  const kind = signatures.find(({ isOf }) => isOf(beginning))
  if (!kind) throw wrong(path, 'must be a PNG, JPEG, GIF or WebP image')
  return { content: new Blob([content], { type: kind.type }), fileName: `image.${kind.extension}` }
}
