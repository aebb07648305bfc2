import { describe, expect, it } from 'vitest'
import { isMetered, isSavingData } from './network-conditions.ts'

const desktop = { onLine: true, userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/142' }
const phone = { onLine: true, userAgent: 'Mozilla/5.0 (Linux; Android 16) Chrome/142 Mobile' }

describe('what a network costs', () => {
  it('is what the browser says of it', () => {
    expect(isMetered({ ...phone, connection: { type: 'wifi' } })).toBe(false)
    expect(isMetered({ ...phone, connection: { type: 'cellular' } })).toBe(true)
    expect(isMetered({ ...desktop, connection: { type: 'wifi', saveData: true } })).toBe(true)
  })

  it('counts, where nobody says, on a phone and not on a desktop', () => {
    expect(isMetered(phone)).toBe(true)
    expect(isMetered({ ...phone, connection: { type: 'unknown' } })).toBe(true)
    expect(isMetered(desktop)).toBe(false)
    expect(isMetered({ ...desktop, connection: {} })).toBe(false)
  })

  it('knows who saves data', () => {
    expect([isSavingData(desktop), isSavingData({ ...desktop, connection: { saveData: true } })]).toEqual([
      false,
      true,
    ])
  })
})
