import type { NamedTensor } from '../../core/bundle/weights.ts'
import { planNetwork } from '../../core/network/plan.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import type { FrameKernels } from './frame-kernels.ts'
import { FrameLayers } from './graph/frame-layers.ts'
import { GraphLayout, type Step } from './graph/graph-layout.ts'
import { layOutLayers } from './graph/lay-out-layers.ts'
import type { NetworkWeights } from './graph/network-weights.ts'
import { TfjsLayers } from './graph/tfjs-layers.ts'
import { uploadAsItIs } from './graph/upload-weights.ts'
import type { TensorMemory, WasmTensor } from './tensor-memory.ts'
import type { WasmKernels } from './wasm-kernels.ts'

/**
 * One graph, laid out once: every step knows its shapes and where its result goes, and a run calls one kernel
 * a layer and nothing else. What it computes is what `core/network/forward.ts` computes for one example; the
 * engine's test compares the two. That one looks every tensor, shape and kernel up anew for each layer, which
 * on a small network costs as much time as the kernels.
 *
 * Where there are kernels of our own (`FrameKernels`), they compute the convolutions, and the pools that they
 * can take along; an image then lies in the border that the layer behind it wants. Everything else is tfjs's.
 */
export class NetworkRunner {
  readonly #graph: GraphLayout
  readonly #memory: TensorMemory
  readonly #steps: readonly Step[]
  readonly #input: WasmTensor
  readonly #logits: WasmTensor

  /**
   * @param spec planned before: layers fit each other
   * @param own null: tfjs's kernels do everything
   */
  constructor(kernels: WasmKernels, spec: NetworkSpec, own: FrameKernels | null = kernels.frame ?? null) {
    // Throws where two layers do not fit.
    planNetwork(spec)
    const graph = new GraphLayout(kernels)
    const [height = 1, width = 1, channels = 1] = spec.inputShape
    const input =
      spec.inputShape.length === 1 ? graph.vector(height) : graph.image({ height, width, channels })
    const frame = own && new FrameLayers(graph, own)
    const logits = layOutLayers({ tfjs: new TfjsLayers(graph), frame }, spec.layers, input)
    if (frame !== null) graph.takeScratch()
    this.#graph = graph
    this.#memory = graph.memory
    this.#steps = graph.steps
    this.#input = input.tensor
    this.#logits = logits.tensor
  }

  /**
   * Where the next run reads its input, [height, width, channels]: to be written in place, anew for each
   * `run`.
   */
  get input(): Float32Array {
    return this.#memory.view(this.#input)
  }

  /**
   * Puts a network's weights where `run` reads them. Whoever asks gives them back.
   *
   * @param tensors in the order of the network's tensors
   */
  upload(tensors: readonly NamedTensor[]): NetworkWeights {
    const { memory, uploads } = this.#graph
    return tensors.map(({ values }, index) => uploads[index]?.(values) ?? uploadAsItIs(memory, values))
  }

  /**
   * Runs the network on what was written to `input`, which stays. The logits, [outputs], are overwritten by
   * the next run.
   */
  run(weights: NetworkWeights): Float32Array {
    for (const step of this.#steps) step(weights)
    return this.#memory.view(this.#logits)
  }

  dispose(): void {
    this.#graph.dispose()
  }
}
