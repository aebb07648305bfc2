import { expect, it } from 'vitest'
import { shareBars } from './share-bars.ts'

it('draws bars in proportion and marks the even share', () => {
  const drawn = String(
    shareBars('shares', [
      { name: 'p1', share: 0.75 },
      { name: 'p2', share: 0.25 },
    ]),
  )
  expect(drawn).toContain('<rect x="48" y="25" width="316" height="18"')
  expect(drawn).toContain('<rect x="48" y="51" width="105.3" height="18"')
  expect(drawn).toContain('even: 50.0\u00a0%')
  expect(drawn).toContain('>75.0\u00a0%</text>')
  expect(String(shareBars('none', []))).not.toContain('NaN')
})
