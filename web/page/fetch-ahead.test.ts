import { describe, expect, it } from 'vitest'
import { fetchAhead, takeAhead } from './fetch-ahead.ts'

describe('fetchAhead', () => {
  it('hands over what was asked for, once', async () => {
    fetchAhead('data:text/plain,early')
    expect(await (await takeAhead('data:text/plain,early'))?.text()).toBe('early')
    expect(takeAhead('data:text/plain,early')).toBeUndefined()
    expect(takeAhead('data:text/plain,other')).toBeUndefined()
  })

  it('fails where it is taken, as fetch does, and not before', async () => {
    fetchAhead('nowhere:at-all')
    await expect(takeAhead('nowhere:at-all')).rejects.toThrow(TypeError)
  })
})
