import type { FrameKernels } from '../../web/inference-worker/frame-kernels.ts'
import { pixelTable, planFrameConvolution } from '../../web/inference-worker/frame-convolution.ts'
import { TensorMemory, type WasmTensor } from '../../web/inference-worker/tensor-memory.ts'
import type { WasmKernels } from '../../web/inference-worker/wasm-kernels.ts'

// MobileNetV2 (Sandler et al. 2018, table 2) at half of its width on frames of 64 pixels: all convolutions,
// with ReLU in the place of ReLU6. A network that the product has no layers for yet.

/** One convolution on a square image; `depthwise` takes each channel by itself. */
interface MobileLayer {
  readonly kind: 'conv' | 'depthwise'
  readonly kernelSize: 1 | 3
  readonly stride: 1 | 2
  readonly side: number
  readonly inputs: number
  readonly outputs: number
  readonly isRectified: boolean
  /** Begins a block, whose input is added at its end where `addsInput`. */
  readonly beginsBlock: boolean
  readonly addsInput: boolean
}

/** Expansion, channels, repeats, stride of the first. */
const blocks = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const
const half = (channels: number): number => Math.max(8, Math.round(channels / 16) * 8)

function mobileLayers(): MobileLayer[] {
  const layers: MobileLayer[] = []
  let [side, channels] = [64, 3]
  const add = (layer: Pick<MobileLayer, 'kind' | 'kernelSize' | 'outputs'> & Partial<MobileLayer>): void => {
    const stride = layer.stride ?? 1
    layers.push({
      side,
      inputs: channels,
      isRectified: true,
      beginsBlock: false,
      addsInput: false,
      ...layer,
      stride,
    })
    side = Math.ceil(side / stride)
    channels = layer.outputs
  }
  add({ kind: 'conv', kernelSize: 3, stride: 2, outputs: 16 })
  for (const [expansion, width, repeats, firstStride] of blocks)
    for (let repeat = 0; repeat < repeats; repeat++) {
      const [before, stride] = [channels, repeat === 0 ? firstStride : 1]
      const outputs = half(width)
      if (expansion > 1) add({ kind: 'conv', kernelSize: 1, outputs: before * expansion, beginsBlock: true })
      add({
        kind: 'depthwise',
        kernelSize: 3,
        stride,
        outputs: before * expansion,
        beginsBlock: expansion === 1,
      })
      const addsInput = stride === 1 && before === outputs
      add({ kind: 'conv', kernelSize: 1, outputs, isRectified: false, addsInput })
    }
  add({ kind: 'conv', kernelSize: 1, outputs: 1280 })
  return layers
}

/** A network that is laid out: where its input is written, what runs it, in order, and where its output lies. */
export interface LaidOutNetwork {
  readonly input: WasmTensor
  readonly output: WasmTensor
  readonly steps: readonly (() => void)[]
}

export const mobileMegaMacs = (): number =>
  mobileLayers().reduce(
    (sum, { kind, kernelSize, stride, side, inputs, outputs }) =>
      sum +
      (Math.ceil(side / stride) ** 2 * kernelSize ** 2 * outputs * (kind === 'conv' ? inputs : 1)) / 1e6,
    0,
  )

/** Kernel and bias of each layer, from numbers around zero. */
export const mobileWeights = (normal: () => number): { kernel: Float32Array; bias: Float32Array }[] =>
  mobileLayers().map(({ kind, kernelSize, inputs, outputs }) => {
    const fanIn = kernelSize ** 2 * (kind === 'conv' ? inputs : 1)
    return {
      kernel: Float32Array.from({ length: fanIn * outputs }, () => normal() * Math.sqrt(1.5 / fanIn)),
      bias: Float32Array.from({ length: outputs }, () => normal() * 0.1),
    }
  })

type Weights = ReturnType<typeof mobileWeights>

/** By tfjs's kernels, as its operations would call them. */
export function mobileOnTfjs(kernels: WasmKernels, weights: Weights): LaidOutNetwork {
  const memory = new TensorMemory(kernels)
  const { _FusedDepthwiseConv2D: depthwise } = kernels as unknown as {
    readonly _FusedDepthwiseConv2D: WasmKernels['_FusedConv2D']
  }
  const input = memory.take(64 * 64 * 3)
  const put = (values: Float32Array): WasmTensor => {
    const tensor = memory.take(values.length)
    memory.view(tensor).set(values)
    return tensor
  }
  let [x, block] = [input, input]
  const steps: (() => void)[] = []
  for (const [index, layer] of mobileLayers().entries()) {
    const { kind, kernelSize, stride, side, inputs, outputs, isRectified } = layer
    const { kernel, bias } = weights[index] as Weights[number]
    if (layer.beginsBlock) block = x
    const [from, filter, offset] = [x, put(kernel), put(bias)]
    const out = Math.ceil(side / stride)
    const y = memory.take(out * out * outputs)
    const convolve = kind === 'conv' ? kernels._FusedConv2D : depthwise
    steps.push(() =>
      convolve(
        from.id,
        1,
        side,
        side,
        filter.id,
        kernelSize,
        kernelSize,
        offset.id,
        0,
        0,
        0,
        0,
        1,
        1,
        1,
        stride,
        stride,
        inputs,
        outputs,
        isRectified ? 1 : 0,
        0,
        0,
        y.id,
      ),
    )
    x = y
    if (layer.addsInput) {
      const sum = memory.take(y.values)
      const shape = kernels._malloc(16) >>> 0
      kernels.HEAP32.set([1, out, out, outputs], shape / 4)
      const added = block
      steps.push(() => kernels._Add(added.id, shape, 4, y.id, shape, 4, 0, sum.id))
      x = sum
    }
  }
  return {
    input,
    output: x,
    steps,
  }
}

/** By ours: each layer writes into the border that the next one reads. */
export function mobileOnOurs(kernels: WasmKernels, own: FrameKernels, weights: Weights): LaidOutNetwork {
  const memory = new TensorMemory(kernels)
  const layers = mobileLayers()
  const put = (values: Float32Array): WasmTensor => {
    const tensor = memory.take(values.length)
    memory.view(tensor).set(values)
    return tensor
  }
  const planOf = ({ kernelSize, stride, side, inputs, outputs }: MobileLayer) =>
    planFrameConvolution(
      { kernelSize, stride, padding: 'same', filters: outputs },
      { height: side, width: side, channels: inputs },
    )
  const bordered = (layer: MobileLayer | undefined, side: number, channels: number) => {
    const border = layer === undefined ? undefined : borderOf(layer)
    const { rows, columns, top, left } = border ?? { rows: side, columns: side, top: 0, left: 0 }
    const tensor = memory.take(rows * columns * channels)
    memory.view(tensor).fill(0)
    const pitch = columns * channels * 4
    return { tensor, pitch, start: tensor.address + top * pitch + left * channels * 4 }
  }
  // Winograd's border is for whole tiles; a depthwise convolution wants one pixel of it.
  const borderOf = (layer: MobileLayer) =>
    planFrameConvolution(
      {
        kernelSize: layer.kernelSize,
        stride: layer.stride,
        padding: 'same',
        filters: layer.kind === 'conv' ? layer.outputs : 1,
      },
      { height: layer.side, width: layer.side, channels: layer.inputs },
    ).border
  const input = memory.take(64 * 64 * 3)
  const first = layers[0] as MobileLayer
  let x = bordered(first, 64, 3)
  let block = x
  const place = x
  const steps = [() => own.placeImage(input.address, 64, 64 * 3 * 4, place.start, place.pitch)]
  for (const [index, layer] of layers.entries()) {
    const { kind, kernelSize, stride, side, inputs, outputs, isRectified } = layer
    const { kernel, bias } = weights[index] as Weights[number]
    if (layer.beginsBlock) block = x
    const [from, added] = [x, block]
    const out = Math.ceil(side / stride)
    const y = bordered(layers[index + 1], out, outputs)
    const floor = isRectified ? 0 : -Infinity
    const padded = new Float32Array(Math.ceil(outputs / 8) * 8)
    padded.set(bias)
    const [raw, offset] = [put(kernel), put(padded)]
    if (kind === 'depthwise') {
      steps.push(() =>
        own.depthwiseConv(
          from.tensor.address,
          from.pitch,
          inputs,
          raw.address,
          offset.address,
          y.start,
          y.pitch,
          out,
          out,
          stride,
          floor,
        ),
      )
    } else {
      const taps = kernel.length / outputs
      const filter = memory.take(taps * padded.length)
      own.packFilter(raw.address, taps, outputs, filter.address)
      memory.giveBack(raw)
      const values = pixelTable(planOf(layer), { stride, channels: inputs, outPitch: y.pitch })
      const table = kernels._malloc(values.byteLength) >>> 0
      kernels.HEAP32.set(values, table / 4)
      steps.push(() =>
        own.directConv(
          from.tensor.address,
          table,
          out * out,
          from.pitch,
          kernelSize * inputs,
          kernelSize,
          filter.address,
          offset.address,
          y.start,
          layer.addsInput ? added.start : 0,
          outputs,
          floor,
        ),
      )
    }
    x = y
  }
  return {
    input,
    output: x.tensor,
    steps,
  }
}
