/** What inference says of one frame, before any softmax. */
export interface FrameInference {
  /** One a class, of the full model. */
  readonly logits: Float32Array
  /** z̄, one a partition, of the encoder; empty where the bundle has none. */
  readonly codeLogits: Float32Array
  /** From the frame's arrival to the start of its batch. */
  readonly queueMs: number
  /** Time of the batch that the frame was in. */
  readonly inferenceMs: number
  /** Frames of that batch. */
  readonly batchSize: number
}

/**
 * A `miss` is somebody waiting; an `audit` only checks a hit: it runs after all misses, and is the first to
 * be refused.
 */
export type FramePriority = 'miss' | 'audit'

/** Whatever answers frames: an engine behind a queue. */
export interface Inference {
  readonly engineName: string
  readonly isReady: boolean
  /** When a batch came back from the engine last, on the clock of `performance.now()`. */
  readonly lastBatchAt: number
  /** Frames that wait for their turn. */
  readonly queued: Readonly<Record<FramePriority, number>>
  /**
   * @param bundleKey the version of a bundle that the engine has loaded
   * @param frame preprocessed, height × width × 3
   * @throws `edge-overloaded` where the queue is full, `edge-timeout` where the wait was too long, `aborted`
   * once the signal is
   */
  answer(
    signal: AbortSignal,
    bundleKey: string,
    frame: Float32Array<ArrayBuffer>,
    priority?: FramePriority,
  ): Promise<FrameInference>
}
