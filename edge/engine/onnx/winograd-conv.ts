import type { NamedTensor } from '../../../core/bundle/weights.ts'
import { planNetwork } from '../../../core/network/plan.ts'
import type { ConvLayer, NetworkSpec, Shape } from '../../../core/network/spec.ts'
import type { GraphBuilder } from './graph-builder.ts'
import type { LaidOut } from './layout.ts'
import { axisToPoints, kernelAtPoints, pointsToAxis, tilesOf, winogradPoints } from './winograd.ts'

/** Below this many channels the transforms cost more than the products save. */
const leastChannels = 64
/** On larger images the runtime's own convolution is at its best, and the transforms are not. */
const mostExtent = 16

/** Whether a convolution over a batch is faster as matrix products at Winograd's points. */
export function isWorthWinograd({ kernelSize, stride, padding, filters }: ConvLayer, [height = 0, width = 0, channels = 0]: Shape): boolean {
  const isThreeByThree = kernelSize === 3 && stride === 1 && padding === 'same'
  return isThreeByThree && channels >= leastChannels && filters >= leastChannels && Math.max(height, width) <= mostExtent
}

/** Whether a network has any such convolution outside of residual branches. */
export function hasWinograd(spec: NetworkSpec): boolean {
  const { shapes } = planNetwork(spec)
  return spec.layers.some((layer, index) => layer.kind === 'conv' && isWorthWinograd(layer, index === 0 ? spec.inputShape : (shapes[index - 1] ?? [])))
}

/**
 * A convolution 3×3 as 36 matrix products, one for each pair of points: a quarter of the multiplications where tiles are whole.
 * Everything is a matrix product along one axis of [height, width, batch, channels], so that nothing but the two middle steps
 * moves data about.
 */
export function winogradConv(graph: GraphBuilder, name: string, kernel: NamedTensor, bias: string, value: LaidOut): LaidOut {
  const [height = 0, width = 0, inputs = 0] = value.shape
  const outputs = kernel.shape.at(-1) ?? 0
  const [rows, columns] = [tilesOf(height), tilesOf(width)]
  const along = (kind: 'to' | 'from', extent: number): string => {
    const points = winogradPoints * tilesOf(extent)
    return kind === 'to'
      ? graph.floats(`points-of-${extent}`, [points, extent], () => axisToPoints(extent))
      : graph.floats(`axis-of-${extent}`, [extent, points], () => pointsToAxis(extent))
  }
  const weights = graph.floats(`${name}/points`, [winogradPoints ** 2, inputs, outputs], () => kernelAtPoints(kernel.values, inputs, outputs))

  // [height, width · batch · in] → [6 · rows, width, batch · in] → [6 · rows, 6 · columns, batch · in]
  const vertical = graph.add('MatMul', [along('to', height), graph.reshape(value.name, [height, -1])])
  const both = graph.add('MatMul', [along('to', width), graph.reshape(vertical, [winogradPoints * rows, width, -1])])
  // → [6, 6, rows, columns, batch · in] → [36, rows · columns · batch, in] → [36, rows · columns · batch, out]
  const apart = graph.transpose(graph.reshape(both, [winogradPoints, rows, winogradPoints, columns, -1]), [0, 2, 1, 3, 4])
  const products = graph.add('MatMul', [graph.reshape(apart, [winogradPoints ** 2, -1, inputs]), weights])
  // → [6 · rows, 6 · columns, batch · out] → [6 · rows, width, batch · out] → [height, width · batch · out]
  const together = graph.transpose(graph.reshape(products, [winogradPoints, winogradPoints, rows, columns, -1]), [0, 2, 1, 3, 4])
  const horizontal = graph.add('MatMul', [along('from', width), graph.reshape(together, [winogradPoints * rows, winogradPoints * columns, -1])])
  const whole = graph.add('MatMul', [along('from', height), graph.reshape(horizontal, [winogradPoints * rows, -1])])
  const sum = graph.add('Add', [graph.reshape(whole, [height, width, -1, outputs]), bias])
  return { name: sum, layout: 'positions-first', shape: [height, width, outputs] }
}
