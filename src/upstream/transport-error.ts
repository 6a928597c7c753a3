/** Why an attempt brought no answer. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly failure: 'timeout' | 'aborted' | 'network' | 'tooLarge'
  /** Whether the request may have reached the upstream. */
  readonly mayHaveArrived: boolean

  constructor(failure: TransportError['failure'], mayHaveArrived: boolean, cause?: unknown) {
    super(failure, { cause })
    this.failure = failure
    this.mayHaveArrived = mayHaveArrived
  }
}

/** Failures after which the upstream cannot have seen the request. */
const neverSent: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  // The handshake comes before the request.
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_WRONG_VERSION_NUMBER',
])

/** The failure that undici reports, or whatever else was thrown on the way. */
export function networkFailure(error: unknown): TransportError {
  return new TransportError('network', !neverSent.has(codeOf(error)), error)
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
