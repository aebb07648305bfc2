import { describe, expect, it } from 'vitest'
import type { SourceFrame } from '../sources/source.ts'
import { createStage } from './stage.ts'

function frameOf(grey: number, drawn: number[]): SourceFrame {
  const image = { width: 1, height: 1, rgba: new Uint8ClampedArray([grey, grey, grey, 255]) }
  const picture = () => {
    drawn.push(grey)
    return image
  }
  return { image, picture, name: `${grey}`, trueLabel: null }
}

describe('createStage', () => {
  it('draws a frame once, however often its answer changes, and not faster than a screen can show', () => {
    let now = 0
    const drawn: number[] = []
    const canvas = document.createElement('canvas')
    const stage = createStage(() => now)
    stage.attachCanvas(canvas)
    const [first, second, third] = [10, 20, 30].map((grey) => frameOf(grey, drawn)) as [
      SourceFrame,
      SourceFrame,
      SourceFrame,
    ]
    stage.show(first)
    now = 100
    stage.show(first)
    stage.show(second)
    now = 101
    stage.show(third)
    expect(drawn).toEqual([10, 20])
    expect(canvas.getContext('2d')?.getImageData(0, 0, 1, 1).data[0]).toBe(20)
  })

  it('leaves alone what shows itself', () => {
    const canvas = document.createElement('canvas')
    const stage = createStage()
    stage.attachCanvas(canvas)
    const { width } = canvas
    stage.show({ ...frameOf(1, []), picture: undefined })
    expect(canvas.width).toBe(width)
  })
})
