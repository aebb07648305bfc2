import { describe, expect, it } from 'vitest'
import { parseCurves } from './read-curves.ts'

const line = (stage: string, step: number, loss: number): string =>
  JSON.stringify({ stage, step, steps: 9, epoch: 0, loss, accuracy: loss / 10, images: 64 })

describe('parseCurves', () => {
  it('sorts by step, takes the later of two, and passes over what is cut short', () => {
    const text = [
      line('full', 40, 1),
      line('full', 20, 2),
      line('generalist', 20, 3),
      line('full', 40, 0.5),
      '{"stage":"full","st',
      '',
    ].join('\n')
    expect(parseCurves(text)).toEqual([
      {
        network: 'full',
        points: [
          { step: 20, epoch: 0, loss: 2, accuracy: 0.2 },
          { step: 40, epoch: 0, loss: 0.5, accuracy: 0.05 },
        ],
      },
      { network: 'generalist', points: [{ step: 20, epoch: 0, loss: 3, accuracy: 0.3 }] },
    ])
  })

  it('averages neighbours of a long run', () => {
    const text = Array.from({ length: 1000 }, (_, index) => line('full', index + 1, index % 2)).join('\n')
    const { points } = parseCurves(text)[0]!
    expect(points.length).toBeLessThanOrEqual(240)
    expect(points.at(-1)!.step).toBe(1000)
    expect(points[3]!.loss).toBeCloseTo(0.5, 0)
  })

  it('has nothing to say of an empty log', () => {
    expect(parseCurves('')).toEqual([])
  })
})
