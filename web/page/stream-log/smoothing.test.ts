import { describe, expect, it } from 'vitest'
import { steadyLabel } from './smoothing.ts'

const votes = (text: string) => text.split(' ').map((label) => ({ label, certainty: 0.8 }))

describe('steadyLabel', () => {
  it('does not follow one odd frame, and follows a new scene once most frames show it', () => {
    expect(steadyLabel(votes('ant ant ant bee'))).toMatchObject({ label: 'ant', agreeing: 3, frames: 4 })
    expect(steadyLabel(votes('ant ant ant bee bee'))).toMatchObject({ label: 'ant', agreeing: 3, frames: 5 })
    expect(steadyLabel(votes('ant ant ant bee bee bee'))).toMatchObject({
      label: 'bee',
      agreeing: 3,
      frames: 5,
    })
  })

  it('counts a frame by its certainty, and gives the mean of those who agree', () => {
    const steady = steadyLabel([
      { label: 'ant', certainty: 0.3 },
      { label: 'ant', certainty: 0.4 },
      { label: 'bee', certainty: 0.9 },
    ])
    expect(steady).toMatchObject({ label: 'bee', certainty: 0.9, agreeing: 1 })
    expect(
      steadyLabel([
        { label: 'ant', certainty: 0.5 },
        { label: 'ant', certainty: 0.7 },
      ])?.certainty,
    ).toBeCloseTo(0.6)
  })

  it('takes the newer of two that weigh the same, and nothing where there is nothing', () => {
    expect(steadyLabel(votes('ant bee'))?.label).toBe('bee')
    expect(steadyLabel([])).toBeUndefined()
  })
})
