import { expect, it } from 'vitest'
import { splitAssignments } from './split-assignments.ts'

it('splits at spaces', () => {
  expect(splitAssignments(' a=1  b.c=[1,2]\nd="x" ')).toEqual(['a=1', 'b.c=[1,2]', 'd="x"'])
  expect(splitAssignments(undefined)).toEqual([])
})

it('refuses two values for one setting', () => {
  expect(() => splitAssignments('a=1 b=2 a=3')).toThrow(
    expect.objectContaining({ code: 'config-invalid', details: { keys: ['a'] } }),
  )
})
