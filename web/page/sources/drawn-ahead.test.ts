import { expect, it } from 'vitest'
import { drawnAhead } from './drawn-ahead.ts'
import type { FrameSource, SourceFrame } from './source.ts'

const frame = (name: string): SourceFrame => {
  const image = { width: 1, height: 1, rgba: new Uint8ClampedArray(4) }
  return { image, picture: () => image, name, trueLabel: null }
}

function counted(): { source: FrameSource; made: string[]; ends: number[] } {
  const made: string[] = []
  const ends: number[] = []
  const source: FrameSource = {
    kind: 'demo',
    isLossless: true,
    async *frames(signal) {
      try {
        for (const name of ['a', 'b', 'c']) {
          if (signal.aborted) return
          await Promise.resolve()
          made.push(name)
          yield frame(name)
        }
      } finally {
        ends.push(made.length)
      }
    },
  }
  return { source, made, ends }
}

it('makes the first frame before it is asked for, and no other', async () => {
  const { source, made } = counted()
  const ahead = drawnAhead(source)
  await expect.poll(() => made).toEqual(['a'])
  const names: string[] = []
  for await (const { name } of ahead.frames(new AbortController().signal)) names.push(name)
  expect(names).toEqual(['a', 'b', 'c'])
})

it('stops what it has begun when it is called off, or left', async () => {
  const stopped = counted()
  const controller = new AbortController()
  const names: string[] = []
  for await (const { name } of drawnAhead(stopped.source).frames(controller.signal)) {
    names.push(name)
    controller.abort()
  }
  expect(names).toEqual(['a'])
  expect(stopped.ends).toEqual([1])
  const left = counted()
  for await (const { name } of drawnAhead(left.source).frames(new AbortController().signal))
    if (name === 'b') break
  expect(left.ends).toEqual([2])
})
