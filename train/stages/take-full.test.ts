import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolveConfig } from '../config/resolve-config.ts'
import { measureInput, type Dataset } from '../data/dataset.ts'
import { generateWalkers } from '../data/walkers.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { readBundle } from '../models/read-bundle.ts'
import { Progress } from '../run/progress.ts'
import { RunFolder } from '../run/run-folder.ts'
import { trainFull } from './1-full.ts'
import type { StageContext } from './context.ts'
import { takeFull } from './take-full.ts'

const bundle = fileURLToPath(new URL('../../public/bundles/walkers', import.meta.url))
/** The classes and the input of the released bundle; the images do not matter here. */
const config = resolveConfig(
  'walkers',
  { walkers: { trainSessions: 2, validationSessions: 1, testSessions: 1, framesPerSession: 1 } },
  [],
)

let folder = ''
let dataset: Dataset
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-take-full-'))
  dataset = generateWalkers(config, () => undefined)
  await startTrainingBackend()
})
afterAll(() => rm(folder, { recursive: true }))

async function contextFor(
  name: string,
  changes: Partial<Pick<StageContext, 'config' | 'dataset' | 'input'>> = {},
): Promise<StageContext> {
  const { manifest } = await readBundle(bundle)
  const run = await RunFolder.open(join(folder, name), { dataset: 'walkers', data: null, config }, false)
  const signal = new AbortController().signal
  return {
    signal,
    config,
    dataset,
    input: manifest.input,
    run,
    progress: new Progress({ write: () => undefined }),
    ...changes,
  }
}

describe('takeFull', () => {
  it('lets a run have the full model of a bundle, without training: the same blob', async () => {
    const context = await contextFor('bundle')
    await takeFull(context, bundle)
    const [taken, { networks }] = [await trainFull(context), await readBundle(bundle)]
    expect(Buffer.compare(taken.blob, networks.full.blob)).toBe(0)
  })

  it('lets a run have the checkpoint of another run', async () => {
    const first = await contextFor('first')
    await takeFull(first, bundle)
    const second = await contextFor('second')
    await takeFull(second, first.run.path)
    const [copy, original] = await Promise.all(
      [second, first].map(({ run }) => readFile(run.checkpointPath('full.bin'))),
    )
    expect(copy!.equals(original!)).toBe(true)
  })

  it('refuses a bundle of other classes, sizes or images, and a folder that is neither', async () => {
    const other = resolveConfig('walkers', { full: { widths: [8, 8, 8] } }, [])
    await expect(
      takeFull(await contextFor('classes', { dataset: { ...dataset, classNames: ['cat', 'dog'] } }), bundle),
    ).rejects.toMatchObject({ code: 'config-invalid' })
    await expect(takeFull(await contextFor('sizes', { config: other }), bundle)).rejects.toThrow(
      'another size',
    )
    await expect(
      takeFull(await contextFor('images', { input: measureInput(dataset.train, dataset.size) }), bundle),
    ).rejects.toThrow('other images')
    await expect(takeFull(await contextFor('nowhere'), join(folder, 'nowhere'))).rejects.toMatchObject({
      code: 'checkpoint-invalid',
    })
  })
})
