/**
 * Every way in which CacheNet refuses or fails, as a stable code. Programs and tests look at the code; the
 * message is for people. The number is the HTTP status under which the edge sends it.
 */
export const errorStatus = {
  'frame-empty': 400,
  'frame-size-wrong': 400,
  'frame-not-an-image': 415,
  'frame-damaged': 400,
  'frame-type-unsupported': 415,
  'frame-too-large': 413,
  'request-invalid': 400,
  'request-timeout': 408,
  unauthorized: 401,
  'rate-limited': 429,
  'host-unknown': 421,
  'route-unknown': 404,
  'bundle-unknown': 404,
  'bundle-changed': 409,
  'bundle-too-heavy': 422,
  'bundle-unreadable': 422,
  'bundle-unsigned': 422,
  'bundle-signature-invalid': 422,
  'bundle-key-changed': 422,
  'bundle-rolled-back': 422,
  'learning-off': 404,
  'learning-away': 503,
  'place-unknown': 404,
  'place-not-learned': 409,
  'blob-unknown': 404,
  'manifest-invalid': 422,
  'manifest-version-unsupported': 422,
  'blob-truncated': 422,
  'blob-altered': 422,
  'blob-missing': 422,
  'weights-not-finite': 422,
  'edge-unreachable': 503,
  'edge-timeout': 504,
  'edge-overloaded': 503,
  'edge-stopping': 503,
  'edge-answer-invalid': 502,
  'cache-quota-exceeded': 507,
  'cache-unavailable': 503,
  'engine-failed': 500,
  'source-unavailable': 503,
  'dataset-invalid': 422,
  'config-invalid': 422,
  'checkpoint-invalid': 422,
  'run-in-use': 409,
  'training-diverged': 422,
  'storage-failed': 507,
  'worker-crashed': 503,
  'worker-timeout': 504,
  'worker-overloaded': 503,
  aborted: 499,
  internal: 500,
} as const satisfies Record<string, number>

export type ErrorCode = keyof typeof errorStatus

/**
 * How an error looks on every wire: in an HTTP body, and between threads. `errorBodySchema` is its schema.
 */
export interface ErrorBody {
  error: { code: ErrorCode; message: string; details?: Record<string, unknown> | undefined }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads a wire body by hand: every thread carries this file, and not each of them a schema library. */
function readBody(body: unknown): ErrorBody['error'] | undefined {
  const error = isRecord(body) ? body['error'] : undefined
  if (!isRecord(error)) return undefined
  const { code, message, details } = error
  if (typeof code !== 'string' || !Object.hasOwn(errorStatus, code) || typeof message !== 'string')
    return undefined
  return { code: code as ErrorCode, message, details: isRecord(details) ? details : {} }
}

/**
 * The one error type of the system. `message` says what happened, what was not lost and what to do;
 * `details` holds the facts (sizes, names) in a form that survives `postMessage` and JSON.
 */
export class CacheNetError extends Error {
  override readonly name = 'CacheNetError'
  readonly code: ErrorCode
  readonly details: Record<string, unknown>

  constructor(
    code: ErrorCode,
    message: string,
    details: Record<string, unknown> = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.code = code
    this.details = details
  }

  get status(): number {
    return errorStatus[this.code]
  }

  toBody(): ErrorBody {
    return { error: { code: this.code, message: this.message, details: this.details } }
  }

  /** The error behind a wire body; anything that is not one becomes `fallback`. */
  static fromBody(body: unknown, fallback: ErrorCode = 'internal'): CacheNetError {
    const error = readBody(body)
    if (error === undefined)
      return new CacheNetError(fallback, 'The other side failed without saying why.', {})
    return new CacheNetError(error.code, error.message, error.details)
  }

  /** Wraps whatever was thrown, keeping the code where there is one and naming an abort as one. */
  static from(thrown: unknown, fallback: ErrorCode = 'internal'): CacheNetError {
    if (thrown instanceof CacheNetError) return thrown
    if (thrown instanceof Error) {
      const code = thrown.name === 'AbortError' ? 'aborted' : fallback
      return new CacheNetError(code, thrown.message, {}, { cause: thrown })
    }
    return new CacheNetError(fallback, String(thrown))
  }
}
