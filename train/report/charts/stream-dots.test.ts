import { expect, it } from 'vitest'
import { streamDots } from './stream-dots.ts'

it('puts a dot at its coverage, hollow where accuracy was lost', () => {
  const drawn = String(
    streamDots('coverage', [
      {
        name: 'places, 100',
        dots: [
          { strategy: 'CacheNet', className: 'series-1', coverage: 0.5, difference: -0.001, keepsLine: true },
          { strategy: 'Cascade', className: 'series-2', coverage: 1, difference: -0.02, keepsLine: false },
        ],
      },
    ]),
  )
  expect(drawn).toContain('<circle cx="213" cy="35.5" r="5.5" class="fill series-1">')
  expect(drawn).toContain('<circle cx="412" cy="42.5" r="5.5" class="hollow series-2">')
  expect(drawn).toContain('Cascade: coverage 100.0\u00a0%, −2.0 points against the full model')
  expect(drawn).toContain('places, 100')
})
