import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { temporaryFolder } from '../../edge/testing/bundle-folder.ts'
import { createFrameSources } from './frame-sources.ts'

it('plays any folder once, as its files are called, whatever the seed and with no other images named', async () => {
  const { folder, remove } = await temporaryFolder()
  onTestFinished(remove)
  for (const path of ['bee/10.png', 'bee/2.png', '1.png']) {
    await mkdir(join(folder, 'bee'), { recursive: true })
    await writeFile(join(folder, path), '')
  }
  const sources = createFrameSources(undefined, folder)
  const manifest = { id: 'b', classNames: ['ant', 'bee'] } as unknown as Manifest
  const play = async (frames: number, seed: number): Promise<string[]> =>
    (await sources.stream(manifest, { order: 'files', folder }, frames, seed)).map(({ path }) =>
      path.slice(folder.length + 1),
    )
  expect(await play(400, 1)).toEqual(['1.png', 'bee/2.png', 'bee/10.png'])
  expect(await play(2, 7)).toEqual(['1.png', 'bee/2.png'])
})
