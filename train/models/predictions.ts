/** What a network says of images. */
export interface Predictions {
  readonly count: number
  /** [count, outputs] */
  readonly logits: Float32Array
  readonly outputs: number
  /** [count, featureSize] */
  readonly features: Float32Array
  readonly featureSize: number
}

/** Logits of one image. */
export const logitsOf = ({ logits, outputs }: Predictions, image: number): Float32Array =>
  logits.subarray(image * outputs, (image + 1) * outputs)
