import { createRandom, type Random } from '../random.ts'
import { drawBackground, type Background } from './background.ts'
import { between } from './between.ts'
import { drawClothes, type Clothes } from './clothes.ts'
import type { Rgb } from './raster.ts'

export type Split = 'train' | 'validation' | 'test'

/** What changes from one recording to the next, and therefore says nothing about who it is. */
export interface Session {
  readonly identity: number
  readonly split: Split
  readonly session: number
  readonly clothes: Clothes
  readonly light: Light
  readonly background: Background
  readonly camera: Camera
  /** Where in the gait cycle the recording starts, 0..1. */
  readonly phase: number
}

export interface Light {
  /** Factors on red, green and blue: brightness times colour temperature. */
  readonly tint: Rgb
  /** -1 from the left .. 1 from the right. */
  readonly direction: number
}

export interface Camera {
  readonly horizon: number
  readonly middle: number
  readonly zoom: number
  /** Height above the ground in metres. */
  readonly height: number
  /** Amplitude of the shake as a share of the frame, and where its waves start. */
  readonly shake: number
  readonly shakePhases: readonly [number, number, number, number]
}

export interface SessionOptions {
  readonly identity: number
  readonly split: Split
  /** 0, 1, …: as many recordings as anybody wants. */
  readonly session: number
}

/** Deterministic; the splits never share a seed. */
export function createSession({ identity, split, session }: SessionOptions): Session {
  const random = createRandom('walkers: sessions').fork(`${split}/${session}/${identity}`)
  return {
    identity,
    split,
    session,
    clothes: drawClothes(random.fork('clothes')),
    light: drawLight(random.fork('light')),
    background: drawBackground(random.fork('background')),
    camera: drawCamera(random.fork('camera')),
    phase: random.next(),
  }
}

function drawLight(random: Random): Light {
  const brightness = between(random, 0.78, 1.14)
  const warmth = between(random, -0.1, 0.1)
  return {
    tint: [brightness * (1 + warmth), brightness, brightness * (1 - warmth)],
    direction: between(random, -1, 1),
  }
}

export function drawCamera(random: Random): Camera {
  return {
    horizon: between(random, 0.335, 0.365),
    middle: between(random, 0.46, 0.54),
    zoom: between(random, 0.93, 1.03),
    height: between(random, 1.2, 1.3),
    shake: between(random, 0.001, 0.006),
    shakePhases: [random.next(), random.next(), random.next(), random.next()],
  }
}
