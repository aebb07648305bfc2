import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { resolveConfig } from '../config/resolve-config.ts'
import type { Dataset } from '../data/dataset.ts'
import { startTrainingBackend } from '../kernels/register.ts'
import { Progress } from '../run/progress.ts'
import { RunFolder } from '../run/run-folder.ts'
import { barsArchitecture, barsJob, startOf } from '../testing/bars-job.ts'
import { trainParameters } from './train-network.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-early-stop-'))
  await startTrainingBackend()
})
afterAll(() => rm(folder, { recursive: true }))

const job = barsJob()
/** Labels that nobody can learn: no check is better than chance for long. */
const unlearnable: Dataset['validation'] = {
  pixels: job.images.pixels,
  labels: new Int32Array(new SharedArrayBuffer(job.images.labels.byteLength)),
}
for (let index = 0; index < unlearnable.labels.length; index++)
  unlearnable.labels[index] = (index * 7 + (index >> 2)) % 3

async function train(
  name: string,
  validation: Dataset['validation'],
  stopAfter?: number,
): Promise<{ weights: Float32Array | undefined; steps: number; said: string }> {
  const config = resolveConfig('walkers', undefined, [
    'workers=2',
    'earlyStop.checks=10',
    'earlyStop.patience=2',
  ])
  const run = await RunFolder.openOrResume(join(folder, name), { dataset: 'walkers', data: null, config })
  const controller = new AbortController()
  let said = ''
  let steps = 0
  const progress = new Progress({ write: (text: string) => void (said += text) })
  progress.step = (_, report) => {
    steps = report.step
    if (report.step === stopAfter) controller.abort()
  }
  const images = { train: job.images, validation, test: validation, classNames: ['a', 'b', 'c'], size: 16 }
  const context = {
    signal: controller.signal,
    config,
    dataset: images as unknown as Dataset,
    input: job.images.input,
    run,
    progress,
  }
  const weights = await trainParameters(context, {
    name: 'bars',
    architecture: barsArchitecture,
    initial: Float32Array.from(startOf(job).vector),
    members: job.members,
    outsiders: [],
    teacher: undefined,
    settings: { optimizer: job.optimizer, loss: job.loss, cutoutPixels: 0 },
    seed: 1,
  }).catch((thrown: unknown) => {
    expect(thrown).toMatchObject({ code: 'aborted' })
    return undefined
  })
  return { weights, steps, said }
}

it('ends a training that validation says brings nothing more, keeps the best, and goes on alike after a stop', async () => {
  const whole = await train('whole', unlearnable)
  expect(whole.steps).toBeLessThan(30)
  expect(whole.said).toMatch(/bars: 2 checks on validation images brought nothing better.*of 30/)

  const first = await train('parted', unlearnable, whole.steps - 2)
  expect(first.weights).toBeUndefined()
  const second = await train('parted', unlearnable)
  expect(second.steps).toBe(whole.steps)
  expect(second.weights).toEqual(whole.weights)
  // Finished, though the steps were not all taken.
  const third = await train('parted', unlearnable)
  expect([third.steps, third.weights]).toEqual([0, whole.weights])
})

it('lets a training that gets better go on to its end', async () => {
  const { steps, weights } = await train('learnable', job.images)
  expect(steps).toBe(30)
  expect(weights).toBeDefined()
})
