import { describe, expect, it } from 'vitest'
import { resolveConfig } from '../config/resolve-config.ts'
import { allocateSplit } from '../data/dataset.ts'
import { Progress } from '../run/progress.ts'
import type { EvaluationContext } from '../stages/context.ts'
import { imageStream } from './image-stream.ts'

const classNames = ['cat', 'dog', 'frog']
const labels = Int32Array.from({ length: 36 }, (_, image) => Math.floor(image / 12))
const split = allocateSplit(0, 32)
const context: EvaluationContext = {
  config: resolveConfig('folder', undefined, []),
  dataset: {
    kind: 'folder',
    description: '',
    classNames,
    digest: '',
    size: 32,
    train: split,
    validation: split,
    test: split,
  },
  input: { width: 32, height: 32, channels: 3, mean: [0, 0, 0], std: [1, 1, 1] },
  progress: new Progress({ isTTY: false, write: () => true }),
}

describe('imageStream', () => {
  it('plays what was recorded session by session, each in its own order', () => {
    const images = imageStream(
      context,
      labels,
      { kind: 'single', meanLength: 4, frames: 36, recorded: true },
      'test',
    )
    expect([...images].sort((a, b) => a - b)).toEqual([...labels.keys()])
    for (let start = 0; start < 36; start += 4) {
      expect(images[start]! % 4).toBe(0)
      expect(images.slice(start, start + 4)).toEqual([0, 1, 2, 3].map((offset) => images[start]! + offset))
    }
    expect(images).not.toEqual([...labels.keys()])
  })

  it('draws pictures one by one otherwise', () => {
    const images = imageStream(context, labels, { kind: 'single', meanLength: 4, frames: 36 }, 'test')
    expect(images).toHaveLength(36)
    const follows = images.filter((image, frame) => image === (images[frame - 1] ?? -2) + 1)
    expect(follows.length).toBeLessThan(12)
  })
})
