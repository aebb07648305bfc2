import { CacheNetError } from '../../core/wire/errors.ts'
import type { NetworkStageSettings } from '../config/schema.ts'
import type { Architecture } from '../models/architecture.ts'
import { shipNetwork, type TrainedNetwork } from '../models/ship-network.ts'
import { totalSteps } from '../parallel/batches.ts'
import type { JobHead, Teacher, TrainingJob } from '../parallel/job.ts'
import { createState, runTraining } from '../parallel/pool.ts'
import { finishedStep, readCheckpoint, writeCheckpoint } from '../run/checkpoint.ts'
import { BestWeights } from './best-weights.ts'
import type { StageContext } from './context.ts'
import { trainingStrangers } from './outsiders.ts'
import { validationLoss } from './validation-loss.ts'

export interface NetworkToTrain {
  readonly name: string
  readonly architecture: Architecture
  /** Parameters to start from. */
  readonly initial: Float32Array
  readonly members: ArrayLike<number>
  readonly outsiders: ArrayLike<number>
  /** Of a partition: what its outputs stand for. */
  readonly head?: JobHead | undefined
  readonly teacher: Teacher | undefined
  readonly settings: Pick<NetworkStageSettings, 'optimizer' | 'loss' | 'cutoutPixels'>
  readonly seed: number
}

function sharedIndices(indices: ArrayLike<number>): Int32Array<SharedArrayBuffer> {
  const shared = new Int32Array(new SharedArrayBuffer(indices.length * 4))
  shared.set(indices)
  return shared
}

/**
 * Trains the parameters of one network, or goes on where its checkpoint stands; a finished one is only read.
 * Returns their average, where a network of all classes is stopped early the best of them on the validation
 * images. Throws `aborted` after its checkpoint is written when the run is stopped.
 */
export async function trainParameters(context: StageContext, network: NetworkToTrain): Promise<Float32Array> {
  const { config, dataset, input, run, progress, signal } = context
  const hasStrangers = network.outsiders.length > 0 && (network.settings.loss.strangerShare ?? 0) > 0
  const job: TrainingJob = {
    name: network.name,
    architecture: network.architecture,
    images: {
      input,
      pixels: dataset.train.pixels,
      labels: dataset.train.labels,
      strangers: hasStrangers ? trainingStrangers(context).pixels : undefined,
    },
    members: sharedIndices(network.members),
    outsiders: sharedIndices(network.outsiders),
    head: network.head,
    teacher: network.teacher,
    loss: network.settings.loss,
    optimizer: network.settings.optimizer,
    augment: { ...config.augment, cutoutPixels: network.settings.cutoutPixels },
    seed: network.seed,
  }
  if (job.loss.distillsShown && job.teacher !== undefined && job.teacher.spec === undefined)
    throw new CacheNetError(
      'config-invalid',
      'A full model that was brought is asked once about each image as it is: leave loss.distillsShown away.',
      { network: network.name },
    )
  const state = createState(network.initial)
  const arrays = [state.vector, state.momentum, state.average]
  const path = run.checkpointPath(`${network.name}.bin`)
  const steps = totalSteps(job)
  const best = new BestWeights(network.initial.length)
  const { checks, patience } = config.earlyStop
  // What a partition is for is one region; the validation images are of all.
  const isChecked = checks > 0 && network.head === undefined
  const firstStep =
    (await readCheckpoint(path, arrays, (sentence) => progress.say(sentence), best.arrays)) ?? 0
  if (firstStep < steps) {
    progress.start(firstStep)
    const logged: Promise<void>[] = []
    let hasLost = false
    // A curve in the report is not worth a training: where its line cannot be written, that is said once.
    const loseLine = (): void => {
      if (!hasLost)
        progress.say(
          `${run.path}/metrics.jsonl cannot be written, so the report will lack a part of its curves. Training goes on.`,
        )
      hasLost = true
    }
    let lastStep = steps
    const isEnough = (step: number): boolean => {
      lastStep = step
      const loss = validationLoss(context, network.architecture, state.average)
      logged.push(run.log({ stage: network.name, step, validationLoss: loss }).catch(loseLine))
      return best.offer(state.average, loss, patience)
    }
    const { isStopped } = await runTraining(signal, job, state, {
      workers: config.workers,
      firstStep,
      checkpointSeconds: config.checkpointSeconds,
      onStep: (report) => {
        progress.step(network.name, report)
        if (report.step % 20 === 0 || report.step === steps)
          logged.push(run.log({ stage: network.name, ...report }).catch(loseLine))
      },
      onCheckpoint: (step) => writeCheckpoint(path, step, isChecked ? [...arrays, ...best.arrays] : arrays),
      check: isChecked ? { every: Math.max(1, Math.round(steps / checks)), isEnough } : undefined,
    })
    await Promise.all(logged)
    if (isStopped) {
      throw new CacheNetError(
        'aborted',
        `Stopped while training ${network.name}. Its checkpoint is written, and the same command goes on from there (npm run train: with --resume).`,
        { run: run.path },
      )
    }
    if (best.weights !== undefined) state.average.set(best.weights)
    if (lastStep < steps)
      progress.say(
        `${network.name}: ${patience} checks on validation images brought nothing better, so it ends at step ${lastStep} of ${steps}.`,
      )
    // Finished is finished, however few steps it took.
    await writeCheckpoint(path, isChecked ? finishedStep : steps, arrays)
  }
  return Float32Array.from(state.average)
}

/** The same for a network that ships whole. */
export async function trainNetwork(context: StageContext, network: NetworkToTrain): Promise<TrainedNetwork> {
  return shipNetwork(network.architecture, await trainParameters(context, network))
}
