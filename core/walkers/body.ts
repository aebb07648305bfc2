import { createRandom } from '../random.ts'
import { families, hairColors, skinTones, type Family } from './families.ts'
import type { Rgb } from './raster.ts'
import { walkerName } from './names.ts'

/** Who somebody is: all of it stays from session to session. Lengths in metres, angles in radians. */
export interface Walker {
  readonly identity: number
  readonly name: string
  /** Look-alikes share a family: skin tone, hair and beard are alike, build and gait tell them apart. */
  readonly family: number
  readonly skin: Rgb
  readonly hair: Hair
  readonly body: Body
  readonly gait: Gait
}

export interface Hair {
  readonly shape: Family['hairShape']
  readonly color: Rgb
  /** 0 flat .. 1 full; for long hair its length, too. */
  readonly volume: number
  /** -1 parted far left .. 1 far right, as seen. */
  readonly part: number
  /** Height of the forehead as a share of the head's height. */
  readonly forehead: number
  readonly hasBeard: boolean
}

export interface Body {
  readonly height: number
  /** Ground to hip joint. */
  readonly legLength: number
  readonly shoulderWidth: number
  readonly hipWidth: number
  /** Waist as a share of the mean of shoulders and hips. */
  readonly waist: number
  readonly neckLength: number
  readonly headHeight: number
  readonly headWidth: number
  /** Width of the chin as a share of the head's width. */
  readonly jaw: number
  /** Radius of the upper arm; the other limbs follow. */
  readonly limbRadius: number
  /** How far the shoulders fall from the neck. */
  readonly shoulderDrop: number
  /** How far the knees are pushed inwards (negative: outwards). */
  readonly kneeIn: number
  /** Distance between the eyes as a share of the head's width. */
  readonly eyeSpacing: number
  /** Half-thickness of the eyebrows as a share of the head's height. */
  readonly brow: number
}

export interface Gait {
  /** Steps a second. */
  readonly cadence: number
  /** Length of one step. */
  readonly step: number
  /** How high a foot is lifted as it swings. */
  readonly lift: number
  /** Rise and fall of the hips, from the mean. */
  readonly bob: number
  /** Lean of the hips over the standing leg, from the middle. */
  readonly sway: number
  readonly armSwing: number
  readonly elbow: number
  /** Angle of the arms away from the body. */
  readonly armOut: number
  /** Angle of the feet outwards. */
  readonly splay: number
  /** Distance between the lines of the two feet. */
  readonly stepWidth: number
}

const membersOfFamily = 4

/**
 * Person `identity` (0, 1, …) of the one population there is. The first 24 are the data set; there is no
 * last.
 */
export function createWalker(identity: number): Walker {
  if (!Number.isInteger(identity) || identity < 0) throw new RangeError(`there is no walker ${identity}`)
  const familyIndex = Math.floor(identity / membersOfFamily)
  const member = identity % membersOfFamily
  const random = createRandom('walkers: population').fork(`family ${familyIndex}`)
  const family = families[familyIndex] ?? {
    skin: random.integer(skinTones.length),
    hairColor: random.integer(hairColors.length),
    hairShape: random.pick(families).hairShape,
    hasBeard: random.next() < 0.2,
  }

  /**
   * Latin hypercube (McKay 1979): the four of a family fall into different quarters of every range, in random
   * order.
   */
  const trait = (low: number, high: number): number => {
    const quarters = random.shuffle([0, 1, 2, 3])
    const places = quarters.map((quarter) => (quarter + 0.25 + 0.5 * random.next()) / membersOfFamily)
    return low + (high - low) * (places[member] ?? 0.5)
  }

  const height = trait(1.54, 1.9)
  const headHeight = height * trait(0.164, 0.196)
  return {
    identity,
    name: walkerName(identity),
    family: familyIndex,
    skin: skinTones[family.skin] ?? skinTones[0],
    hair: {
      shape: family.hairShape,
      color: hairColors[family.hairColor] ?? hairColors[0],
      volume: trait(0, 1),
      part: trait(-1, 1),
      forehead: trait(0.2, 0.32),
      hasBeard: family.hasBeard,
    },
    body: {
      height,
      legLength: height * trait(0.455, 0.525),
      shoulderWidth: height * trait(0.195, 0.262),
      hipWidth: height * trait(0.15, 0.215),
      waist: trait(0.74, 1),
      neckLength: height * trait(0.022, 0.05),
      headHeight,
      headWidth: headHeight * trait(0.68, 0.88),
      jaw: trait(0.42, 0.82),
      limbRadius: height * trait(0.023, 0.036),
      shoulderDrop: height * trait(0.005, 0.035),
      kneeIn: trait(-0.035, 0.03),
      eyeSpacing: trait(0.36, 0.5),
      brow: trait(0.012, 0.034),
    },
    gait: {
      cadence: trait(1.55, 2.15),
      step: height * trait(0.34, 0.44),
      lift: trait(0.06, 0.17),
      bob: trait(0.012, 0.045),
      sway: trait(0.01, 0.07),
      armSwing: trait(0.15, 0.75),
      elbow: trait(0.1, 0.9),
      armOut: trait(0.06, 0.3),
      splay: trait(-0.05, 0.5),
      stepWidth: trait(0.06, 0.22),
    },
  }
}
