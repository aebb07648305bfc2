import { describe, expect, it } from 'vitest'
import { createScreen, placeReportHash, reportedPlaceOf, screenOf } from './screen.ts'

describe('the screen in the address', () => {
  it('is the one that it names, and the first where it names none or another', () => {
    expect(
      ['', '#', '#cache', '#insight', '#settings', '#watch', '#token=abc', 'cache'].map(screenOf),
    ).toEqual(['watch', 'watch', 'cache', 'insight', 'settings', 'watch', 'watch', 'watch'])
  })

  it('is the settings where a place’s report is in it, and no other place', () => {
    const hashes = [
      '#settings/place-3',
      '#settings/',
      '#settings/hall',
      '#settings/place-0',
      '#place-3',
      '#settings',
    ]
    expect(hashes.map(reportedPlaceOf)).toEqual(['place-3', ...new Array<undefined>(5).fill(undefined)])
    expect(hashes.map(screenOf)).toEqual(['settings', 'watch', 'watch', 'watch', 'watch', 'settings'])
  })

  it('follows the address, as the way back does', () => {
    let listener: () => void = () => undefined
    const location = { hash: '#cache' }
    const { screen, reportedPlace } = createScreen({
      location,
      addEventListener: (_: string, given: () => void) => void (listener = given),
    } as unknown as Window)
    expect(screen.value).toBe('cache')
    location.hash = '#insight'
    listener()
    expect(screen.value).toBe('insight')
    expect(reportedPlace.value).toBeUndefined()
    location.hash = placeReportHash('place-12')
    listener()
    expect(screen.value).toBe('settings')
    expect(reportedPlace.value).toBe('place-12')
  })
})
