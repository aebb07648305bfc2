import type { ModelInput } from '../../core/bundle/model-input.ts'
import { argMax, softmax } from '../../core/gate/entropy.ts'
import type { KeptFrame } from '../../core/places/kept-frame.ts'
import { allocateSplit, selectImages, type Split } from '../data/dataset.ts'

/** Frames of one place in their order, and what the full model said of them. */
export interface PlaceFrames {
  /** Its labels are the classes that the full model answered. */
  readonly images: Split
  /** [count, classes], of the full model. */
  readonly logits: Float32Array
  readonly classes: number
  readonly count: number
}

/** The logits of one frame. */
export const logitsAt = ({ logits, classes }: PlaceFrames, frame: number): Float32Array =>
  logits.subarray(frame * classes, (frame + 1) * classes)

/** Lays kept frames out for training. Those of another size than the networks read are left out. */
export function layFrames(kept: readonly KeptFrame[], input: ModelInput, classes: number): PlaceFrames {
  const bytes = input.width * input.height * 3
  const fitting = kept.filter(({ pixels, logits }) => pixels.length === bytes && logits.length === classes)
  const images = allocateSplit(fitting.length, input.width)
  const logits = new Float32Array(fitting.length * classes)
  for (const [at, frame] of fitting.entries()) {
    images.pixels.set(frame.pixels, at * bytes)
    images.labels[at] = argMax(frame.logits)
    logits.set(frame.logits, at * classes)
  }
  return { images, logits, classes, count: fitting.length }
}

/** How often each class is seen in some frames, by the full model's probabilities. Sums to 1. */
export function sharesOf(frames: PlaceFrames, of: readonly number[], temperature: number): Float64Array {
  const shares = new Float64Array(frames.classes)
  for (const frame of of)
    for (const [index, p] of softmax(logitsAt(frames, frame), temperature).entries())
      shares[index]! += p / Math.max(1, of.length)
  return shares
}

/** Some of the frames, in the order that they are named in. */
export function selectFrames(frames: PlaceFrames, of: readonly number[], size: number): PlaceFrames {
  const { classes } = frames
  const logits = new Float32Array(of.length * classes)
  for (const [at, frame] of of.entries()) logits.set(logitsAt(frames, frame), at * classes)
  return { images: selectImages(frames.images, of, size), logits, classes, count: of.length }
}
