import { expect, it } from 'vitest'
import { reliabilityDiagram } from './reliability-diagram.ts'

it('puts bins at certainty and accuracy, and leaves empty ones out', () => {
  const empty = { count: 0, confidence: 0, accuracy: 0 }
  const drawn = String(
    reliabilityDiagram(
      'p1',
      [empty, { count: 4, confidence: 1, accuracy: 0.5 }],
      [empty, { count: 3, confidence: 0.5, accuracy: 0.5 }, { count: 1, confidence: 1, accuracy: 1 }],
    ),
  )
  expect(drawn).toContain('<circle cx="288" cy="142" r="10.5" class="fill series-muted dot">')
  expect(drawn).toContain('<polyline points="165,142 288,26" class="line series-1"/>')
  expect(drawn).toContain('4 images, 100.0\u00a0% certain, 50.0\u00a0% right')
  expect(drawn.match(/<circle/g)).toHaveLength(3)
  expect(String(reliabilityDiagram('none', [empty], [empty]))).not.toContain('NaN')
})
