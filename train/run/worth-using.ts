import type { Evaluation } from '../stages/6-evaluate.ts'
import { measuredShare, wilsonInterval } from '../../core/measured-share.ts'

type Judged = Pick<
  Evaluation,
  'images' | 'fullAccuracy' | 'generalistAccuracy' | 'partitionShares' | 'inRegion' | 'streams'
>

/** Who is wrong more often than right is not worth asking. */
const leastRight = 0.5
/** An interval as wide as this says nothing, of good networks and of bad ones. */
const widestInterval = 0.4
/** A device that answers this rarely has nothing to be judged by. */
const leastCoverage = 0.02

interface Network {
  readonly name: string
  readonly right: number
  readonly images: number
}

/** What is to be said of a network, or nothing where it is worth using. */
function judge({ name, right, images }: Network, classes: number, consequence: string): string[] {
  const share = measuredShare(right, images)
  const chance = 1 / classes
  const [low, high] = wilsonInterval(right, images)
  const guessing = `guessing is right on ${(chance * 100).toFixed(chance < 0.1 ? 1 : 0)} %`
  if (low <= chance && high - low > widestInterval)
    return [
      `The test images are too few to say whether ${name.toLowerCase()} is worth using: right on ${share} of them, and ${guessing}.`,
    ]
  if (low <= chance)
    return [
      `${name} is not worth using: right on ${share} of the test images, and ${guessing}. ${consequence}`,
    ]
  if (right < leastRight)
    return [`${name} is not worth using yet: right on ${share} of the test images. ${consequence}`]
  return []
}

/**
 * Of partitions that the images are enough to judge: those that gain nothing over the network that is on the
 * phone anyway.
 */
function uselessPartitions({ inRegion, partitionShares, images }: Judged): string[] {
  const useless = inRegion.flatMap(({ partition, accuracy, generalistAccuracy }, index) => {
    const own = Math.round(partitionShares[index]! * images)
    return accuracy <= generalistAccuracy
      ? [
          `${partition} (right on ${measuredShare(accuracy, own)} there, the generalist on ${measuredShare(generalistAccuracy, own)})`,
        ]
      : []
  })
  if (useless.length === 0) return []
  return [
    `Not worth downloading, since the generalist does as well on the images that they are for: ${useless.join(', ')}.`,
  ]
}

function uselessHits({ streams, images }: Judged): string[] {
  const bad = Object.entries(streams).flatMap(([name, { coverage, accuracyOnHits }]) =>
    coverage > leastCoverage && Math.round(accuracyOnHits * 100) < leastRight * 100
      ? [`${name} (right on ${measuredShare(accuracyOnHits, Math.round(images * Math.min(1, coverage)))})`]
      : [],
  )
  return bad.length === 0
    ? []
    : [
        `What the device answers by itself is wrong more often than right on ${bad.join(', ')}: do not go by it.`,
      ]
}

/**
 * Sentences on what of a bundle is not worth using, on test images: the whole, the generalist, partitions;
 * none where everything is.
 *
 * @param classes how many there are to guess among
 */
export function notWorthUsing(test: Judged, classes: number): string[] {
  const { images, fullAccuracy, generalistAccuracy } = test
  const whole = judge(
    { name: 'The full model', right: fullAccuracy, images },
    classes,
    'Neither is the whole bundle.',
  )
  const generalist = judge(
    { name: 'The generalist', right: generalistAccuracy, images },
    classes,
    'Do not go by what the phone says without an edge.',
  )
  return [...whole, ...generalist, ...uselessPartitions(test), ...uselessHits(test)]
}
