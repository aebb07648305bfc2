import { cp, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createRandom } from '../../core/random.ts'

export interface SetCounts {
  /** Evenly out of all classes, in the order of their names. */
  readonly classes: number
  /** Images of each class. */
  readonly train: number
  readonly test: number
}

/**
 * Copies images that `seed` draws out of `from`/train/CLASS and `from`/test/CLASS into a folder of its own,
 * of the same form; without test images there is no folder of them.
 */
export async function drawSet(from: string, to: string, counts: SetCounts, seed: number): Promise<void> {
  const names = (await readdir(join(from, 'train'))).sort()
  const random = createRandom(seed).fork('small-sets')
  for (let index = 0; index < counts.classes; index++) {
    const name = names[Math.floor((index * names.length) / counts.classes)]!
    for (const split of ['train', 'test'] as const) {
      if (counts[split] === 0) continue
      const files = random.shuffle((await readdir(join(from, split, name))).sort()).slice(0, counts[split])
      await mkdir(join(to, split, name), { recursive: true })
      for (const file of files) await cp(join(from, split, name, file), join(to, split, name, file))
    }
  }
}
