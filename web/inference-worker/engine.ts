import type { DeltaSpec } from '../../core/bundle/delta.ts'
import type { ModelInput } from '../../core/bundle/manifest.ts'
import { argMax, predictiveEntropy, softmax } from '../../core/gate/entropy.ts'
import { generalistId, passGate, probeOrder, secondLookId, type GateSettings } from '../../core/gate/gate.ts'
import { applyFactors } from '../../core/gate/scene-prior.ts'
import { mirrorRgb } from '../../core/image/mirror.ts'
import { preprocess } from '../../core/image/preprocess.ts'
import type { NetworkSpec } from '../../core/network/spec.ts'
import type { Classification, FrameImage } from '../messages/inference.ts'
import { FramePixels } from './frame-pixels.ts'
import { NetworkRunner } from './network-runner.ts'
import { Residents, type NetworkBlob } from './residents.ts'
import { TensorMemory } from './tensor-memory.ts'
import type { WasmKernels } from './wasm-kernels.ts'

export interface EngineOptions {
  /** The one spec of all partitions and the generalist. */
  readonly spec: NetworkSpec
  readonly input: ModelInput
  readonly generalist: NetworkBlob
  /** How many partitions may be in memory beside the generalist. */
  readonly maxPartitions: number
  /** Where the bundle has deltas: what they change. */
  readonly delta?: DeltaSpec | undefined
  /** See `FramePixels`. */
  readonly keepsBitmaps?: boolean
}

export interface ClassifyOptions {
  readonly classFactors?: Float32Array | undefined
}

interface Answer {
  readonly network: string
  readonly entropyNats: number
  readonly probabilities: Float32Array<ArrayBuffer>
}

/**
 * What computes no number says of every class the same; its entropy is infinite, which no threshold lets
 * pass.
 */
function answerOf(network: string, probabilities: Float32Array<ArrayBuffer>): Answer {
  const entropyNats = predictiveEntropy(probabilities)
  return { network, entropyNats, probabilities: entropyNats === Infinity ? probabilities.fill(1 / probabilities.length) : probabilities }
}

/** As it goes over the wire, where every number is finite. */
const tellable = (entropyNats: number, classes: number): number => Math.min(entropyNats, Math.log(classes))

/** Runs the resident networks on frames, one frame at a time. One graph; a switch of partitions only exchanges its weights. */
export class Engine {
  readonly residents: Residents
  readonly #input: ModelInput
  readonly #pixels: FramePixels
  readonly #runner: NetworkRunner
  /** What the generalist said of the frame, before the scene had a say. */
  #firstLook = new Float32Array(0)

  private constructor(kernels: WasmKernels, { spec, input, generalist, maxPartitions, delta, keepsBitmaps }: EngineOptions) {
    this.#input = input
    this.#pixels = new FramePixels(input, keepsBitmaps)
    this.residents = new Residents(new TensorMemory(kernels), spec, generalist, maxPartitions, delta)
    this.#runner = new NetworkRunner(kernels, spec)
  }

  /** Uploads the generalist and runs it once, so that the first frame is as fast as the second. */
  static open(kernels: WasmKernels, options: EngineOptions): Engine {
    const engine = new Engine(kernels, options)
    const { width, height } = options.input
    engine.classify({ width, height, rgba: new Uint8ClampedArray(width * height * 4) }, { thresholdNats: 0, generalistThresholdNats: 0, maxProbes: 1, order: 'recent-first', asksGeneralist: false })
    return engine
  }

  /**
   * Answers a frame, or says that nobody in memory is certain of it. A bitmap is closed, but where they are kept.
   *
   * @param classFactors what the scene makes of each class; probabilities and entropies are under it
   */
  classify(image: FrameImage, gate: GateSettings, { classFactors }: ClassifyOptions = {}): Classification {
    const startMs = performance.now()
    const rgb = this.#pixels.read(image)
    const readyMs = performance.now()
    preprocess(rgb, this.#input, this.#runner.input)
    const probes: { network: string; entropyNats: number }[] = []
    const decision = passGate(probeOrder(this.residents.order, gate), gate, (network) => {
      // Asked last of all: the frame itself is gone from the networks' input then.
      const answer = network === secondLookId ? this.#askAgain(rgb, classFactors) : this.#ask(network, classFactors)
      probes.push({ network: answer.network, entropyNats: tellable(answer.entropyNats, answer.probabilities.length) })
      return answer
    })
    const { network, entropyNats, probabilities } = decision.kind === 'hit' ? decision.answer : decision.best
    if (decision.kind === 'hit' && network !== generalistId) this.residents.use(network)
    return {
      outcome: decision.kind,
      network,
      classIndex: argMax(probabilities),
      entropyNats: tellable(entropyNats, probabilities.length),
      probabilities,
      probes,
      residents: this.residents.order,
      timings: { pixelsMs: readyMs - startMs, inferenceMs: performance.now() - readyMs },
      rgb,
    }
  }

  dispose(): void {
    this.residents.dispose()
    this.#runner.dispose()
  }

  #ask(network: string, classFactors: Float32Array | undefined): Answer {
    const own = this.#run(network)
    if (network === generalistId) this.#firstLook = own
    return answerOf(network, applyFactors(own, classFactors))
  }

  /** The generalist's second look: the mean of what it says of the frame and of its mirror image. */
  #askAgain(rgb: Uint8Array, classFactors: Float32Array | undefined): Answer {
    preprocess(mirrorRgb(rgb, this.#input.width), this.#input, this.#runner.input)
    const mirrored = this.#run(generalistId)
    return answerOf(generalistId, applyFactors(mirrored.map((value, index) => (value + (this.#firstLook[index] ?? 0)) / 2), classFactors))
  }

  #run(network: string): Float32Array<ArrayBuffer> {
    const { weights, temperature } = this.residents.get(network)
    return softmax(this.#runner.run(weights), temperature)
  }
}
