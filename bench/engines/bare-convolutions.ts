import * as tf from '@tensorflow/tfjs'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { NamedTensor } from '../../core/bundle/weights.ts'
import { planNetwork } from '../../core/network/plan.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import { depthwiseKernelSize } from '../../core/network/depthwise-kernel-size.ts'
import type { BranchLayer, Shape } from '../../core/network/layer.ts'

// FusableActivation of the backend.
const activations = { linear: 0, relu: 1 } as const

interface Prepared {
  readonly run: () => void
  /** Of its result: [height, width, channels]. */
  readonly shape: Shape
}

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
  const takes = new Array<'number'>(23).fill('number')
  const convolve = {
    conv: cwrap('FusedConv2D', null, takes),
    depthwise: cwrap('FusedDepthwiseConv2D', null, takes),
  }
  const byName = new Map(weights.map((tensor) => [tensor.name, tensor]))
  const idOf = (tensor: tf.Tensor): number => backend.dataIdMap.get(tensor.dataId).id
  const upload = (name: string): tf.Tensor => {
    const { values, shape } = byName.get(name) ?? { values: new Float32Array(), shape: [0] }
    return tf.tensor(values, [...shape])
  }
  const { shapes } = planNetwork(spec)

  const prepare = (layer: BranchLayer, [height = 0, width = 0, channels = 0]: Shape): Prepared => {
    const { kernelSize, padding, filters } =
      layer.kind === 'conv'
        ? layer
        : { kernelSize: depthwiseKernelSize, padding: 'same' as const, filters: channels }
    const x = tf.randomNormal([1, height, width, channels])
    const [filter, bias] = [upload(`${layer.name}/kernel`), upload(`${layer.name}/bias`)]
    const { outShape, padInfo } = tf.backend_util.computeConv2DInfo(
      [1, height, width, channels],
      [kernelSize, kernelSize, channels, filters],
      layer.stride,
      1,
      padding,
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
      kernelSize,
      kernelSize,
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
      filters,
      activations[layer.activation],
      0,
      0,
      idOf(out),
    ]
    return { run: () => convolve[layer.kind](...numbers), shape: outShape.slice(1) }
  }

  const calls = spec.layers.flatMap((layer, index) => {
    const shape = index === 0 ? spec.inputShape : (shapes[index - 1] ?? [])
    const steps =
      layer.kind === 'conv' || layer.kind === 'depthwise'
        ? [layer]
        : layer.kind === 'residual'
          ? layer.layers
          : []
    let before: Shape = shape
    return steps.map((step) => {
      const prepared = prepare(step, before)
      before = prepared.shape
      return prepared.run
    })
  })
  return () => {
    for (const call of calls) call()
  }
}
