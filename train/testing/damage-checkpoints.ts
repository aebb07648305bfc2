import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../../core/random.ts'
import { readCheckpoint, slotsOf, writeCheckpoint } from '../run/checkpoint.ts'
import { damage, damages } from './damage.ts'

export interface DamagedCheckpoints {
  readonly damaged: number
  /** Named, and the one before taken bit for bit. */
  readonly noticed: number
  readonly failures: readonly string[]
}

const isSame = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.from(a.buffer).equals(Buffer.from(b.buffer))

/**
 * Spoils the newer of two checkpoints, time and again, and looks what a reader makes of it. Every kind of
 * damage comes as often.
 */
export async function damageCheckpoints(count: number, seed: number): Promise<DamagedCheckpoints> {
  const folder = await mkdtemp(join(tmpdir(), 'cachenet-damage-'))
  const path = join(folder, 'full.bin')
  const newer = slotsOf(path)[1]
  const failures: string[] = []
  try {
    const random = createRandom(seed)
    const draw = (): Float32Array[] =>
      [700, 700, 33].map((length) => Float32Array.from({ length }, () => random.normal()))
    const [before, after] = [draw(), draw()]
    await writeCheckpoint(path, 40, before)
    await writeCheckpoint(path, 41, after)
    const whole = await readFile(newer)
    for (let index = 0; index < count; index++) {
      const how = damages[index % damages.length]!
      await writeFile(newer, damage(whole, how, random))
      const read = before.map(({ length }) => new Float32Array(length))
      const said: string[] = []
      const outcome = await readCheckpoint(path, read, (sentence) => said.push(sentence)).catch(
        (thrown: unknown) => String(thrown),
      )
      const isTaken = outcome === 40 && read.every((array, at) => isSame(array, before[at]!))
      const isNamed = said.length === 1 && said[0]!.includes(newer) && said[0]!.includes('step 40')
      if (!isTaken || !isNamed)
        failures.push(`${index} (${how}, seed ${seed}): ${String(outcome)}; ${said.join(' ')}`)
    }
    return { damaged: count, noticed: count - failures.length, failures }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
