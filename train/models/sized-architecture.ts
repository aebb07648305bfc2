import type { NetworkStageSettings, TrainingConfig } from '../config/schema.ts'
import type { Architecture } from './architecture.ts'
import { separableDefaults } from './separable.ts'

/** What settings say of a network's size: of the plain family `widths`, of the separable one the others. */
export type NetworkSize = Pick<NetworkStageSettings, 'family' | 'widths' | 'width' | 'depth'>

/** The network that settings describe, for images and classes of some data. */
export function sizedArchitecture(
  { family, widths, width, depth }: NetworkSize,
  { size, classes }: { readonly size: number; readonly classes: number },
): Architecture {
  return family === 'separable'
    ? {
        family,
        size,
        width: width ?? separableDefaults.width,
        depth: depth ?? separableDefaults.depth,
        classes,
      }
    : { size, widths, classes }
}

/** Of a partition: the generalist's, but for what its own settings say. */
export function partitionSize({
  generalist,
  partition,
}: Pick<TrainingConfig, 'generalist' | 'partition'>): NetworkSize {
  const { family, widths, width, depth } = partition
  return {
    family: family ?? generalist.family,
    widths: widths ?? generalist.widths,
    width: width ?? generalist.width,
    depth: depth ?? generalist.depth,
  }
}

/** Whether two sizes are of the same network. */
export function isSameSize(one: NetworkSize, other: NetworkSize): boolean {
  const [first, second] = [one, other].map((size) =>
    JSON.stringify(sizedArchitecture(size, { size: 32, classes: 2 })),
  )
  return first === second
}

/** A size for people to read. */
export const sizeInWords = ({
  family,
  widths,
  width = separableDefaults.width,
  depth = separableDefaults.depth,
}: NetworkSize): string =>
  family === 'separable' ? `width ${width.toFixed(2)}, depth ${depth}` : `channels ${widths.join(', ')}`
