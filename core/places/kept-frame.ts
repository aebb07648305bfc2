import { CacheNetError } from '../wire/errors.ts'

/**
 * A frame that the edge keeps to learn a place from: what the small networks read, and what the full model
 * and its encoder said of it.
 */
export interface KeptFrame {
  /** When the edge answered it, in milliseconds since 1970. */
  readonly atMs: number
  /** Whether the device missed it, or had a hit checked. */
  readonly kind: 'miss' | 'audit'
  /** RGB bytes of the size that the bundle's small networks read. */
  readonly pixels: Uint8Array
  /** One a class, of the full model. */
  readonly logits: Float32Array
  /** z̄, one a partition that the bundle had then. */
  readonly codeLogits: Float32Array
}

/** `cnk1`, little endian: files of another form are not read. */
const magic = 0x316b_6e63
const headBytes = 28
const kinds = ['miss', 'audit'] as const
/** Above it a length is none: no frame has so many values. */
const mostValues = 2 ** 26

/** As it lies on disk: a head of numbers, then pixels, logits and code, little endian. */
export function encodeKeptFrame({ atMs, kind, pixels, logits, codeLogits }: KeptFrame): Uint8Array {
  const bytes = new Uint8Array(headBytes + pixels.length + 4 * (logits.length + codeLogits.length))
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic, true)
  view.setFloat64(4, atMs, true)
  view.setUint32(12, kinds.indexOf(kind), true)
  for (const [at, { length }] of [pixels, logits, codeLogits].entries())
    view.setUint32(16 + 4 * at, length, true)
  bytes.set(pixels, headBytes)
  let offset = headBytes + pixels.length
  for (const value of [...logits, ...codeLogits]) {
    view.setFloat32(offset, value, true)
    offset += 4
  }
  return bytes
}

/** Throws `request-invalid` for bytes that are no kept frame. */
export function decodeKeptFrame(bytes: Uint8Array): KeptFrame {
  const invalid = (): CacheNetError =>
    new CacheNetError('request-invalid', 'These bytes are no kept frame.', { bytes: bytes.length })
  if (bytes.length < headBytes) throw invalid()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const kind = kinds[view.getUint32(12, true)]
  const [pixels = 0, logits = 0, code = 0] = [0, 1, 2].map((at) => view.getUint32(16 + 4 * at, true))
  const isPlausible = [pixels, logits, code].every((length) => length <= mostValues)
  if (view.getUint32(0, true) !== magic || kind === undefined || !isPlausible) throw invalid()
  if (bytes.length !== headBytes + pixels + 4 * (logits + code)) throw invalid()
  const floats = (from: number, count: number): Float32Array =>
    Float32Array.from({ length: count }, (_, at) => view.getFloat32(from + 4 * at, true))
  return {
    atMs: view.getFloat64(4, true),
    kind,
    pixels: bytes.slice(headBytes, headBytes + pixels),
    logits: floats(headBytes + pixels, logits),
    codeLogits: floats(headBytes + pixels + 4 * logits, code),
  }
}
