import type { NetworkSpec } from '../../core/network/spec.ts'

interface Network {
  readonly spec: NetworkSpec
  readonly blob: Uint8Array
}

/** What the engine worker is told. */
export interface EngineOrder {
  readonly full: Network
  readonly partition: Network
  /** The full model as an ONNX graph that reads `frames` and gives `logits`. */
  readonly onnx: Uint8Array
  readonly inputShape: readonly [number, number, number]
  /** Network inputs; they are run one at a time. */
  readonly frames: readonly Float32Array[]
  readonly rounds: number
}

export interface EngineAnswer {
  /** By subject, one number a round. */
  readonly msPerFrame: Readonly<Record<string, readonly number[]>>
  /** By subject, the class of each frame. */
  readonly answers: Readonly<Record<string, readonly (number | undefined)[]>>
}
