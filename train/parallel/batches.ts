import { createRandom, type Random } from '../../core/random.ts'
import type { AugmentSettings } from '../config/schema.ts'
import type { TrainingJob } from './job.ts'

/** Images of one step: first those to classify, then those to be uncertain about. */
export interface Batch {
  readonly members: Int32Array
  readonly outsiders: Int32Array
  /** Reflect-shift of each image in pixels (members, then outsiders), and whether it is mirrored. */
  readonly shifts: Int8Array
  readonly mirrored: Uint8Array
  /**
   * Left and upper edge of each image's blank square, which may lie partly outside; undefined where there is
   * none.
   */
  readonly cutouts: { readonly side: number; readonly corners: Int16Array } | undefined
  /** Angle of each image in radians; undefined where none is turned. */
  readonly turns: Float32Array | undefined
  /** Factors of brightness, contrast and saturation, three an image; undefined where none is coloured. */
  readonly colours: Float32Array | undefined
  /** Mixup: the other member, by its position in the batch, and the share of each member's own image. */
  readonly mix: { readonly others: Int32Array; readonly shares: Float32Array } | undefined
}

/** Beta(α, α), the larger of both shares (Jöhnk 1964). */
function largerShare(alpha: number, random: Random): number {
  for (;;) {
    const [one, other] = [random.next() ** (1 / alpha), random.next() ** (1 / alpha)]
    const sum = one + other
    if (sum > 0 && sum <= 1) return Math.max(one, other) / sum
  }
}

const colourFields = ['brightness', 'contrast', 'saturation'] as const satisfies (keyof AugmentSettings)[]

function memberCount(job: TrainingJob): number {
  const { batchSize } = job.optimizer
  return job.outsiders.length === 0 ? batchSize : Math.round(batchSize * (1 - job.loss.outsideShare))
}

/** Steps in a pass over the members; a last batch that is not full is left out. */
export const stepsPerEpoch = (job: TrainingJob): number =>
  Math.max(1, Math.floor(job.members.length / memberCount(job)))

export const totalSteps = (job: TrainingJob): number =>
  Math.max(job.optimizer.leastSteps, Math.ceil(stepsPerEpoch(job) * job.optimizer.epochs))

/** Takes from an endless sequence of shuffles of `source`, so that every index comes up equally often. */
function takeShuffled(
  source: Int32Array,
  start: number,
  count: number,
  shuffleOf: (round: number) => Int32Array,
): Int32Array {
  return Int32Array.from({ length: count }, (_, position) => {
    const round = Math.floor((start + position) / source.length)
    return shuffleOf(round)[(start + position) % source.length]!
  })
}

/**
 * The batches of a job: a pure function of its seed and the step, so that any thread can make any of them,
 * also after a restart.
 */
export class BatchSource {
  readonly #job: TrainingJob
  readonly #random: Random
  readonly #shuffles = new Map<string, Int32Array>()

  constructor(job: TrainingJob) {
    this.#job = job
    this.#random = createRandom(job.seed)
  }

  #shuffled(name: string, source: Int32Array, round: number): Int32Array {
    const key = `${name}-${round}`
    let shuffled = this.#shuffles.get(key)
    if (shuffled === undefined) {
      if (this.#shuffles.size > 6) this.#shuffles.clear()
      shuffled = Int32Array.from(source)
      this.#random.fork(key).shuffle(shuffled)
      this.#shuffles.set(key, shuffled)
    }
    return shuffled
  }

  /**
   * The middle of each square is any pixel of its image, so that those at the border are blanked as often as
   * others.
   */
  #cutouts(step: number, count: number): Batch['cutouts'] {
    const { augment, images } = this.#job
    const side = augment.cutoutPixels
    if (side === 0) return undefined
    const random = this.#random.fork(`cutout-${step}`)
    const { width, height } = images.input
    const corners = Int16Array.from(
      { length: count * 2 },
      (_, index) => random.integer(index % 2 === 0 ? width : height) - (side >> 1),
    )
    return { side, corners }
  }

  /** Uniform in ±1, for each image and purpose. */
  #spread(name: string, step: number, count: number): Float32Array {
    const random = this.#random.fork(`${name}-${step}`)
    return Float32Array.from({ length: count }, () => random.next() * 2 - 1)
  }

  #turns(step: number, count: number): Batch['turns'] {
    const { rotationDegrees } = this.#job.augment
    if (rotationDegrees === 0) return undefined
    const largest = (rotationDegrees * Math.PI) / 180
    return this.#spread('turn', step, count).map((share) => share * largest)
  }

  #colours(step: number, count: number): Batch['colours'] {
    const { augment } = this.#job
    if (colourFields.every((field) => augment[field] === 0)) return undefined
    return this.#spread('colour', step, count * colourFields.length).map(
      (share, index) => 1 + share * augment[colourFields[index % colourFields.length]!],
    )
  }

  #mix(step: number, members: number): Batch['mix'] {
    const { mixup } = this.#job.augment
    if (mixup === 0 || members < 2) return undefined
    const random = this.#random.fork(`mix-${step}`)
    const others = new Int32Array(members)
    const shares = new Float32Array(members)
    for (let position = 0; position < members; position++) {
      others[position] = (position + 1 + random.integer(members - 1)) % members
      shares[position] = largerShare(mixup, random)
    }
    return { others, shares }
  }

  at(step: number): Batch {
    const { members, outsiders, augment, optimizer } = this.#job
    const memberShare = Math.min(memberCount(this.#job), members.length)
    const epochSteps = stepsPerEpoch(this.#job)
    const epoch = Math.floor(step / epochSteps)
    const inEpoch = step % epochSteps
    const order = this.#shuffled('members', members, epoch)
    const chosen = order.subarray(inEpoch * memberShare, (inEpoch + 1) * memberShare)
    const outside = optimizer.batchSize - memberShare
    const strangers =
      outsiders.length === 0
        ? new Int32Array(0)
        : takeShuffled(outsiders, step * outside, outside, (round) =>
            this.#shuffled('outsiders', outsiders, round),
          )

    const count = chosen.length + strangers.length
    const random = this.#random.fork(`augment-${step}`)
    const shifts = new Int8Array(count * 2)
    for (let index = 0; index < shifts.length; index++)
      shifts[index] = random.integer(2 * augment.shiftPixels + 1) - augment.shiftPixels
    const mirrored = new Uint8Array(count)
    if (augment.mirror) {
      // Each image is shown one way in even epochs and the other way in odd ones (airbench), not by a coin
      // each time.
      const all = [...chosen, ...strangers]
      for (const [position, image] of all.entries())
        mirrored[position] = (((image * 2654435761) >>> 16) + epoch) & 1
    }
    return {
      members: chosen,
      outsiders: strangers,
      shifts,
      mirrored,
      cutouts: this.#cutouts(step, count),
      turns: this.#turns(step, count),
      colours: this.#colours(step, count),
      mix: this.#mix(step, chosen.length),
    }
  }
}
