import type { Body, Gait, Walker } from './body.ts'

/**
 * Metres: x to the right of the picture, y up from the ground, z towards the camera, from the point under the
 * body's middle.
 */
export interface Point {
  readonly x: number
  readonly y: number
  readonly z: number
}

export interface Leg {
  readonly hip: Point
  readonly knee: Point
  readonly ankle: Point
  readonly toe: Point
}

export interface Arm {
  readonly shoulder: Point
  readonly elbow: Point
  readonly hand: Point
}

/** Where every joint is at one moment. Pairs are left and right *as seen*. */
export interface Pose {
  readonly legs: readonly [Leg, Leg]
  readonly arms: readonly [Arm, Arm]
  /** Middle of the hips, of the shoulders' line, and of the head. */
  readonly pelvis: Point
  readonly chest: Point
  readonly head: Point
}

/** Share of a leg's cycle with the foot on the ground (Perry & Burnfield, Gait Analysis: about 60 %). */
const stance = 0.6
const ankleHeight = 0.075

/** Metres a second. */
export const walkingSpeed = ({ gait }: Walker): number => gait.cadence * gait.step

/**
 * The pose `time` seconds after the right foot came down, `phase` cycles further on. A cycle is two steps.
 */
export function poseAt({ body, gait }: Walker, time: number, phase: number): Pose {
  const cycle = (time * gait.cadence) / 2 + phase
  const turn = 2 * Math.PI * cycle
  // The hips are highest, and over the standing leg, in the middle of its stance; the shoulders sway less.
  const middle = 2 * Math.PI * (stance / 2)
  const lean = Math.cos(turn - middle)
  const rise = gait.bob * Math.cos(2 * (turn - middle))
  const pelvis = { x: gait.sway * lean, y: body.legLength - 0.02 + rise, z: 0 }
  const chestHeight = body.height - body.headHeight - body.neckLength - body.shoulderDrop
  const chest = { x: 0.55 * gait.sway * lean, y: chestHeight + rise, z: 0.02 }
  const head = { x: 0.7 * gait.sway * lean, y: body.height - body.headHeight / 2 + 0.85 * rise, z: 0.04 }
  return {
    pelvis,
    chest,
    head,
    legs: [legAt(body, gait, -1, cycle + 0.5, pelvis, lean), legAt(body, gait, 1, cycle, pelvis, lean)],
    arms: [armAt(body, gait, -1, turn + Math.PI, chest, lean), armAt(body, gait, 1, turn, chest, lean)],
  }
}

function legAt(body: Body, gait: Gait, side: number, cycle: number, pelvis: Point, lean: number): Leg {
  const u = cycle - Math.floor(cycle)
  const swing = Math.max(0, (u - stance) / (1 - stance))
  // On the ground the foot goes back as fast as the body goes on, so it does not slide.
  const reach = stance * gait.step
  const z = swing === 0 ? reach * (1 - (2 * u) / stance) : -reach * Math.cos(Math.PI * swing)
  const pushOff = 0.07 * Math.max(0, 1 - Math.abs(u - stance) / 0.15)
  const lifted = gait.lift * Math.sin(Math.PI * swing)
  const hip = { x: pelvis.x + side * body.hipWidth * 0.3, y: pelvis.y + side * 0.012 * lean, z: pelvis.z }
  const ankle = { x: side * (gait.stepWidth / 2 + 0.03), y: ankleHeight + lifted + pushOff, z }
  // Toes point down as the foot leaves the ground, up as it lands.
  const pitch = 0.07 * Math.sin(Math.PI * swing * 2 - Math.PI) + pushOff * 0.9
  const length = 0.088 * body.height
  const toe = {
    x: ankle.x + side * length * Math.sin(gait.splay),
    y: Math.max(0.03, ankle.y - 0.045 - pitch),
    z: z + length * Math.cos(gait.splay),
  }
  return { hip, knee: kneeOf(hip, ankle, body, side), ankle, toe }
}

/** Two bones of equal length between hip and ankle; the knee bends towards the camera. */
function kneeOf(hip: Point, ankle: Point, body: Body, side: number): Point {
  const bone = (body.legLength - ankleHeight) * 0.505
  const dy = ankle.y - hip.y
  const dz = ankle.z - hip.z
  const distance = Math.hypot(dy, dz)
  const bend = Math.sqrt(Math.max(0, bone * bone - (distance * distance) / 4))
  return {
    x: (hip.x + ankle.x) / 2 - side * body.kneeIn,
    y: (hip.y + ankle.y) / 2 + (bend * dz) / distance,
    z: (hip.z + ankle.z) / 2 - (bend * dy) / distance,
  }
}

function armAt(body: Body, gait: Gait, side: number, turn: number, chest: Point, lean: number): Arm {
  const swing = 0.08 - gait.armSwing * Math.cos(turn) // against the leg of the same side
  const bent = swing + gait.elbow * (1 + 0.4 * Math.sin(swing))
  const shoulder = {
    x: chest.x + side * (body.shoulderWidth / 2 - body.limbRadius * 1.25),
    y: chest.y - side * 0.012 * lean - body.limbRadius * 1.5,
    z: chest.z,
  }
  const elbow = along(shoulder, 0.172 * body.height, swing, side * gait.armOut)
  return { shoulder, elbow, hand: along(elbow, 0.155 * body.height, bent, side * gait.armOut * 0.4) }
}

/** From `start` down by `length`, swung forwards and outwards by two angles. */
const along = ({ x, y, z }: Point, length: number, forwards: number, outwards: number): Point => ({
  x: x + length * Math.sin(outwards),
  y: y - length * Math.cos(forwards) * Math.cos(outwards),
  z: z + length * Math.sin(forwards) * Math.cos(outwards),
})
