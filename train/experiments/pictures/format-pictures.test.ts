import { expect, it } from 'vitest'
import { formatPictures } from './format-pictures.ts'

it('prints a line each encoding, in points', () => {
  const table = formatPictures({
    images: 400,
    size: 32,
    bareAccuracy: 0.71,
    bareBytes: 3072,
    encodings: [
      { format: 'webp', quality: 0.9, accuracy: 0.708, loss: 0.002, error: 0.004, meanBytes: 1203.4 },
    ],
  })
  expect(table.split('\n').slice(4)).toEqual([
    '| bare pixels | 71.0 % | – | – | 3072 |',
    '| webp 0.9 | 70.8 % | 0.20 | 0.40 | 1203 |',
  ])
})
