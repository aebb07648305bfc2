import { describe, expect, it } from 'vitest'
import { repeatedFlags } from './repeated-flags.ts'

describe('repeatedFlags', () => {
  it('names what was given again, however it was written', () => {
    expect(
      repeatedFlags(['--data', 'a', '--full-from=b', '--data=c', '--fullFrom', 'd', '--data', 'e']),
    ).toEqual(['data', 'full-from'])
  })

  it('leaves out what may be given again, values, and what comes behind a bare --', () => {
    expect(repeatedFlags(['x', '--set', 'a=1', '--set', 'b=2', '--id', 'x', '--', '--id'], ['set'])).toEqual(
      [],
    )
  })
})
