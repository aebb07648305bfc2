import { describe, expect, it } from 'vitest'
import { placesJobSchema } from './places-jobs.ts'

describe('what an edge says to the keeper', () => {
  const id = '7f0c2b0e-51c3-4a37-9d0b-0f3a3bb1f3aa'
  const frame = {
    kind: 'frame',
    folder: id,
    bundle: 'sample',
    fullSha256: 'a'.repeat(64),
    file: '001796040207458-123.frame',
    stream: 'phone1',
  }
  it('names a frame of the folder, and nothing outside of it', () => {
    expect(placesJobSchema.parse(frame)).toEqual(frame)
    for (const wrong of [
      { file: '../../001796040207458-123.frame' },
      { file: 'places.json' },
      { bundle: '../sample' },
      { fullSha256: '../' },
      { stream: '' },
    ])
      expect(placesJobSchema.safeParse({ ...frame, ...wrong }).success).toBe(false)
  })

  it('asks what there is to ask, of a place that may be one', () => {
    const ask = (request: unknown): boolean =>
      placesJobSchema.safeParse({ kind: 'request', folder: id, id, edge: id, request }).success
    expect(ask({ method: 'forget', bundle: 'sample', place: 'place-1' })).toBe(true)
    expect(ask({ method: 'forget', bundle: 'sample', place: '..' })).toBe(false)
    expect(ask({ method: 'shutdown', bundle: 'sample' })).toBe(false)
  })
})
