import type { Manifest, Partition } from '../../core/bundle/manifest.ts'
import { argMax, predictiveEntropy, softmax } from '../../core/gate/entropy.ts'
import { strangeness } from '../../core/gate/strangeness.ts'
import { selectPartition } from '../../core/gate/select-partition.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { FrameAnswer, HeldPartition } from '../../core/wire/frames.ts'
import type { FrameInference } from './inference.ts'

/** Seven digits are all that float32 has; more would only be bytes on a slow link. */
const shorten = (values: Float32Array): number[] =>
  Array.from(values, (value) => Number(value.toPrecision(7)))

function chosenPartition(
  { partitions, selector }: Manifest,
  code: Float32Array,
  holds: readonly HeldPartition[],
): Partition | undefined {
  const held = holds
    .map(({ id }) => partitions.findIndex((partition) => partition.id === id))
    .filter((index) => index >= 0)
  return partitions[selectPartition(code, held, selector.keepShare)]
}

/** A partition as it is named on the wire: its blobs, and nothing of what the manifest says besides. */
export const partitionRef = ({ id, whole, delta }: Partition): NonNullable<FrameAnswer['partition']> => ({
  id,
  whole,
  ...(delta === undefined ? {} : { delta: { bytes: delta.bytes, sha256: delta.sha256 } }),
})

/**
 * The answer to a frame: the full model's, calibrated by its temperature, and the partition that the selector
 * chose from the code c(x) = softmax(z̄) and from what the device holds. Throws `engine-failed` where the
 * engine computed something that is no number.
 *
 * @param holds partitions that the device holds, most recently used first
 */
export function composeAnswer(
  manifest: Manifest,
  inference: FrameInference,
  decodeMs: number,
  holds: readonly HeldPartition[] = [],
): FrameAnswer {
  const { logits, codeLogits, queueMs, inferenceMs } = inference
  const { temperature, mostStrange } = manifest.full
  const probabilities = softmax(logits, temperature)
  const code = softmax(codeLogits)
  const classIndex = argMax(probabilities)
  const label = manifest.classNames[classIndex]
  const partition = chosenPartition(manifest, code, holds)
  const isFinite = [...probabilities, ...code].every(Number.isFinite)
  const isComplete =
    code.length === manifest.partitions.length && (partition === undefined) === (code.length === 0)
  if (label === undefined || !isFinite || !isComplete) {
    throw new CacheNetError(
      'engine-failed',
      'The edge could not work out an answer to this frame. Nothing was stored; the next frame is not affected.',
    )
  }
  return {
    classIndex,
    label,
    probabilities: shorten(probabilities),
    entropyNats: predictiveEntropy(probabilities),
    ...(mostStrange === undefined ? {} : { isStrange: strangeness(logits, false) > mostStrange }),
    code: shorten(code),
    ...(partition === undefined ? {} : { partition: partitionRef(partition) }),
    answeredBy: 'full',
    timings: { decodeMs, queueMs, inferenceMs },
  }
}
