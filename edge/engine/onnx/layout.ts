import type { Shape } from '../../../core/network/spec.ts'
import type { GraphBuilder } from './graph-builder.ts'

/**
 * How images lie in memory. `channels-first`, [batch, channels, height, width], is what the runtime's own convolutions want;
 * `positions-first`, [height, width, batch, channels], turns everything along the image into plain matrix products over a batch.
 */
export type Layout = 'channels-first' | 'positions-first'

export interface LaidOut {
  readonly name: string
  readonly layout: Layout
  /** Of one example: [height, width, channels], or [features]. */
  readonly shape: Shape
}

/** The same values in another layout. Vectors have but one. */
export function inLayout(graph: GraphBuilder, value: LaidOut, layout: Layout): LaidOut {
  if (value.layout === layout || value.shape.length === 1) return { ...value, layout }
  // The two pairs of axes change places, in either direction.
  return { ...value, layout, name: graph.transpose(value.name, [2, 3, 0, 1]) }
}

/** One of every `stride` slices of an axis, `count` of them, from `first` on. */
function everyOther(graph: GraphBuilder, value: string, axis: number, first: number, stride: number, count: number): string {
  const end = first + stride * (count - 1) + 1
  return graph.add('Slice', [value, graph.integers([first]), graph.integers([end]), graph.integers([axis]), graph.integers([stride])])
}

/** Max-pooling where the positions come first: the largest of the slices of each axis. */
export function poolPositionsFirst(graph: GraphBuilder, value: LaidOut, poolSize: number, stride: number, shape: Shape): LaidOut {
  let name = value.name
  for (const axis of [0, 1]) {
    const slices = Array.from({ length: poolSize }, (_, first) => everyOther(graph, name, axis, first, stride, shape[axis] ?? 0))
    name = graph.add('Max', slices)
  }
  return { name, layout: 'positions-first', shape }
}
