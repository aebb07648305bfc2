import { expect, it } from 'vitest'
import { centreCrop } from './centre-crop.ts'

it('takes the middle with the model’s aspect, whatever the shape of the image', () => {
  const input = { width: 16, height: 16 }
  expect(centreCrop({ width: 640, height: 480 }, input)).toEqual({
    left: 80,
    top: 0,
    width: 480,
    height: 480,
  })
  expect(centreCrop({ width: 480, height: 641 }, input)).toEqual({
    left: 0,
    top: 80,
    width: 480,
    height: 480,
  })
  expect(centreCrop({ width: 20_000, height: 10 }, input)).toEqual({
    left: 9_995,
    top: 0,
    width: 10,
    height: 10,
  })
  const wide = { width: 32, height: 16 }
  expect(centreCrop({ width: 100, height: 100 }, wide)).toEqual({ left: 0, top: 25, width: 100, height: 50 })
  expect(centreCrop({ width: 1, height: 900 }, wide)).toMatchObject({ width: 1, height: 1 })
})
