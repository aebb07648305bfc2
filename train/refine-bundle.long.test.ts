import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { resolveConfig } from './config/resolve-config.ts'
import { generateWalkers } from './data/walkers.ts'
import { refineBundle } from './refine-bundle.ts'
import { Progress } from './run/progress.ts'
import { RunFolder } from './run/run-folder.ts'
import { smallTraining } from './testing/small-training.ts'
import { trainBundle } from './train-bundle.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-refine-'))
})
afterAll(() => rm(folder, { recursive: true }))

const progress = new Progress({ write: () => undefined })
const signal = new AbortController().signal
const shown = [
  'generalist.loss.outsideShare=0.1',
  'generalist.loss.outsideWeight=1',
  'generalist.loss.strangerShare=1',
  'partition.loss.strangerShare=0.25',
]

it('trains the networks of a bundle on, for the same classes, and goes on where it was stopped', async () => {
  const config = resolveConfig('walkers', smallTraining, [])
  const bundle = join(folder, 'bundle')
  const { manifest: before } = await trainBundle(signal, {
    dataset: generateWalkers(config, () => undefined),
    config,
    run: await RunFolder.open(join(folder, 'run'), { dataset: 'walkers', data: null, config }, false),
    progress,
    bundleId: 'walkers',
    bundleFolder: bundle,
    command: 'npm run train -- walkers',
  })
  const request = {
    bundle,
    out: join(folder, 'refined'),
    data: undefined,
    assignments: shown,
    epochs: 1,
    run: join(folder, 'refinement'),
    command: 'npm run refine -- walkers',
    progress,
  }
  const middle = new AbortController()
  const stopping = new Progress({
    write: (text) => {
      if (text.startsWith('p1 ')) middle.abort()
    },
  })
  await expect(refineBundle(middle.signal, { ...request, progress: stopping })).rejects.toMatchObject({
    code: 'aborted',
  })
  expect(await readdir(request.run)).toContain('checkpoints')
  const { manifest } = await refineBundle(signal, request)
  // Nothing is left to go on from.
  expect(await readdir(request.run)).not.toContain('run.json')
  expect(manifest.full.whole).toEqual(before.full.whole)
  expect(manifest.encoder).toEqual(before.encoder)
  expect(manifest.generalist.whole.sha256).not.toBe(before.generalist.whole.sha256)
  expect(manifest.partitions.map(({ classIndices, prior }) => [classIndices, prior])).toEqual(
    before.partitions.map(({ classIndices, prior }) => [classIndices, prior]),
  )
  expect(manifest.training.command).toBe(before.training.command)
  expect(manifest.training.refinement?.command).toBe('npm run refine -- walkers')
  const summary = await readFile(join(request.out, 'training-summary.txt'), 'utf8')
  expect(summary).toContain('npm run refine -- walkers')
})
