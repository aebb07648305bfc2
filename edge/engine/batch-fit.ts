import { inputShapeOfFull, type FullNetwork } from '../../core/bundle/full-network.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { EngineBatch } from './engine.ts'

/** Values of one frame that a full model reads: height × width × 3. */
export const valuesPerFrame = (spec: FullNetwork): number =>
  inputShapeOfFull(spec).reduce<number>((product, extent) => product * extent, 1)

/** Throws `frame-size-wrong` where a batch does not hold the frames that it says. */
export function requireFit(spec: FullNetwork, { frames, count }: EngineBatch): void {
  const expectedValues = count * valuesPerFrame(spec)
  if (count >= 1 && frames.length === expectedValues) return
  throw new CacheNetError('frame-size-wrong', 'The batch does not fit the input of the full model.', {
    expectedValues,
    foundValues: frames.length,
  })
}

export const unknownBundle = (bundleId: string): CacheNetError =>
  new CacheNetError('bundle-unknown', `The engine has no bundle ${bundleId}.`, { bundleId })
