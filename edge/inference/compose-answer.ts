import type { Manifest } from '../../core/bundle/manifest.ts'
import { argMax, predictiveEntropy, softmax } from '../../core/gate/entropy.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { FrameAnswer } from '../../core/wire/frames.ts'
import type { FrameInference } from './inference.ts'

/** Seven digits are all that float32 has; more would only be bytes on a slow link. */
const shorten = (values: Float32Array): number[] => Array.from(values, (value) => Number(value.toPrecision(7)))

/**
 * The answer to a frame: the full model's, calibrated by its temperature, and the partition that the code chose,
 * k = argmax c(x) with c(x) = softmax(z̄). Throws `engine-failed` where the engine computed something that is no number.
 */
export function composeAnswer(manifest: Manifest, inference: FrameInference, decodeMs: number): FrameAnswer {
  const { logits, codeLogits, queueMs, inferenceMs } = inference
  const probabilities = softmax(logits, manifest.full.temperature)
  const code = softmax(codeLogits)
  const classIndex = argMax(probabilities)
  const label = manifest.classNames[classIndex]
  const partition = manifest.partitions[argMax(code)]
  const isFinite = [...probabilities, ...code].every(Number.isFinite)
  if (label === undefined || partition === undefined || !isFinite) {
    throw new CacheNetError('engine-failed', 'The edge could not work out an answer to this frame. Nothing was stored; the next frame is not affected.')
  }
  return {
    classIndex,
    label,
    probabilities: shorten(probabilities),
    entropyNats: predictiveEntropy(probabilities),
    code: shorten(code),
    partition: { id: partition.id, whole: partition.whole },
    answeredBy: 'full',
    timings: { decodeMs, queueMs, inferenceMs },
  }
}
