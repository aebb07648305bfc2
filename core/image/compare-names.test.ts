import { expect, it } from 'vitest'
import { compareNames, comparePaths } from './compare-names.ts'

it('has numbers as numbers, and one order for names that only look alike', () => {
  for (const names of [
    ['1', '01', '001', '10', '2'],
    ['001', '2', '1', '10', '01'],
  ]) {
    expect([...names].sort(compareNames)).toEqual(['001', '01', '1', '2', '10'])
  }
  expect(['b/1.png', 'a/10.png', 'a/2.png', 'a/02.png'].sort(comparePaths)).toEqual([
    'a/02.png',
    'a/2.png',
    'a/10.png',
    'b/1.png',
  ])
})
