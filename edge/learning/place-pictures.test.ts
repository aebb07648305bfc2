import { expect, it } from 'vitest'
import { spreadOver } from './place-pictures.ts'

it('takes a few of many, from the first to the last', () => {
  expect(spreadOver([], 6)).toEqual([])
  expect(spreadOver([1, 2, 3], 6)).toEqual([1, 2, 3])
  const many = Array.from({ length: 101 }, (_, at) => at)
  expect(spreadOver(many, 6)).toEqual([0, 20, 40, 60, 80, 100])
  expect(new Set(spreadOver(many.slice(0, 7), 6)).size).toBe(6)
})
