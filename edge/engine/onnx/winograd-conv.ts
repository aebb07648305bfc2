import type { NamedTensor } from '../../../core/bundle/weights.ts'
import { planNetwork } from '../../../core/network/plan.ts'
import type { NetworkSpec } from '../../../core/network/spec.ts'
import type { ConvLayer, Shape } from '../../../core/network/layer.ts'
import type { GraphBuilder } from '../../../onnx/graph-builder.ts'
import { attribute } from '../../../onnx/attribute.ts'
import { storedExtents, type LaidOut } from './layout.ts'
import {
  axisToPoints,
  kernelAtPoints,
  outputsPerTile,
  pointsToOutputs,
  tilesOf,
  winogradPoints,
} from './winograd.ts'

/** Below this many channels the transforms cost more than the products save. */
const leastChannels = 64
/** On larger images the runtime's own convolution is at its best, and the transforms are not. */
const mostExtent = 16

/** Whether a convolution over a batch is faster as matrix products at Winograd's points. */
export function isWorthWinograd(
  { kernelSize, stride, padding, filters }: ConvLayer,
  [height = 0, width = 0, channels = 0]: Shape,
): boolean {
  const isThreeByThree = kernelSize === 3 && stride === 1 && padding === 'same'
  return (
    isThreeByThree &&
    channels >= leastChannels &&
    filters >= leastChannels &&
    Math.max(height, width) <= mostExtent
  )
}

/** Whether a network has any such convolution outside of residual branches. */
export function hasWinograd(spec: NetworkSpec): boolean {
  const { shapes } = planNetwork(spec)
  return spec.layers.some(
    (layer, index) =>
      layer.kind === 'conv' &&
      isWorthWinograd(layer, index === 0 ? spec.inputShape : (shapes[index - 1] ?? [])),
  )
}

/** Of as few tiles as this, a batch is too few rows to pay for packing the weights anew each time. */
const fewTiles = 4

/**
 * The products at the points, [36, rows, in] × [36, in, out]. In one operator the runtime packs all weights
 * at each call; in one operator a point it packs them once, when the graph is loaded, and copies what goes in
 * and comes out instead.
 */
function productsAtPoints(
  graph: GraphBuilder,
  name: string,
  kernel: NamedTensor,
  values: string,
  tiles: number,
): string {
  const [inputs, outputs] = [kernel.shape[2] ?? 0, kernel.shape[3] ?? 0]
  const points = winogradPoints ** 2
  const weights = kernelAtPoints(kernel.values, inputs, outputs)
  if (tiles > fewTiles)
    return graph.add('MatMul', [
      values,
      graph.floats(`${name}/points`, [points, inputs, outputs], () => weights),
    ])
  const plane = inputs * outputs
  const products = graph.split(values, points).map((value, point) => {
    const weight = graph.floats(`${name}/point-${point}`, [inputs, outputs], () =>
      weights.subarray(point * plane, (point + 1) * plane),
    )
    return graph.add('MatMul', [value, weight])
  })
  return graph.add('Concat', products, [attribute('axis', 0)])
}

/**
 * A convolution 3×3 as 36 matrix products, one for each pair of points: a quarter of the multiplications
 * where tiles are whole. From [height, width, batch, channels] to tiles; the transforms are matrix products
 * along one axis too.
 */
export function winogradConv(
  graph: GraphBuilder,
  name: string,
  kernel: NamedTensor,
  bias: string,
  value: LaidOut,
): Omit<LaidOut, 'shape'> {
  const [height = 0, width = 0, inputs = 0] = value.shape
  const [storedHeight, storedWidth] = storedExtents(value)
  const outputs = kernel.shape.at(-1) ?? 0
  const [rows, columns] = [tilesOf(height), tilesOf(width)]
  const toPoints = (extent: number, stored: number): string =>
    graph.floats(`points-of-${extent}-in-${stored}`, [winogradPoints * tilesOf(extent), stored], () =>
      axisToPoints(extent, stored),
    )
  const toOutputs = graph.floats('outputs-of-points', [outputsPerTile, winogradPoints], pointsToOutputs)

  // [height, width · batch · in] → [6 · rows, width, batch · in] → [6 · rows, 6 · columns, batch · in]
  const vertical = graph.add('MatMul', [
    toPoints(height, storedHeight),
    graph.reshape(value.name, [storedHeight, -1]),
  ])
  const both = graph.add('MatMul', [
    toPoints(width, storedWidth),
    graph.reshape(vertical, [winogradPoints * rows, storedWidth, -1]),
  ])
  // → [6, 6, rows, columns, batch · in] → [36, rows · columns · batch, in] → [36, rows · columns · batch,
  // out]
  const apart = graph.transpose(
    graph.reshape(both, [winogradPoints, rows, winogradPoints, columns, -1]),
    [0, 2, 1, 3, 4],
  )
  const products = productsAtPoints(
    graph,
    name,
    kernel,
    graph.reshape(apart, [winogradPoints ** 2, -1, inputs]),
    rows * columns,
  )
  // → [6, 4, rows · columns · batch · out] → [4, 4 · rows · columns · batch · out]
  const horizontal = graph.add('MatMul', [
    toOutputs,
    graph.reshape(products, [winogradPoints, winogradPoints, -1]),
  ])
  const whole = graph.add('MatMul', [toOutputs, graph.reshape(horizontal, [winogradPoints, -1])])
  const sum = graph.add('Add', [
    graph.reshape(whole, [outputsPerTile, outputsPerTile, rows, columns, -1, outputs]),
    bias,
  ])
  return {
    name: sum,
    layout: 'tiles-first',
    stored: [outputsPerTile * rows, outputsPerTile * columns],
    side: outputsPerTile,
  }
}
