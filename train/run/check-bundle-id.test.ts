import { expect, it } from 'vitest'
import { checkBundleId } from './check-bundle-id.ts'

it.each([
  ['My_Pets', 'my-pets'],
  ['pets.v2', 'pets-v2'],
  ['../x', 'x'],
  ['', 'my-pictures'],
  ['-a', 'a'],
  ['犬', 'my-pictures'],
  ['Ü'.repeat(80), 'u-'.repeat(31) + 'u'],
  ['a/b', 'a-b'],
])('refuses %j and proposes %j', (id, proposed) => {
  expect(() => checkBundleId(id)).toThrow(
    expect.objectContaining({
      code: 'config-invalid',
      message: expect.stringContaining(`--id ${proposed},`) as string,
    }),
  )
  expect(() => checkBundleId(proposed)).not.toThrow()
})
