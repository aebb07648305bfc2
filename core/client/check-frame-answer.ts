import type { Manifest } from '../bundle/manifest.ts'
import { argMax, predictiveEntropy } from '../gate/entropy.ts'
import { CacheNetError } from '../wire/errors.ts'
import type { FrameAnswer } from '../wire/frames.ts'

/** Seven digits travel of each probability. */
const sumTolerance = 1e-3
/** In nats. The edge works it out before it rounds. */
const entropyTolerance = 0.05
/** So far may the most probable class be ahead of the one that is named: two that are rounded to the same. */
const tieTolerance = 1e-6

const isDistribution = (values: readonly number[]): boolean =>
  values.every(Number.isFinite) && Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) <= sumTolerance

/** What is wrong with an answer, seen from the manifest; undefined where nothing is. */
function faultOf(answer: FrameAnswer, { classNames, partitions }: Manifest): string | undefined {
  const { probabilities, classIndex, label, entropyNats, code, partition, likelyNext } = answer
  const isNamed = (id: string): boolean => partitions.some((named) => named.id === id)
  if (probabilities.length !== classNames.length) return 'number of classes'
  if (!isDistribution(probabilities)) return 'probabilities'
  if ((probabilities[argMax(probabilities)] ?? 0) > (probabilities[classIndex] ?? -1) + tieTolerance)
    return 'most probable class'
  if (label !== classNames[classIndex]) return 'label'
  if (!(Math.abs(entropyNats - predictiveEntropy(probabilities)) <= entropyTolerance)) return 'entropy'
  if (code.length !== 0 && (code.length !== partitions.length || !isDistribution(code))) return 'code'
  if (
    partition !== undefined &&
    partitions.find(({ id }) => id === partition.id)?.whole.sha256 !== partition.whole.sha256
  )
    return 'partition'
  if (likelyNext !== undefined && !isNamed(likelyNext.id)) return 'likely next partition'
  return undefined
}

/**
 * Holds an answer of the edge against the manifest that it will be shown by. Throws `edge-answer-invalid`,
 * which names what does not fit, where it cannot be an answer of this bundle: whatever the edge, or something
 * on the way, has made of it.
 */
export function checkFrameAnswer(answer: FrameAnswer, manifest: Manifest): void {
  const fault = faultOf(answer, manifest)
  if (fault === undefined) return
  throw new CacheNetError(
    'edge-answer-invalid',
    'The edge answered something that cannot be an answer of this bundle; it is not shown. The frame keeps this device’s own answer.',
    {
      fault,
      bundleId: manifest.id,
    },
  )
}
