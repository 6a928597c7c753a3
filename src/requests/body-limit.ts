import { GraphQLError } from 'graphql'
import type { FetchAPI, Plugin } from 'graphql-yoga'

/** A body of more bytes is refused before it is read. */
export const maxBodyBytes = 256_000

/** As above, for a body that brings a file: the largest image, and what goes with it. */
export const maxUploadBytes = 6_000_000

/** Only a body that brings a file may be as long as one. */
export function useBodyLimit(): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser, fetchAPI }) {
      const isUpload = request.headers.get('content-type')?.startsWith('multipart/form-data') ?? false
      if (!requestParser || !request.body) return
      const most = isUpload ? maxUploadBytes : maxBodyBytes
      if (Number(request.headers.get('content-length') ?? 0) > most) throw tooLarge()
      setRequestParser(async (whole) => {
        let isTooLarge = false
        try {
          return await requestParser(limited(whole, most, fetchAPI, () => (isTooLarge = true)))
        } catch (error) {
          // A form that is cut off is first of all a broken form to its reader.
          throw isTooLarge ? tooLarge() : error
        }
      })
    },
  }
}

/** The same request, of which no more than allowed can be read: its length need not be what it says, nor said at all. */
function limited(
  request: Request,
  most: number,
  { Request: RequestOfServer, TransformStream: StreamOfServer }: FetchAPI,
  onTooLarge: () => void,
): Request {
  if (!request.body) return request
  // A native stream goes through a native one only.
  const Stream = request.body instanceof ReadableStream ? TransformStream : StreamOfServer
  let bytes = 0
  const counting = new Stream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength
      if (bytes <= most) {
        controller.enqueue(chunk)
        return
      }
      onTooLarge()
      controller.error(tooLarge())
    },
  })
  const { url, method, headers, signal } = request
  const init = { method, headers, signal, body: request.body.pipeThrough(counting), duplex: 'half' }
  return new RequestOfServer(url, init)
}

function tooLarge(): GraphQLError {
  return new GraphQLError('The body of the request is too large', {
    extensions: { code: 'BAD_USER_INPUT', http: { status: 413 } },
  })
}
