import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { resolveConfig } from '../config/resolve-config.ts'
import { measureInput } from '../data/dataset.ts'
import { generateWalkers } from '../data/walkers.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { Progress } from '../run/progress.ts'
import { RunFolder } from '../run/run-folder.ts'
import { trainWithinData } from './train-within-data.ts'

it(
  'makes the generalist alone of images that are too few for partitions, and says so in one sentence',
  { timeout: 240_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cachenet-within-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    // 16 images of two people, and two partitions that want 64 each.
    const tiny = { widths: [4, 4, 8] as const, optimizer: { epochs: 1, batchSize: 8 } }
    const config = resolveConfig(
      'walkers',
      {
        imageSize: 16,
        workers: 1,
        partitionCount: 2,
        walkers: {
          identities: 2,
          trainSessions: 2,
          validationSessions: 1,
          testSessions: 1,
          framesPerSession: 4,
        },
        full: tiny,
        generalist: tiny,
        encoder: { epochs: 1, scenesPerBatch: 2, framesPerScene: 4 },
      },
      [],
    )
    const dataset = generateWalkers(config, () => undefined)
    const run = await RunFolder.open(folder, { dataset: 'walkers', data: null, config }, false)
    const said: string[] = []
    const progress = new Progress({ write: (text) => said.push(text) })
    await startTrainingBackend()
    const context = {
      signal: new AbortController().signal,
      config,
      dataset,
      input: measureInput(dataset.train, dataset.size),
      run,
      progress,
    }
    const trained = await trainWithinData(context)
    expect(trained.context.config.partitionCount).toBe(0)
    expect(trained.networks).toMatchObject({ encoder: undefined, partitions: [] })
    expect(said.filter((text) => text.includes('generalist alone'))).toEqual([
      expect.stringMatching(
        /^The images are too few for partitions \(\d+ for p\d\): the bundle gets the generalist alone\.\n$/,
      ),
    ])
  },
)
