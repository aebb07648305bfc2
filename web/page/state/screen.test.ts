import { describe, expect, it } from 'vitest'
import { createScreen, screenOf } from './screen.ts'

describe('the screen in the address', () => {
  it('is the one that it names, and the first where it names none or another', () => {
    expect(
      ['', '#', '#cache', '#insight', '#settings', '#watch', '#token=abc', 'cache'].map(screenOf),
    ).toEqual(['watch', 'watch', 'cache', 'insight', 'settings', 'watch', 'watch', 'watch'])
  })

  it('follows the address, as the way back does', () => {
    let listener: () => void = () => undefined
    const location = { hash: '#cache' }
    const screen = createScreen({
      location,
      addEventListener: (_: string, given: () => void) => void (listener = given),
    } as unknown as Window)
    expect(screen.value).toBe('cache')
    location.hash = '#insight'
    listener()
    expect(screen.value).toBe('insight')
  })
})
