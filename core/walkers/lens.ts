import type { Point } from './gait.ts'
import type { Camera } from './session.ts'

/** A place in the picture: pixels, and how many of them a metre takes there. */
export interface Spot {
  readonly x: number
  readonly y: number
  readonly scale: number
}

export interface Lens {
  /** Pixels of the horizon and of the middle of the path, shake included. */
  readonly horizon: number
  readonly middle: number
  readonly project: (point: Point) => Spot
}

/** Metres from the camera where a walk starts and ends; a long lens, so that people grow gently. */
export const farDistance = 16.5
export const nearDistance = 12

/**
 * Frame widths that one metre takes at one metre: at `nearDistance` somebody of 1.75 m fills four fifths of
 * the frame.
 */
const focalLength = 5.4

/**
 * The camera of a session at one moment, looking at somebody `distance` metres away, for a picture of `size`
 * pixels.
 */
export function createLens(camera: Camera, time: number, distance: number, size: number): Lens {
  const [a, b, c, d] = camera.shakePhases
  const wave = (hertz: number, phase: number): number => Math.sin(2 * Math.PI * (hertz * time + phase))
  const middle = size * (camera.middle + camera.shake * (wave(0.7, a) + 0.5 * wave(1.9, b)))
  const horizon = size * (camera.horizon + camera.shake * (wave(0.9, c) + 0.5 * wave(2.3, d)))
  return {
    horizon,
    middle,
    project: ({ x, y, z }) => {
      const scale = (focalLength * camera.zoom * size) / (distance - z)
      return { x: middle + x * scale, y: horizon + (camera.height - y) * scale, scale }
    },
  }
}
