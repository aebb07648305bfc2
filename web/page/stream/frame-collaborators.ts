import { outputsOf } from '../../../core/bundle/manifest-networks.ts'
import type { Manifest, Partition } from '../../../core/bundle/manifest.ts'
import type { GateSettings } from '../../../core/gate/settings.ts'
import type { SentFrame } from '../../../core/wire/sent-frame.ts'
import type { Classification, FrameImage } from '../../messages/inference.ts'
import type { ClassifyOptions } from '../engine/classify-request.ts'
import type { WantedPartition } from '../partitions/partition-keeper.ts'
import type { FullModelDesk } from './full-model-desk.ts'
import type { StreamScene } from './stream-scene.ts'

/** What a frame asks on its way, and nothing else: what follows from its answer is in its events. */
export interface FrameCollaborators {
  readonly bundle: FrameBundle
  classify(
    signal: AbortSignal,
    image: FrameImage,
    gate: GateSettings,
    options: ClassifyOptions,
  ): Promise<Classification>
  /** The frame of that number as a picture for the edge; see `Classification`. */
  picture(signal: AbortSignal, frame: number): Promise<SentFrame>
  readonly fullModel: Pick<FullModelDesk, 'isBusy' | 'answer' | 'noteChecked'>
  readonly gate: {
    settings(): GateSettings
    /** τ that the bundle has for a network where no scene has a say, in nats. */
    thresholdAlone(network: string): number
  }
  readonly scene: StreamScene
  readonly clock: FrameClock
}

/** What a frame has to know of the open bundle. */
export interface FrameBundle {
  readonly classNames: readonly string[]
  /** Of the model's input, in pixels. */
  readonly inputWidth: number
  /** How many outputs a network has. */
  outputsOf(network: string): number
  /** A partition of the bundle; undefined for none. */
  partitionOf(id: string | undefined): WantedPartition | undefined
}

export function frameBundle(manifest: Manifest): FrameBundle {
  const byId = new Map<string | undefined, Partition>(manifest.partitions.map((one) => [one.id, one]))
  return {
    classNames: manifest.classNames,
    inputWidth: manifest.input.width,
    outputsOf: (network) => outputsOf(manifest, network),
    partitionOf: (id) => byId.get(id),
  }
}

export interface FrameClock {
  nowMs(): number
  /** Resolves after so long. */
  wait(delayMs: number): Promise<void>
}

export const pageClock: FrameClock = {
  nowMs: () => performance.now(),
  wait: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
}
