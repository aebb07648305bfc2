import { describe, expect, it } from 'vitest'
import { entropyHistogram } from './entropy-histogram.ts'

const data = { label: 'p1', right: [90, 10], wrong: [1, 1], mostNats: 2, thresholdNats: 0.5 }

describe('entropyHistogram', () => {
  it('draws right answers up and wrong ones down, as shares of their own group', () => {
    const drawn = String(entropyHistogram(data))
    expect(drawn).toMatch(/<rect x="14.5" y="34" width="196" height="64" class="fill right">/)
    // Half of the wrong ones: 0.5 / 0.9 of the tallest bar.
    expect(drawn).toMatch(/<rect x="14.5" y="98" width="196" height="35.6" class="fill wrong">/)
    expect(drawn).toContain('right: 100 (98.0\u00a0%)')
    expect(drawn).toContain('0.00–1.00 nats: 90.0\u00a0% of the right answers')
  })

  it('marks the threshold', () => {
    expect(String(entropyHistogram(data))).toContain(
      '<line x1="112.5" y1="20" x2="112.5" y2="176" class="mark"/>',
    )
  })

  it('draws nothing of a group that is empty', () => {
    const drawn = String(entropyHistogram({ ...data, right: [0, 0], wrong: [0, 0] }))
    expect(drawn).not.toContain('NaN')
    expect(drawn).not.toContain('class="fill')
  })
})
