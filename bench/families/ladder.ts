import type { Architecture } from '../../train/models/architecture.ts'
import { inferenceSpec } from '../../train/models/fold.ts'

/** Sides of the images that the families are timed at. */
export const sizes = [32, 64] as const

/** Of the plain family: the sizes of released generalists, and some beside them. */
const plainWidths: readonly (readonly [number, number, number])[] = [
  [8, 24, 32],
  [12, 32, 48],
  [16, 48, 64],
  [24, 64, 96],
]
const depths = [1, 2, 3] as const
const separableWidths = Array.from({ length: 17 }, (_, step) => 0.5 + step / 16)

/** Networks of both families for images of a size; widths that give the same channels are one network. */
export function ladder(size: number, classes: number): Architecture[] {
  const networks: Architecture[] = [
    ...plainWidths.map((widths) => ({ size, widths, classes })),
    ...depths.flatMap((depth) =>
      separableWidths.map((width) => ({ family: 'separable' as const, size, width, depth, classes })),
    ),
  ]
  const bySpec = new Map(
    networks.map((network) => [JSON.stringify(inferenceSpec(network)), network] as const),
  )
  return [...bySpec.values()]
}
