import type { FullNetwork } from '../../core/bundle/full-network.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'

export interface EngineNetwork {
  readonly spec: NetworkSpec
  /** The network's blob, checked already. */
  readonly blob: Uint8Array
}

/** The full model: layers of our own and their weights, or the ONNX file that somebody brought. */
export interface EngineFull {
  readonly spec: FullNetwork
  /** Checked already. */
  readonly blob: Uint8Array
}

/** What an engine needs of a bundle: the networks that run on the edge. */
export interface EngineBundle {
  /**
   * Names one version of a bundle: two versions may be loaded side by side while one takes over from the
   * other.
   */
  readonly id: string
  readonly full: EngineFull
  /**
   * `full`: reads the full model's features; `own`: reads the image. Absent where a bundle has no partitions
   * to choose from.
   */
  readonly encoder?: (EngineNetwork & { readonly trunk: 'full' | 'own' }) | undefined
}

/** Frames that run together. */
export interface EngineBatch {
  readonly bundleId: string
  /** Preprocessed frames one after the other, as the full model reads them: count × height × width × 3. */
  readonly frames: Float32Array<ArrayBuffer>
  readonly count: number
  /** No other batch runs at the same time, so that all threads may share this one. */
  readonly isAlone?: boolean | undefined
}

export interface EngineOutput {
  /** Logits of the full model, count × classes. */
  readonly logits: Float32Array<ArrayBuffer>
  /** z̄, count × partitions: the code before its softmax; empty where the bundle has no encoder. */
  readonly codeLogits: Float32Array<ArrayBuffer>
  readonly inferenceMs: number
}

/** What was found out by trying when a bundle was loaded, so that who loads it again need not try. */
export interface LoadHints {
  /**
   * Frames from which on a batch runs in the form for batches; null where it never does; undefined where
   * nothing was tried.
   */
  readonly leastBatch?: number | null | undefined
}

/**
 * Runs the full model and the encoder of bundles, both in one call. Every implementation passes
 * `engine.cases.ts`. As many batches at a time as it has `slots`: whoever calls it keeps to that (see
 * `inference/batcher.ts`).
 */
export interface Engine {
  readonly name: string
  readonly isReady: boolean
  /** Batches that it runs side by side. */
  readonly slots: number
  /**
   * Whether a batch that runs alone is faster than one that does not, because the threads of all slots share
   * it.
   */
  readonly canShare: boolean
  /**
   * Makes a bundle runnable; loading an id again replaces what it had. Throws `engine-failed` where its
   * networks compute something that is no number.
   */
  load(bundle: EngineBundle, hints?: LoadHints): Promise<LoadHints>
  /**
   * Throws `bundle-unknown` where the bundle was never loaded, `frame-size-wrong` where the batch does not
   * fit it.
   */
  run(batch: EngineBatch): Promise<EngineOutput>
  /** Forgets a bundle, also one that it never had. */
  unload(bundleId: string): Promise<void>
  /** Frees what the engine holds. Nothing may be called afterwards. */
  close(): Promise<void>
}
