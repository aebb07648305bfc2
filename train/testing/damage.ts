import type { Random } from '../../core/random.ts'

export const damages = [
  'bit',
  'byte',
  'header',
  'hash',
  'cut',
  'empty',
  'longer',
  'zeros',
  'null-header',
  'other',
] as const
export type Damage = (typeof damages)[number]

/** A copy of a checkpoint's file that somebody, or a disk, has spoiled: never the same bytes. */
export function damage(file: Buffer, how: Damage, random: Random): Buffer {
  const copy = Buffer.from(file)
  const alter = (position: number, by = 1 + random.integer(255)): Buffer => {
    copy[position] = copy[position]! ^ by
    return copy
  }
  const headerEnd = file.indexOf('\n', file.indexOf('\n') + 1) + 1
  switch (how) {
    case 'bit':
      return alter(random.integer(file.length), 1 << random.integer(8))
    case 'byte':
      return alter(random.integer(file.length))
    case 'header':
      return alter(random.integer(headerEnd))
    case 'hash':
      return alter(file.length - 1 - random.integer(32))
    case 'cut':
      return copy.subarray(0, random.integer(file.length))
    case 'empty':
      return Buffer.alloc(0)
    case 'longer':
      return Buffer.concat([copy, Buffer.alloc(1 + random.integer(64), random.integer(256))])
    case 'zeros': {
      // A block that never reached the disk. A header has no zeros, so that something is lost.
      const from = random.integer(headerEnd)
      return copy.fill(0, from, Math.min(file.length, from + 512))
    }
    case 'null-header':
      return Buffer.concat([
        copy.subarray(0, copy.indexOf('\n') + 1),
        Buffer.from('null\n'),
        copy.subarray(headerEnd),
      ])
    case 'other':
      return Buffer.from('CacheNet checkpoint 1\nnull\n')
    default:
      return how satisfies never
  }
}
