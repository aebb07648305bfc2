import type { ModelInput } from '../../core/bundle/model-input.ts'
import type { NamedTensor } from '../../core/bundle/weights.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import type { Architecture } from '../models/architecture.ts'
import { lossTerms } from '../objective/partition-loss.ts'
import type {
  AugmentSettings,
  NetworkStageSettings,
  OptimizerSettings,
  PartitionLossSettings,
} from '../config/schema.ts'

/** Images and labels that all threads read; views of shared memory. */
export interface SharedImages {
  readonly input: ModelInput
  /** [count, height, width, 3] */
  readonly pixels: Uint8Array<SharedArrayBuffer>
  readonly labels: Int32Array<SharedArrayBuffer>
  /** Pictures that show none of the classes, counted on from the images; left out where none are shown. */
  readonly strangers?: Uint8Array<SharedArrayBuffer> | undefined
}

/**
 * The full model as a teacher, and what it says of each image, filled in as images come up: [2 · count,
 * classes], first as they are, then mirrored. Of the image unshifted, so that the answer does not depend on
 * when it was asked; later networks of a run find it there.
 */
export interface Teacher {
  /** Undefined where every image is known already: then it is never run. */
  readonly spec: NetworkSpec | undefined
  readonly weights: readonly NamedTensor[]
  readonly logits: Float32Array<SharedArrayBuffer>
  readonly isKnown: Uint8Array<SharedArrayBuffer>
}

/** What the outputs of a partition stand for, as its threads need it. */
export interface JobHead {
  /** Output of each class of the data; -1 where it is something else. */
  readonly outputOf: Int32Array
  /** Class of each output, something else left out. */
  readonly classIndices: Int32Array
  /** ln of how often each of these classes is seen in the region: the teacher is told. */
  readonly logShares: Float32Array
}

/**
 * One network to train: all that the threads need to know, sent to each by structured clone (shared memory
 * stays shared).
 */
export interface TrainingJob {
  readonly name: string
  readonly architecture: Architecture
  readonly images: SharedImages
  /** Indices of images that the network is to classify. */
  readonly members: Int32Array<SharedArrayBuffer>
  /** Indices of images outside its region, on which it is to be uncertain; may be empty. */
  readonly outsiders: Int32Array<SharedArrayBuffer>
  /** Where the network has outputs of its own. */
  readonly head?: JobHead | undefined
  /** The full model to learn from, as it ships. */
  readonly teacher: Teacher | undefined
  readonly loss: PartitionLossSettings
  readonly optimizer: OptimizerSettings
  readonly augment: AugmentSettings & Pick<NetworkStageSettings, 'cutoutPixels'>
  readonly seed: number
}

/** What changes while a job runs; a checkpoint is exactly this. All of it is shared memory. */
export interface TrainingState {
  /** Parameters in the order of `parameterLayout`. */
  readonly vector: Float32Array<SharedArrayBuffer>
  readonly momentum: Float32Array<SharedArrayBuffer>
  /** Running average of the parameters: what is evaluated and exported. */
  readonly average: Float32Array<SharedArrayBuffer>
}

/** Shared words behind the job: two barriers' worth and flags. */
export const controlWords = {
  barrier: 0,
  /** Set by the main thread to ask for a stop. */
  stopRequested: 2,
  /** Set by rank 0 before a barrier, so that all ranks do the same after it. */
  command: 3,
  /** Counts the checkpoints that the main thread has finished writing. */
  checkpointsWritten: 4,
  /** Counts the checks of early stopping that the main thread has finished. */
  checksDone: 5,
  /** Set by the main thread in a check: the training ends here. */
  isEnough: 6,
  count: 7,
} as const

export const commands = { goOn: 0, checkpoint: 1, checkpointAndStop: 2, stop: 3 } as const

/** Sums of a rank over its share of a batch: the loss, right answers, and each term of the loss. */
export const sumFields = { loss: 0, right: 1, terms: 2, count: 2 + lossTerms.length } as const

export interface WorkerSetup {
  readonly rank: number
  readonly ranks: number
  readonly job: TrainingJob
  readonly state: TrainingState
  readonly control: Int32Array<SharedArrayBuffer>
  /** One gradient vector a rank. */
  readonly gradients: readonly Float32Array<SharedArrayBuffer>[]
  /** `sumFields.count` a rank. */
  readonly sums: Float64Array<SharedArrayBuffer>
  readonly firstStep: number
  readonly checkpointSeconds: number
  /** A check of early stopping behind every so many steps, and behind the last; undefined: none. */
  readonly checkEvery: number | undefined
}

export interface StepReport {
  /** Steps done. */
  readonly step: number
  readonly steps: number
  readonly epoch: number
  readonly loss: number
  /** Share of the members in the batch that were classified rightly, in training mode. */
  readonly accuracy: number
  readonly images: number
}

/** From rank 0 to the main thread. */
export type WorkerMessage =
  | { readonly kind: 'step'; readonly report: StepReport }
  | { readonly kind: 'checkpoint'; readonly step: number }
  /** The weights of this step are to be checked; all threads wait for it. */
  | { readonly kind: 'check'; readonly step: number }
  /**
   * The loss of a step is no finite number, and so is what was learnt from it; `terms` are those parts of it
   * that are none.
   */
  | { readonly kind: 'diverged'; readonly step: number; readonly terms: readonly string[] }
  | { readonly kind: 'done'; readonly step: number; readonly isStopped: boolean }
