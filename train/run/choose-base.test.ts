import { describe, expect, it } from 'vitest'
import { mostForBase } from '../config/start-from-base.ts'
import { namedBase, usualBaseFor } from './choose-base.ts'

describe('usualBaseFor', () => {
  const few = { preset: 'folder', images: 200, hasOwnSizes: () => false } as const

  it('gives a folder of few images the trunks of a released bundle, and says which', async () => {
    const { base, says } = await usualBaseFor(few)
    expect(base?.id).toBe('cifar10')
    expect(says).toMatch(/^200 images are few: .*bundle cifar10 .*--from none begins from scratch\.$/)
  })

  it('leaves sizes of a person as they are, and says that training begins from scratch', async () => {
    const { base, says } = await usualBaseFor({ ...few, hasOwnSizes: ({ full }) => full[0] === 64 })
    expect(base).toBeUndefined()
    expect(says).toMatch(/other sizes than the bundle cifar10: training begins from scratch/)
  })

  it.each([
    ['many images', { ...few, images: mostForBase + 1 }],
    ['another preset', { ...few, preset: 'people' } as const],
  ])('says nothing of %s', async (_, choice) => {
    expect(await usualBaseFor(choice)).toEqual({ base: undefined, says: undefined })
  })
})

it('namedBase begins with nothing where nothing, or none, is named', async () => {
  expect([await namedBase(undefined), await namedBase('none')]).toEqual([undefined, undefined])
})
