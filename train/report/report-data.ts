import type { Manifest } from '../../core/bundle/manifest.ts'
import type { GatePoint } from '../../core/gate/settings.ts'
import type { ReliabilityBin } from '../calibration/calibration-error.ts'
import type { Evaluation } from '../stages/6-evaluate.ts'
import type { ReconstructedImage, Reconstructions } from '../stages/keep-reconstructions.ts'

/** What one network's training wrote into `metrics.jsonl`, in the order of its steps. */
export interface TrainingCurve {
  /** `full`, `generalist`, `p1`, `p1-delta`, … */
  readonly network: string
  /** Loss and accuracy of the batch of a step, in training mode. */
  readonly points: readonly {
    readonly step: number
    readonly epoch: number
    readonly loss: number
    readonly accuracy: number
  }[]
}

/** Answers of one network on test images: `counts[class][answer]`. */
export interface Confusion {
  readonly network: string
  readonly counts: readonly (readonly number[])[]
}

/** Test images of one class that the full model takes for another. */
export interface ConfusedPair {
  readonly truth: number
  readonly answer: number
  readonly count: number
  /** Test images of the true class. */
  readonly ofClass: number
  /** Some of the mistakes, `data:image/png;base64,…`, and an image of the other class that it knows. */
  readonly pictures: readonly string[]
  readonly like?: string
}

/** Test images by entropy, in bins of equal width over [0, `mostNats`]. */
export interface EntropyCounts {
  readonly right: readonly number[]
  readonly wrong: readonly number[]
}

export interface NetworkEntropies {
  readonly network: string
  /** ln C */
  readonly mostNats: number
  readonly thresholdNats: number
  readonly inside: EntropyCounts
  /** Absent for a network that has no region. */
  readonly outside?: EntropyCounts
}

export interface NetworkReliability {
  readonly network: string
  readonly temperature: number
  /** Without the temperature, and with it. */
  readonly before: readonly ReliabilityBin[]
  readonly after: readonly ReliabilityBin[]
}

export interface GateReport {
  /** The stream of validation images that the curve was measured on. */
  readonly stream: string
  readonly fullAccuracy: number
  /** Of the plain Cascade on the same stream. */
  readonly cascadeCurve: readonly GatePoint[]
}

/** A reconstruction with its picture and its true class. */
export interface PicturedReconstruction extends ReconstructedImage {
  readonly classIndex: number
  /** `data:image/png;base64,…` */
  readonly thumbnail: string
}

/** All that the report shows; plain data. */
export interface ReportData {
  readonly manifest: Manifest
  /** Where the bundle lies among others, as a person typed it. */
  readonly bundlesFolder: string
  readonly imageCounts: { readonly train: number; readonly validation: number; readonly test: number }
  /** Training images of each class. */
  readonly trainCounts: readonly number[]
  readonly evaluation: Evaluation
  /** How far below the full model the whole may be, as a share: the accuracy line. */
  readonly accuracyTolerance: number
  readonly curves: readonly TrainingCurve[]
  /** The full model's first, then each partition's inside its region. */
  readonly confusions: readonly Confusion[]
  /** The most frequent first. */
  readonly confusedPairs: readonly ConfusedPair[]
  readonly entropies: readonly NetworkEntropies[]
  readonly reliabilities: readonly NetworkReliability[]
  readonly gate: GateReport
  /** Absent where the code was trained before runs kept them. */
  readonly reconstructions?: Omit<Reconstructions, 'images'> & {
    readonly images: readonly PicturedReconstruction[]
  }
}
