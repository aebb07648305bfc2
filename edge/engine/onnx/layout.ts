import type { Shape } from '../../../core/network/layer.ts'
import type { GraphBuilder } from '../../../onnx/graph-builder.ts'

/**
 * How images lie in memory. `channels-first`, [batch, channels, height, width], is what the runtime's own
 * convolutions want; `positions-first`, [height, width, batch, channels], turns everything along the image
 * into plain matrix products over a batch; `tiles-first`, [row in tile, column in tile, tile rows, tile
 * columns, batch, channels], is what such products give.
 */
export type Layout = 'channels-first' | 'positions-first' | 'tiles-first'

export interface LaidOut {
  readonly name: string
  readonly layout: Layout
  /** Of one example: [height, width, channels], or [features]. */
  readonly shape: Shape
  /**
   * Height and width in memory where they are more than the shape's: what lies beyond is finite and means
   * nothing.
   */
  readonly stored?: readonly [number, number] | undefined
  /** Rows and columns of a tile, where the layout has tiles. */
  readonly side?: number | undefined
}

/** Height and width as they are in memory. */
export const storedExtents = ({
  stored,
  shape: [height = 0, width = 0],
}: LaidOut): readonly [number, number] => stored ?? [height, width]

/** One of every `stride` slices of an axis, `count` of them, from `first` on. */
function everyOther(
  graph: GraphBuilder,
  value: string,
  axis: number,
  first: number,
  stride: number,
  count: number,
): string {
  const end = first + stride * (count - 1) + 1
  return graph.add('Slice', [
    value,
    graph.integers([first]),
    graph.integers([end]),
    graph.integers([axis]),
    graph.integers([stride]),
  ])
}

/** The same without what lies beyond the shape. */
export function cropped(graph: GraphBuilder, value: LaidOut): LaidOut {
  if (value.stored === undefined) return value
  const [height = 0, width = 0] = value.shape
  const name = graph.add('Slice', [
    value.name,
    graph.integers([0, 0]),
    graph.integers([height, width]),
    graph.integers([0, 1]),
  ])
  return { ...value, name, stored: undefined }
}

/** Tiles put together into an image, which may be larger than its shape. */
function together(graph: GraphBuilder, value: LaidOut): LaidOut {
  const [height, width] = storedExtents(value)
  const name = graph.reshape(graph.transpose(value.name, [2, 0, 3, 1, 4, 5]), [
    height,
    width,
    -1,
    value.shape[2] ?? 0,
  ])
  const isWhole = height === value.shape[0] && width === value.shape[1]
  return {
    name,
    layout: 'positions-first',
    shape: value.shape,
    stored: isWhole ? undefined : [height, width],
  }
}

/**
 * From [batch, channels, height, width]: in two steps that move whole rows of channels, which is faster than
 * one that moves numbers.
 */
function positionsFirst(graph: GraphBuilder, value: LaidOut): LaidOut {
  const [height = 0, width = 0, channels = 0] = value.shape
  const channelsLast = graph.reshape(graph.transpose(value.name, [0, 2, 3, 1]), [
    -1,
    height * width,
    channels,
  ])
  const name = graph.reshape(graph.transpose(channelsLast, [1, 0, 2]), [height, width, -1, channels])
  return { name, layout: 'positions-first', shape: value.shape }
}

/** The same values in one of the layouts that layers read. Vectors have but one. */
export function inLayout(
  graph: GraphBuilder,
  value: LaidOut,
  layout: Exclude<Layout, 'tiles-first'>,
): LaidOut {
  if (value.layout === layout || value.shape.length === 1) return { ...value, layout }
  if (value.layout === 'tiles-first') return inLayout(graph, together(graph, value), layout)
  if (layout === 'positions-first') return positionsFirst(graph, value)
  return {
    ...value,
    layout,
    stored: undefined,
    name: graph.transpose(cropped(graph, value).name, [2, 3, 0, 1]),
  }
}

/** Max-pooling where the positions come first: the largest of the slices of each axis. */
export function poolPositionsFirst(
  graph: GraphBuilder,
  value: LaidOut,
  poolSize: number,
  stride: number,
  shape: Shape,
): LaidOut {
  let name = value.name
  for (const axis of [0, 1]) {
    const slices = Array.from({ length: poolSize }, (_, first) =>
      everyOther(graph, name, axis, first, stride, shape[axis] ?? 0),
    )
    name = graph.add('Max', slices)
  }
  return { name, layout: 'positions-first', shape }
}

/** Whether a pool looks at no more than one tile at a time. */
export const isInsideTiles = ({ layout, side = 0 }: LaidOut, poolSize: number, stride: number): boolean =>
  layout === 'tiles-first' && poolSize === 2 && stride === 2 && side % 2 === 0

/** Max-pooling inside tiles, so that only its result is put together. */
export function poolTiles(graph: GraphBuilder, value: LaidOut, shape: Shape): LaidOut {
  const [height, width] = storedExtents(value)
  const side = (value.side ?? 0) / 2
  let name = value.name
  for (const axis of [0, 1])
    name = graph.add(
      'Max',
      [0, 1].map((first) => everyOther(graph, name, axis, first, 2, side)),
    )
  return { name, layout: 'tiles-first', shape, stored: [height / 2, width / 2], side }
}
