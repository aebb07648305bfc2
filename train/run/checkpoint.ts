import { readFile } from 'node:fs/promises'
import { CacheNetError } from '../../core/wire/errors.ts'
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from './checkpoint-format.ts'
import { writeAtomically } from './write-atomically.ts'

/** The step of a checkpoint that is finished, however long training would take. */
export const finishedStep = Number.MAX_SAFE_INTEGER

/** Two files take turns, so that one that is whole stays whatever happens to the other. */
export const slotsOf = (path: string): readonly [string, string] => [path, `${path}.2`]

interface Slot {
  readonly path: string
  /** Whole, damaged (why, as the end of a sentence), or not there. */
  readonly content: Checkpoint | string | undefined
}

async function readSlot(path: string): Promise<Slot> {
  try {
    return { path, content: decodeCheckpoint(await readFile(path)) }
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    return { path, content: code === 'ENOENT' ? undefined : `it cannot be read (${code ?? String(thrown)})` }
  }
}

interface Slots {
  readonly slots: readonly Slot[]
  /** The newer of those that are whole. */
  readonly newest: { readonly path: string; readonly content: Checkpoint } | undefined
}

async function readSlots(path: string): Promise<Slots> {
  const slots = await Promise.all(slotsOf(path).map(readSlot))
  const whole = slots.flatMap(({ path: at, content }) =>
    typeof content === 'object' ? [{ path: at, content }] : [],
  )
  return { slots, newest: whole.sort((a, b) => b.content.turn - a.content.turn)[0] }
}

const bytesOf = (array: Float32Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength)

/**
 * Writes over whatever is not the newest whole one: a process that ends meanwhile, or a full disk, leaves
 * that as it is.
 */
async function writeNext(
  path: string,
  { step, lengths }: Pick<Checkpoint, 'step' | 'lengths'>,
  body: readonly Uint8Array[],
): Promise<void> {
  const { newest } = await readSlots(path)
  const [first, second] = slotsOf(path)
  const turn = (newest?.content.turn ?? 0) + 1
  await writeAtomically(
    newest?.path === first ? second : first,
    encodeCheckpoint({ step, turn, lengths }, body),
  )
}

/** Writes the step and the arrays, whose count and lengths the reader must know. */
export async function writeCheckpoint(
  path: string,
  step: number,
  arrays: readonly Float32Array[],
): Promise<void> {
  await writeNext(path, { step, lengths: arrays.map(({ length }) => length) }, arrays.map(bytesOf))
}

/**
 * The newest whole one; undefined where there is none at all. Damaged ones are named to `say`. Throws
 * `checkpoint-invalid` where none is whole.
 */
async function newestOf(path: string, say: (sentence: string) => void): Promise<Checkpoint | undefined> {
  const { slots, newest } = await readSlots(path)
  const damaged = slots.flatMap(({ path: at, content }) =>
    typeof content === 'string' ? [`${at} is no whole checkpoint: ${content}.`] : [],
  )
  if (newest === undefined) {
    if (damaged.length === 0) return undefined
    throw new CacheNetError(
      'checkpoint-invalid',
      `${damaged.join(' ')} Delete it to train this part again.`,
      { path },
    )
  }
  const { step } = newest.content
  for (const sentence of damaged)
    say(
      `${sentence} Going on from the other, ${step === finishedStep ? 'which is finished' : `step ${step}`}.`,
    )
  return newest.content
}

/**
 * Fills `arrays` and returns the step; undefined where there is no checkpoint. A damaged one is named to
 * `say`, and the one before is taken. Throws `checkpoint-invalid` where none is whole, and for one of another
 * network.
 *
 * @param more arrays that are filled too where the checkpoint has them, and left as they are where it has not
 */
export async function readCheckpoint(
  path: string,
  arrays: readonly Float32Array[],
  say: (sentence: string) => void = () => undefined,
  more: readonly Float32Array[] = [],
): Promise<number | undefined> {
  const checkpoint = await newestOf(path, say)
  if (checkpoint === undefined) return undefined
  const found = checkpoint.lengths.join()
  const filled = [arrays, [...arrays, ...more]].find(
    (wanted) => wanted.map(({ length }) => length).join() === found,
  )
  if (filled === undefined) {
    const why =
      'is no checkpoint of this run: its network has another size. Delete it to train this part again.'
    throw new CacheNetError('checkpoint-invalid', `${path} ${why}`, { path })
  }
  let position = 0
  for (const array of filled) {
    bytesOf(array).set(checkpoint.body.subarray(position, position + array.byteLength))
    position += array.byteLength
  }
  return checkpoint.step
}

/** Takes over what another run has. Throws `checkpoint-invalid` where it has none that is whole. */
export async function copyCheckpoint(from: string, to: string): Promise<void> {
  const checkpoint = await newestOf(from, () => undefined)
  if (checkpoint === undefined) {
    throw new CacheNetError(
      'checkpoint-invalid',
      `There is no ${from} to take over. Name the folder of a run that has trained it.`,
      { path: from },
    )
  }
  await writeNext(to, checkpoint, [checkpoint.body])
}
