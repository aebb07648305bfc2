import { strangerLabel } from '../../core/gate/answer-table.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { headOutputs } from '../../core/bundle/partition-head.ts'
import { createRandom } from '../../core/random.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { TrainingConfig } from '../config/schema.ts'
import { allocateSplit, splitCount, type Split } from '../data/dataset.ts'
import type { PlainArchitecture } from '../models/architecture.ts'
import { foldNetwork, inferenceSpec } from '../models/fold.ts'
import { shipWeights, type ShippedNetwork } from '../models/ship-network.ts'
import { continueNetwork } from '../models/start-from-base.ts'
import { startPartition } from '../models/start-partition.ts'
import type { JobHead, Teacher, TrainingJob } from '../parallel/job.ts'
import { createState, runTraining } from '../parallel/pool.ts'
import { elsewhereShare, type PlaceHead } from './head-of-place.ts'
import type { PlaceFrames } from './place-frames.ts'

export interface PlaceTraining {
  readonly manifest: Manifest
  /** Sizes of the generalist. */
  readonly architecture: PlainArchitecture
  readonly generalist: ShippedNetwork
  readonly config: TrainingConfig
  readonly frames: PlaceFrames
  /** Positions of the frames to learn from. */
  readonly lessons: readonly number[]
  readonly head: PlaceHead
  /** Pictures of something else: other places, and what no network knows. */
  readonly elsewhere: readonly Split[]
  readonly threads: number
  /** A partition of the same head to train on; the generalist where left out. */
  readonly from?: ShippedNetwork | undefined
}

const batchSize = 64
/** A place has some hundred frames: steps count, not passes. */
const steps = 400
/**
 * How far from the start to what was learned: between both lie networks that forgot less of who did not come
 * by (Wortsman et al. 2022, Robust fine-tuning of zero-shot models).
 */
const learnedShares = [1, 0.7, 0.45] as const
/** It is over in seconds: there is nothing to go on from. */
const neverSeconds = 86_400
/** Clothes and light are others tomorrow. */
const change = { brightness: 0.15, contrast: 0.15, saturation: 0.15 } as const

const shared = (indices: readonly number[]): Int32Array<SharedArrayBuffer> => {
  const array = new Int32Array(new SharedArrayBuffer(indices.length * 4))
  array.set(indices)
  return array
}

/** Frames and pictures of something else in one array, that threads read. */
function joinImages(frames: PlaceFrames, elsewhere: readonly Split[], size: number): Split {
  const parts = [frames.images, ...elsewhere]
  const images = allocateSplit(
    parts.reduce((sum, part) => sum + splitCount(part), 0),
    size,
  )
  let at = 0
  for (const [index, part] of parts.entries()) {
    images.pixels.set(part.pixels, at * size * size * 3)
    // What is shown elsewhere is nothing here, whatever it is there.
    images.labels.set(index === 0 ? part.labels : part.labels.map(() => strangerLabel), at)
    at += splitCount(part)
  }
  return images
}

/** What the full model said, as a teacher that is never asked again. Mirror images show the same. */
function teacherOf({ logits, classes, count }: PlaceFrames, images: number): Teacher {
  const told = new Float32Array(new SharedArrayBuffer(2 * images * classes * 4))
  const isKnown = new Uint8Array(new SharedArrayBuffer(2 * images))
  for (const offset of [0, images]) {
    told.set(logits, offset * classes)
    isKnown.fill(1, offset, offset + count)
  }
  return { spec: undefined, weights: [], logits: told, isKnown }
}

function jobHeadOf({ head, shares }: PlaceHead, classes: number): JobHead {
  const outputOf = new Int32Array(classes).fill(-1)
  for (const [output, index] of head.classIndices.entries()) outputOf[index] = output
  return {
    outputOf,
    classIndices: Int32Array.from(head.classIndices),
    logShares: Float32Array.from(shares, Math.log),
  }
}

/**
 * Trains the partition of a place by all its weights, from the partition that knew the place or else from the
 * generalist: gains, shifts and head alone, which is what a delta holds, do not reach another light
 * (docs/lab/2026-11-places.md). Throws `training-diverged`, and `aborted` once the signal is.
 *
 * @returns it, and mixtures with what it started from (`learnedShares`): whoever has more frames chooses
 */
export async function trainPlace(signal: AbortSignal, training: PlaceTraining): Promise<ShippedNetwork[]> {
  const { manifest, config, frames, lessons, head, threads, generalist, from } = training
  const { input } = manifest
  const own = new Set(head.head.classIndices)
  const images = joinImages(frames, training.elsewhere, input.width)
  const isMember = (frame: number): boolean => own.has(frames.images.labels[frame]!)
  const architecture: PlainArchitecture = { ...training.architecture, classes: headOutputs(head.head) }
  const shown = { pixels: frames.images.pixels, input }
  const initial =
    from === undefined
      ? startPartition(
          {
            architecture: training.architecture,
            vector: continueNetwork(training.architecture, generalist, shown, createRandom('place')),
          },
          head.head,
        ).initial
      : continueNetwork(architecture, from, shown, createRandom('place'))
  const job: TrainingJob = {
    name: 'place',
    architecture,
    images: { input, pixels: images.pixels, labels: images.labels },
    members: shared(lessons.filter(isMember)),
    outsiders: shared([
      ...lessons.filter((frame) => !isMember(frame)),
      ...Array.from({ length: splitCount(images) - frames.count }, (_, at) => frames.count + at),
    ]),
    head: jobHeadOf(head, frames.classes),
    teacher: teacherOf(frames, splitCount(images)),
    loss: { ...config.partition.loss, outsideShare: elsewhereShare, outsideWeight: 1, distillsShown: false },
    // Steps alone say how long it takes.
    optimizer: {
      ...config.partition.optimizer,
      batchSize,
      microBatchSize: batchSize,
      epochs: 1e-3,
      leastSteps: steps,
    },
    augment: { ...config.augment, ...change, mixup: 0, cutoutPixels: 0 },
    seed: config.seed,
  }
  const state = createState(initial)
  const { isStopped } = await runTraining(signal, job, state, {
    workers: threads,
    firstStep: 0,
    checkpointSeconds: neverSeconds,
    onStep: () => undefined,
    onCheckpoint: () => Promise.resolve(),
  })
  if (isStopped) throw new CacheNetError('aborted', 'The training of a place was stopped.')
  return learnedShares.map((share) => {
    const mixed = state.average.map((value, at) => initial[at]! + share * (value - initial[at]!))
    return shipWeights(inferenceSpec(architecture), foldNetwork(architecture, Float32Array.from(mixed)))
  })
}
