import { expect, it } from 'vitest'
import { createPatience } from './patience.ts'

const never = (): Promise<never> => new Promise(() => undefined)

it('gives what comes in time, and passes failures on', async () => {
  const patience = createPatience(10_000)
  expect(await patience.wait('a', () => Promise.resolve(1))).toBe(1)
  await expect(patience.wait('a', () => Promise.reject(new RangeError('no')))).rejects.toThrow('no')
  expect(await patience.wait('a', () => Promise.resolve(2))).toBe(2)
})

it('gives up what hangs, begins nothing more under its name until it ends, and leaves others alone', async () => {
  const patience = createPatience(20)
  let release = (): void => undefined
  await expect(
    patience.wait('a', () => new Promise<void>((resolve) => (release = resolve))),
  ).rejects.toMatchObject({ code: 'bundle-unreadable' })
  let begun = 0
  await expect(patience.wait('a', () => Promise.resolve(begun++))).rejects.toMatchObject({
    code: 'bundle-unreadable',
  })
  expect(begun).toBe(0)
  await expect(patience.wait('b', never)).rejects.toMatchObject({ code: 'bundle-unreadable' })
  release()
  await new Promise((resolve) => setImmediate(resolve))
  expect(await patience.wait('a', () => Promise.resolve(3))).toBe(3)
})
