import { describe, expect, it } from 'vitest'
import type { CacheNetError } from '../../core/wire/errors.ts'
import { checkFlags, givenSettings } from './check-flags.ts'

const known = {
  bundle: { type: 'positional' },
  data: { type: 'string' },
  'full-from': { type: 'string' },
  set: { type: 'string' },
  resume: { type: 'boolean' },
} as const

const problemsOf = (...args: string[]): unknown => {
  try {
    checkFlags(args, known)
    return []
  } catch (thrown) {
    return (thrown as CacheNetError).details['problems']
  }
}

describe('checkFlags', () => {
  it('lets through what the command knows', () => {
    expect(problemsOf('some/bundle', '--data', 'x', '--full-from=y', '--set', 'a=1', '--resume')).toEqual([])
    expect(problemsOf('--fullFrom', 'y', '--no-resume', '--set', 'a=-1', '--set=b=2')).toEqual([])
  })

  it.each([
    ['a flag that there is not', ['b', '--dta', 'x'], ['--dta', 'place for "x"']],
    ['a flag that every object has', ['--constructor'], ['--constructor']],
    ['a positional as a flag', ['--bundle=x'], ['--bundle']],
    ['a flag that was given twice', ['--data', 'x', '--data', 'y'], ['--data was given more than once']],
    [
      'and in another spelling',
      ['--full-from', 'x', '--fullFrom=y'],
      ['--full-from was given more than once'],
    ],
    ['a switch that was given twice', ['--resume', '--resume'], ['--resume was given more than once']],
    ['a flag without its value', ['--set', '--data', 'x'], ['--set needs a value']],
    ['a last flag without its value', ['--data'], ['--data needs a value']],
    ['settings that a shell has taken apart', ['b', '--set', 'a=1', 'b=2'], ['place for "b=2"']],
  ])('refuses %s', (_, args, expected) => {
    const problems = problemsOf(...args)
    expect(problems).toEqual(expected.map((part) => expect.stringContaining(part) as string))
  })
})

describe('givenSettings', () => {
  it('keeps all of them', () => {
    expect(givenSettings(['b', '--set', 'a=1', '--data', 'x', '--set=b.c=2 d=3'])).toBe('a=1 b.c=2 d=3')
    expect(givenSettings(['b'])).toBeUndefined()
  })
})
