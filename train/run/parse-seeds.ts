import { CacheNetError } from '../../core/wire/errors.ts'

/** "1,2,3" → [1, 2, 3]. Throws `config-invalid` for anything but whole numbers. */
export function parseSeeds(text: string): number[] {
  const seeds = text.split(',').map(Number)
  if (seeds.length === 0 || !seeds.every(Number.isInteger)) throw new CacheNetError('config-invalid', `--seeds takes whole numbers, as in 1,2,3, and not ${text}.`, { seeds: text })
  return seeds
}
