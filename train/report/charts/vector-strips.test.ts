import { expect, it } from 'vitest'
import { vectorStrips } from './vector-strips.ts'

it('draws a cell a value, both vectors on the scale of the original, nothing at zero', () => {
  const drawn = String(vectorStrips('z', [2, 0, -1], [4, 0.1, -2], ['z', 'from the code']))
  const cells = [...drawn.matchAll(/<path d="([^"]+)" class="(\w+ level-\d)"/g)].map(
    ([, path, className]) => [path!.split('h')[0], className],
  )
  expect(cells).toEqual([
    ['M66.00 0', 'plus level-6'],
    ['M215.33 0', 'minus level-3'],
    ['M66.00 24', 'plus level-6'],
    ['M215.33 24', 'minus level-6'],
  ])
  expect(drawn).toContain('from the code')
  expect(String(vectorStrips('z', [0, 0], [0, 0], ['z', 'r']))).not.toContain('NaN')
})
