import { readFile } from 'node:fs/promises'
import { CacheNetError } from '../../core/wire/errors.ts'
import { writeAtomically } from './run-folder.ts'

const magic = 'CacheNet checkpoint 1\n'

/** The step of a checkpoint that is finished, however long training would take. */
export const finishedStep = Number.MAX_SAFE_INTEGER

/**
 * A checkpoint is a line that says what it is, the step, and the arrays, whose count and lengths the reader must know.
 * Float32 in the machine's byte order: a checkpoint belongs to the machine that trains.
 */
export async function writeCheckpoint(path: string, step: number, arrays: readonly Float32Array[]): Promise<void> {
  const header = Buffer.from(`${magic}${JSON.stringify({ step, lengths: arrays.map(({ length }) => length) })}\n`)
  const parts = arrays.map((array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  await writeAtomically(path, Buffer.concat([header, ...parts]))
}

/** Fills `arrays` and returns the step; undefined where there is no checkpoint. Throws `checkpoint-invalid` for one that does not fit. */
export async function readCheckpoint(path: string, arrays: readonly Float32Array[]): Promise<number | undefined> {
  let file: Buffer
  try {
    file = await readFile(path)
  } catch {
    return undefined
  }
  const invalid = (why: string): CacheNetError =>
    new CacheNetError('checkpoint-invalid', `${path} is no checkpoint of this run: ${why}. Delete it to train this part again.`, { path })
  const headerEnd = file.indexOf('\n', magic.length) + 1
  if (file.toString('utf8', 0, magic.length) !== magic || headerEnd === 0) throw invalid('it does not begin like one')
  const header = JSON.parse(file.toString('utf8', magic.length, headerEnd)) as { step: number; lengths: number[] }
  const expectedBytes = headerEnd + arrays.reduce((sum, { byteLength }) => sum + byteLength, 0)
  if (header.lengths.join() !== arrays.map(({ length }) => length).join()) throw invalid('its network has another size')
  if (file.length !== expectedBytes) throw invalid('it is cut short')
  let position = headerEnd
  for (const array of arrays) {
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(file.subarray(position, position + array.byteLength))
    position += array.byteLength
  }
  return header.step
}
