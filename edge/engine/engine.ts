import type { NetworkSpec } from '../../core/network/spec.ts'

export interface EngineNetwork {
  readonly spec: NetworkSpec
  /** The network's blob, checked already. */
  readonly blob: Uint8Array<ArrayBuffer>
}

/** What an engine needs of a bundle: the networks that run on the edge. */
export interface EngineBundle {
  readonly id: string
  readonly full: EngineNetwork
  /** `full`: reads the full model's features; `own`: reads the image. */
  readonly encoder: EngineNetwork & { readonly trunk: 'full' | 'own' }
}

/** Frames that run together. */
export interface EngineBatch {
  readonly bundleId: string
  /** Preprocessed frames one after the other: count × height × width × 3. */
  readonly frames: Float32Array<ArrayBuffer>
  readonly count: number
}

export interface EngineOutput {
  /** Logits of the full model, count × classes. */
  readonly logits: Float32Array<ArrayBuffer>
  /** z̄, count × partitions: the code before its softmax. */
  readonly codeLogits: Float32Array<ArrayBuffer>
  readonly inferenceMs: number
}

/**
 * Runs the full model and the encoder of bundles. Every implementation passes `engine.cases.ts`.
 * One batch at a time: whoever calls it waits for an answer before the next (see `inference/batcher.ts`).
 */
export interface Engine {
  readonly name: string
  readonly isReady: boolean
  /** Makes a bundle runnable; loading an id again replaces what it had. */
  load(bundle: EngineBundle): Promise<void>
  /** Throws `bundle-unknown` where the bundle was never loaded, `frame-size-wrong` where the batch does not fit it. */
  run(batch: EngineBatch): Promise<EngineOutput>
  /** Frees what the engine holds. Nothing may be called afterwards. */
  close(): Promise<void>
}
