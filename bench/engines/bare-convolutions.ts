import * as tf from '@tensorflow/tfjs'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { NamedTensor } from '../../core/bundle/weights.ts'
import { planNetwork } from '../../core/network/plan.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import type { ConvLayer } from '../../core/network/layer.ts'

// FusableActivation of the backend.
const activations = { linear: 0, relu: 1 } as const

/**
 * The convolutions of a network, each as one call into the WASM module with everything allocated beforehand:
 * what the arithmetic costs without tfjs around it. Inputs are noise of the right shapes; a dense convolution
 * takes as long over any numbers.
 */
export function bareConvolutions(spec: NetworkSpec, weights: readonly NamedTensor[]): () => void {
  const backend = tf.backend() as unknown as BackendWasm
  // Emscripten's, which the typings of tfjs leave out.
  const { cwrap } = backend.wasm as unknown as {
    readonly cwrap: (
      name: string,
      returns: null,
      takes: readonly 'number'[],
    ) => (...numbers: readonly number[]) => void
  }
  const convolve = cwrap('FusedConv2D', null, new Array<'number'>(23).fill('number'))
  const byName = new Map(weights.map((tensor) => [tensor.name, tensor]))
  const idOf = (tensor: tf.Tensor): number => backend.dataIdMap.get(tensor.dataId).id
  const upload = (name: string): tf.Tensor => {
    const { values, shape } = byName.get(name) ?? { values: new Float32Array(), shape: [0] }
    return tf.tensor(values, [...shape])
  }
  const { shapes } = planNetwork(spec)

  const prepare = (
    layer: ConvLayer,
    [height = 0, width = 0, channels = 0]: readonly number[],
  ): (() => void) => {
    const x = tf.randomNormal([1, height, width, channels])
    const [filter, bias] = [upload(`${layer.name}/kernel`), upload(`${layer.name}/bias`)]
    const { outShape, padInfo } = tf.backend_util.computeConv2DInfo(
      [1, height, width, channels],
      filter.shape as [number, number, number, number],
      layer.stride,
      1,
      layer.padding,
    )
    const out = tf.zeros(outShape)
    // Filled in once, so that it lies in the module's memory.
    out.dataSync()
    x.dataSync()
    const isSame = padInfo.type === 'SAME' ? 1 : 0
    const numbers = [
      idOf(x),
      1,
      height,
      width,
      idOf(filter),
      layer.kernelSize,
      layer.kernelSize,
      idOf(bias),
      padInfo.top,
      padInfo.right,
      padInfo.bottom,
      padInfo.left,
      isSame,
      1,
      1,
      layer.stride,
      layer.stride,
      channels,
      layer.filters,
      activations[layer.activation],
      0,
      0,
      idOf(out),
    ]
    return () => convolve(...numbers)
  }

  const calls = spec.layers.flatMap((layer, index) => {
    const shape = index === 0 ? spec.inputShape : (shapes[index - 1] ?? [])
    if (layer.kind === 'conv') return [prepare(layer, shape)]
    // A residual keeps the shape.
    return layer.kind === 'residual' ? layer.layers.map((inner) => prepare(inner, shape)) : []
  })
  return () => {
    for (const call of calls) call()
  }
}
