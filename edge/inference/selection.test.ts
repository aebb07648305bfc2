import { expect, it, onTestFinished } from 'vitest'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import type { FrameAnswer } from '../../core/wire/frames.ts'
import { openBundle } from '../bundles/stored-bundle.ts'
import { temporaryFolder, writeBundle } from '../testing/bundle-folder.ts'
import { createSelection } from './selection.ts'

it('learns from many what follows what, whatever one of them says ever so often', async () => {
  const { folder, remove } = await temporaryFolder()
  onTestFinished(remove)
  const bundle = await openBundle(await writeBundle(folder, await createSampleBundle()))
  const selection = createSelection()
  const says = (client: string, from: string, to: string) =>
    selection.extras(bundle, { partition: { id: to } } as unknown as FrameAnswer, client, [
      { id: from, form: 'whole' },
    ]).likelyNext
  for (let frame = 0; frame < 1000; frame++) says('a stranger', 'p0', 'p1')
  for (let client = 0; client < 20; client++) says(`a phone ${client}`, 'p0', 'p2')
  // Whoever comes to p0 from anywhere is told what follows there.
  expect(says('another phone', 'p3', 'p0')).toEqual({ id: 'p2' })
})
