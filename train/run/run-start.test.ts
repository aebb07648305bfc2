import { expect, it } from 'vitest'
import { runStart } from './run-start.ts'

it('begins a run as the flags say, and refuses both of them together', () => {
  expect(runStart({ resume: false, anew: false })).toBe('new')
  expect(runStart({ resume: true, anew: false })).toBe('resume')
  expect(runStart({ resume: false, anew: true })).toBe('anew')
  expect(() => runStart({ resume: true, anew: true })).toThrow(
    expect.objectContaining({ code: 'config-invalid' }) as Error,
  )
})
