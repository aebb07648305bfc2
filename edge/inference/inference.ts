/** What inference says of one frame, before any softmax. */
export interface FrameInference {
  /** One a class, of the full model. */
  readonly logits: Float32Array
  /** z̄, one a partition, of the encoder. */
  readonly codeLogits: Float32Array
  /** From the frame's arrival to the start of its batch. */
  readonly queueMs: number
  /** Time of the batch that the frame was in. */
  readonly inferenceMs: number
}

/** Whatever answers frames: one engine behind a queue today. */
export interface Inference {
  readonly engineName: string
  readonly isReady: boolean
  /**
   * @param frame preprocessed, height × width × 3
   * @throws `edge-overloaded` where the queue is full, `edge-timeout` where the wait was too long, `aborted` once the signal is
   */
  answer(signal: AbortSignal, bundleId: string, frame: Float32Array<ArrayBuffer>): Promise<FrameInference>
}
