import { createHash } from 'node:crypto'

const magic = 'CacheNet checkpoint 2\n'
const magicOfAnyVersion = 'CacheNet checkpoint '
const hashBytes = 32

const sha256 = (parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** What a checkpoint says before its arrays. */
export interface CheckpointHeader {
  readonly step: number
  /** How many were written before it under the same name, so that the newer of two is known. */
  readonly turn: number
  /** Numbers in each array. */
  readonly lengths: readonly number[]
}

export interface Checkpoint extends CheckpointHeader {
  /**
   * The arrays, one behind the other: float32 in the machine's byte order, for a checkpoint belongs to the
   * machine that trains.
   */
  readonly body: Uint8Array
}

/**
 * The file of a checkpoint: a line that says what it is, a header in JSON, the arrays, and the SHA-256 of all
 * before it.
 */
export function encodeCheckpoint(header: CheckpointHeader, body: readonly Uint8Array[]): Uint8Array {
  const { step, turn, lengths } = header
  const parts = [Buffer.from(`${magic}${JSON.stringify({ step, turn, lengths })}\n`), ...body]
  return Buffer.concat([...parts, sha256(parts)])
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

function parseHeader(text: string): CheckpointHeader | undefined {
  let header: unknown
  try {
    header = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof header !== 'object' || header === null) return undefined
  const { step, turn, lengths } = header as Record<string, unknown>
  return isCount(step) && isCount(turn) && Array.isArray(lengths) && lengths.every(isCount)
    ? { step, turn, lengths }
    : undefined
}

/**
 * What a file holds, or why it is no whole checkpoint, as the end of a sentence. Whatever byte was altered,
 * it is noticed.
 */
export function decodeCheckpoint(file: Buffer): Checkpoint | string {
  if (file.length === 0) return 'it is empty'
  const begin = file.toString('latin1', 0, magic.length)
  if (begin !== magic) {
    return begin.startsWith(magicOfAnyVersion)
      ? 'another version of this program wrote it'
      : 'it does not begin like a checkpoint'
  }
  const end = file.length - hashBytes
  if (end < magic.length || !sha256([file.subarray(0, end)]).equals(file.subarray(end)))
    return 'it was cut short or altered'
  const headerEnd = file.indexOf('\n', magic.length) + 1
  const header = headerEnd === 0 ? undefined : parseHeader(file.toString('utf8', magic.length, headerEnd))
  if (header === undefined) return 'its header says nothing'
  const body = file.subarray(headerEnd, end)
  const expected = header.lengths.reduce((sum, length) => sum + length * Float32Array.BYTES_PER_ELEMENT, 0)
  return body.byteLength === expected
    ? { ...header, body }
    : 'its arrays have other lengths than its header says'
}
