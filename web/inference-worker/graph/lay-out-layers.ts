import type { BranchLayer, Layer } from '../../../core/network/layer.ts'
import type { FrameLayers } from './frame-layers.ts'
import type { PlacedImage } from './placed-image.ts'
import type { TfjsLayers } from './tfjs-layers.ts'

/** Who can compute layers: tfjs's kernels all of them, ours the convolutions and what goes with them. */
export interface LayerKernels {
  readonly tfjs: TfjsLayers
  /** Null: tfjs's kernels do everything. */
  readonly frame: FrameLayers | null
}

/**
 * Lays out layers one after the other, each with the kernel that is best for it.
 *
 * @param layers fit each other, and x: `planNetwork` has said so
 * @returns what the last one says
 */
export function layOutLayers(kernels: LayerKernels, layers: readonly Layer[], x: PlacedImage): PlacedImage {
  const { frame } = kernels
  let y = x
  for (let index = 0; index < layers.length;) {
    const [layer, next, afterNext] = layers.slice(index, index + 3)
    if (layer === undefined) break
    if (frame !== null && layer.kind === 'conv' && frame.canConvAndPool(layer, next, y)) {
      y = frame.convAndPool(layer, y, afterNext)
      index += 2
    } else {
      y = layOutLayer(kernels, layer, y, next)
      index++
    }
  }
  return y
}

function layOutLayer(
  kernels: LayerKernels,
  layer: Layer,
  x: PlacedImage,
  next: Layer | undefined,
): PlacedImage {
  const { tfjs, frame } = kernels
  switch (layer.kind) {
    case 'conv':
      return frame === null ? tfjs.conv(layer, x) : frame.conv(layer, x, next)
    case 'depthwise':
      return frame?.depthwise(layer, x, next) ?? tfjs.depthwise(layer, x)
    case 'maxPool':
      return frame?.canMaxPool(layer, x) === true
        ? frame.maxPool(x, next)
        : tfjs.pool('max', { height: layer.poolSize, width: layer.poolSize }, layer.stride, x)
    case 'globalPool':
      return frame?.canGlobalPool(layer, x) === true ? frame.globalPool(x) : tfjs.pool(layer.mode, x, 1, x)
    case 'residual':
      return layOutResidual(kernels, layer.layers, x)
    case 'dense':
      return tfjs.dense(layer, x)
    default:
      return layer satisfies never
  }
}

/** The last convolution of a branch adds the input itself where it can: neither image has a border. */
function layOutResidual(kernels: LayerKernels, layers: readonly BranchLayer[], x: PlacedImage): PlacedImage {
  const { tfjs, frame } = kernels
  const last = layers.at(-1)
  const branch = layers
    .slice(0, -1)
    .reduce<PlacedImage>((inner, step, index) => layOutLayer(kernels, step, inner, layers[index + 1]), x)
  if (last === undefined) return branch
  return frame !== null && last.kind === 'conv' && frame.canConvAndAdd(last, branch)
    ? frame.convAndAdd(last, branch, x)
    : tfjs.add(x, layOutLayer(kernels, last, branch, undefined))
}
