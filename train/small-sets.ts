import { defineCommand, runMain } from 'citty'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveConfig } from './config/resolve-config.ts'
import { splitAssignments } from './config/split-assignments.ts'
import { measureInput, splitCount } from './data/dataset.ts'
import { drawSet } from './data/draw-set.ts'
import { loadFolder } from './data/folder.ts'
import { startTrainingBackend } from './kernels/register.ts'
import { predictImages } from './models/predict.ts'
import { createTeacher } from './parallel/ask-teacher.ts'
import { abortOnInterrupt } from './run/abort-on-interrupt.ts'
import { wilsonInterval } from '../core/measured-share.ts'
import { parseIntegers } from './run/parse-integers.ts'
import type { Progress } from './run/progress.ts'
import { runAsCommand } from './run/run-as-command.ts'
import { RunFolder } from './run/run-folder.ts'
import { formatTable } from './run/summary.ts'
import { trainFull } from './stages/1-full.ts'
import { trainGeneralist } from './stages/2-generalist.ts'
import { accuracyOf } from './stages/answers.ts'
import type { StageContext } from './stages/context.ts'

const args = {
  data: {
    type: 'string',
    description: 'Folder with train/CLASS and test/CLASS to draw from',
    required: true,
    valueHint: 'DIR',
  },
  classes: {
    type: 'string',
    description: 'Classes, evenly out of all of them',
    default: '4',
    valueHint: 'N',
  },
  train: {
    type: 'string',
    description: 'Training images of each class; a tenth is validation',
    default: '49',
    valueHint: 'N',
  },
  test: { type: 'string', description: 'Test images of each class', default: '60', valueHint: 'N' },
  seeds: {
    type: 'string',
    description: 'Seeds, separated by commas: each draws other images',
    default: '1,2,3',
    valueHint: 'N,N',
  },
} as const

/**
 * 480 steps of 32 images: what somebody found by hand for sets of this size, with the rates of large sets.
 */
const byHandSteps = 480
const byHandBatch = 32

interface Outcome {
  readonly full: number
  readonly generalist: number
  readonly seconds: number
  /** Of all threads: what others do on the machine does not count. */
  readonly cpuSeconds: number
  readonly testImages: number
}

/**
 * Trains full model and generalist of the set in `folder`, and says how good they are on its test images and
 * what they took.
 */
async function measure(
  signal: AbortSignal,
  folder: string,
  runPath: string,
  isByHand: boolean,
  seed: number,
  progress: Progress,
): Promise<Outcome> {
  const early = resolveConfig('folder', undefined, [`seed=${seed}`])
  const dataset = await loadFolder(
    folder,
    { size: early.imageSize, validationShare: early.validationShare, cacheFolder: join(folder, '.cache') },
    () => undefined,
  )
  const images = splitCount(dataset.train)
  const epochs = byHandSteps / Math.floor(images / byHandBatch)
  const byHand = ['full', 'generalist']
    .map((stage) => `${stage}.optimizer.batchSize=${byHandBatch} ${stage}.optimizer.epochs=${epochs}`)
    .join(' ')
  const config = isByHand
    ? resolveConfig('folder', undefined, [`seed=${seed}`, ...splitAssignments(byHand)])
    : resolveConfig('folder', undefined, [`seed=${seed}`], images)
  const run = await RunFolder.open(runPath, { dataset: 'folder', data: null, config }, false)
  const context: StageContext = {
    signal,
    config,
    dataset,
    input: measureInput(dataset.train, dataset.size),
    run,
    progress,
  }
  const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()]
  const full = await trainFull(context)
  const generalist = await trainGeneralist(context, createTeacher(full, images, dataset.classNames.length))
  const cpu = process.cpuUsage(cpuBefore)
  const { labels } = dataset.test
  const [ofFull, ofGeneralist] = [full, generalist].map((network) =>
    accuracyOf(predictImages(network, dataset.test, context.input), labels),
  ) as [number, number]
  return {
    full: ofFull,
    generalist: ofGeneralist,
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    testImages: labels.length,
  }
}

function row(name: string, outcomes: readonly Outcome[]): string[] {
  const images = outcomes.reduce((sum, { testImages }) => sum + testImages, 0)
  const mean = (of: (outcome: Outcome) => number): number =>
    outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / outcomes.length
  const share = (value: number): string => {
    const [low, high] = wilsonInterval(value, images)
    return `${(value * 100).toFixed(1)} % (${(low * 100).toFixed(0)}–${(high * 100).toFixed(0)})`
  }
  return [
    name,
    share(mean(({ full }) => full)),
    share(mean(({ generalist }) => generalist)),
    mean(({ seconds }) => seconds).toFixed(0),
    mean(({ cpuSeconds }) => cpuSeconds).toFixed(0),
  ]
}

await runMain(
  defineCommand({
    meta: {
      name: 'node --import tsx train/small-sets.ts',
      description:
        'Holds the settings that the preset folder takes for small sets against settings found by hand: accuracy on test images, and time.',
    },
    args,
    run: ({ rawArgs, args: { data, classes, train, test, seeds } }) =>
      runAsCommand({ rawArgs, known: args }, async (progress) => {
        const count = (flag: string, text: string): number => parseIntegers(flag, text)[0]!
        const counts = {
          classes: count('--classes', classes),
          train: count('--train', train),
          test: count('--test', test),
        }
        const signal = abortOnInterrupt(progress)
        await startTrainingBackend()
        const outcomes: Record<'by hand' | 'by default', Outcome[]> = { 'by hand': [], 'by default': [] }
        const work = await mkdtemp(join(tmpdir(), 'cachenet-small-sets-'))
        try {
          for (const seed of parseIntegers('--seeds', seeds)) {
            const folder = join(work, String(seed))
            await drawSet(data, folder, counts, seed)
            for (const name of ['by hand', 'by default'] as const) {
              const outcome = await measure(
                signal,
                folder,
                join(work, `run-${seed}-${name === 'by hand' ? 'hand' : 'default'}`),
                name === 'by hand',
                seed,
                progress,
              )
              outcomes[name].push(outcome)
              progress.say(`${name}, seed ${seed}: ${row('', [outcome]).slice(1).join(', ')}`)
            }
          }
        } finally {
          await rm(work, { recursive: true, force: true })
        }
        const rows = Object.entries(outcomes).map(([name, of]) => row(name, of))
        process.stdout.write(
          `\n${formatTable([`${classes} x ${train} images`, 'full model', 'generalist', 'seconds', 'CPU seconds'], rows)}\n`,
        )
      }),
  }),
)
