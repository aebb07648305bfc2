import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { digestOfShown, stampFile } from './pictures/picture-inputs.ts'

it('the README’s pictures are of the page as it is: otherwise `npm run pictures` takes them anew', async () => {
  const { sha256 } = JSON.parse(await readFile(stampFile, 'utf8')) as { readonly sha256: string }
  expect(
    sha256,
    'views, styles or the demo’s bundle have changed since the pictures were taken; run `npm run pictures` and look at them',
  ).toBe(await digestOfShown())
})
