import type { DeltaSpec } from '../../core/bundle/delta.ts'
import type { ModelInput } from '../../core/bundle/model-input.ts'
import { headOutputs, type PartitionHead } from '../../core/bundle/partition-head.ts'
import { softmax } from '../../core/gate/entropy.ts'
import { generalistId, passGate, probeOrder, type SceneChoice } from '../../core/gate/gate.ts'
import type { GateSettings } from '../../core/gate/settings.ts'
import { strangeness } from '../../core/gate/strangeness.ts'
import { mirrorRgb } from '../../core/image/mirror.ts'
import type { PixelSize } from '../../core/image/pixel-size.ts'
import { preprocess } from '../../core/image/preprocess.ts'
import { inLight, lookInLights, type Look } from '../../core/light/light.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { EncodedFrame } from '../../core/wire/sent-frame.ts'
import type { Classification, FrameImage } from '../messages/inference.ts'
import { BundleGraphs, type BundleNetworks } from './bundle-graphs.ts'
import { FramePixels } from './frame-pixels.ts'
import { LastFrame } from './last-frame.ts'
import {
  answerOfAllClasses,
  answerOfHead,
  tellableEntropy,
  type NetworkAnswer,
  type OwnAnswer,
} from './network-answer.ts'
import type { NetworkRunner } from './network-runner.ts'
import { unitsOf } from './padded-head.ts'
import { Residents, type NetworkBlob } from './residents.ts'
import { TensorMemory } from './tensor-memory.ts'
import type { WasmKernels } from './wasm-kernels.ts'

export interface EngineOptions extends BundleNetworks {
  readonly input: ModelInput
  readonly generalist: NetworkBlob
  /** How many partitions may be in memory beside the generalist. */
  readonly maxPartitions: number
  /** Where the bundle has deltas: what they change. */
  readonly delta?: DeltaSpec | undefined
  /** What the full model on the edge reads, where that is another size: then pictures go there. */
  readonly edgeInput?: PixelSize | undefined
  /** See `FramePixels`. */
  readonly keepsBitmaps?: boolean
}

export interface ClassifyOptions {
  readonly classFactors?: Float32Array | undefined
  /** The partition that the scene asks for: see `probeOrder`. */
  readonly choice?: SceneChoice | undefined
}

/**
 * Runs the resident networks on frames, one frame at a time. A switch of partitions only exchanges weights;
 * graphs stay.
 */
export class Engine {
  readonly residents: Residents
  readonly #input: ModelInput
  readonly #pixels: FramePixels
  readonly #lastFrame: LastFrame | undefined
  readonly #graphs: BundleGraphs
  readonly #heads: ReadonlyMap<string, PartitionHead>
  readonly #runners: ReadonlyMap<string, NetworkRunner>
  readonly #classes: number
  /** What the generalist said of the frame, before the scene had a say. */
  #firstLook = new Float32Array(0)

  private constructor(kernels: WasmKernels, options: EngineOptions) {
    const {
      spec,
      heads = new Map<string, PartitionHead>(),
      input,
      generalist,
      maxPartitions,
      delta,
      edgeInput,
      keepsBitmaps = false,
    } = options
    this.#input = input
    this.#lastFrame = edgeInput && new LastFrame(edgeInput, !keepsBitmaps)
    this.#pixels = new FramePixels(input, keepsBitmaps || edgeInput !== undefined)
    this.#graphs = new BundleGraphs(kernels, options)
    this.#heads = heads
    this.#classes = unitsOf(spec)
    this.residents = new Residents(
      new TensorMemory(kernels),
      (id) => this.#graphs.specOf(id),
      generalist,
      maxPartitions,
      delta,
    )
    // Looked up once: the graph of a network never changes.
    this.#runners = new Map([generalistId, ...heads.keys()].map((id) => [id, this.#graphs.runnerOf(id)]))
  }

  /** Uploads the generalist and runs it once, so that the first frame is as fast as the second. */
  static open(kernels: WasmKernels, options: EngineOptions): Engine {
    const engine = new Engine(kernels, options)
    const { width, height } = options.input
    engine.classify(
      { width, height, rgba: new Uint8ClampedArray(width * height * 4) },
      {
        thresholdNats: 0,
        generalistThresholdNats: 0,
        maxProbes: 1,
        order: 'recent-first',
        asksGeneralist: false,
      },
    )
    return engine
  }

  /**
   * Answers a frame, or says that nobody in memory is certain of it. A bitmap is closed, but where they are
   * kept.
   *
   * @param classFactors what the scene makes of each class; probabilities and entropies are under it
   */
  classify(
    image: FrameImage,
    gate: GateSettings,
    { classFactors, choice }: ClassifyOptions = {},
  ): Classification {
    const startMs = performance.now()
    const frame = this.#lastFrame?.keep(image)
    const rgb = this.#pixels.read(image)
    const readyMs = performance.now()
    const written = new Set<NetworkRunner>()
    const probes: { network: string; entropyNats: number }[] = []
    const decision = passGate(
      probeOrder(this.residents.order, gate, choice),
      gate,
      ({ network, isSecond }) => {
        // Asked last of all: the frame itself is gone from the networks' input then.
        const answer = isSecond
          ? this.#askAgain(rgb, classFactors)
          : this.#ask(network, rgb, written, classFactors)
        probes.push({
          network: answer.network,
          entropyNats: tellableEntropy(answer.entropyNats, answer.probabilities.length),
        })
        return answer
      },
    )
    const { network, entropyNats, probabilities, classIndex, isStrange, ownCertainty, ownEntropyNats } =
      decision.kind === 'hit' ? decision.answer : decision.best
    if (decision.kind === 'hit' && network !== generalistId) this.residents.use(network)
    return {
      outcome: decision.kind,
      network,
      classIndex,
      entropyNats: tellableEntropy(entropyNats, probabilities.length),
      probabilities,
      ...(this.residents.get(network).mostStrange < Infinity && { isStrange }),
      ownCertainty,
      ownEntropyNats: tellableEntropy(ownEntropyNats, probabilities.length),
      probes,
      residents: this.residents.order,
      timings: { pixelsMs: readyMs - startMs, inferenceMs: performance.now() - readyMs },
      rgb,
      ...(frame === undefined ? {} : { frame }),
    }
  }

  /**
   * The frame of that number as the edge wants it. Throws `frame-empty` where another one came since, or
   * where the edge takes bare pixels.
   */
  async picture(frame: number): Promise<EncodedFrame> {
    if (this.#lastFrame !== undefined) return this.#lastFrame.picture(frame)
    throw new CacheNetError('frame-empty', 'The edge takes the pixels of this bundle’s frames as they are.')
  }

  dispose(): void {
    this.#lastFrame?.forget()
    this.residents.dispose()
    this.#graphs.dispose()
  }

  #ask(
    network: string,
    rgb: Uint8Array,
    written: Set<NetworkRunner>,
    classFactors: Float32Array | undefined,
  ): NetworkAnswer {
    const runner = this.#runners.get(network) ?? this.#graphs.runnerOf(network)
    const resident = this.residents.get(network)
    const said = lookInLights(resident.lightings, resident.mostStrange, (lighting) => {
      if (lighting !== undefined) preprocess(inLight(rgb, lighting), this.#input, runner.input)
      else if (!written.has(runner)) preprocess(rgb, this.#input, runner.input)
      if (lighting === undefined) written.add(runner)
      else written.delete(runner)
      return { ...this.#run(network, runner), lighting }
    })
    if (!said.isStrange && said.lighting !== resident.lightings[0])
      resident.lightings = [said.lighting, ...resident.lightings.filter((other) => other !== said.lighting)]
    const head = this.#heads.get(network)
    if (head !== undefined) return answerOfHead(said, head, this.#classes, classFactors)
    if (network === generalistId) this.#firstLook = said.own
    return answerOfAllClasses(said, classFactors)
  }

  /** The generalist's second look: the mean of what it says of the frame and of its mirror image. */
  #askAgain(rgb: Uint8Array, classFactors: Float32Array | undefined): NetworkAnswer {
    const runner = this.#graphs.runnerOf(generalistId)
    preprocess(mirrorRgb(rgb, this.#input.width), this.#input, runner.input)
    const mirrored = this.#run(generalistId, runner)
    const own = mirrored.own.map((value, index) => (value + (this.#firstLook[index] ?? 0)) / 2)
    return answerOfAllClasses({ ...mirrored, own }, classFactors)
  }

  #run(network: string, runner: NetworkRunner): OwnAnswer & Look {
    const { weights, temperature, mostStrange } = this.residents.get(network)
    const head = this.#heads.get(network)
    const outputs = head === undefined ? this.#classes : headOutputs(head)
    const logits = runner.run(weights).subarray(0, outputs)
    const strange = strangeness(logits, head !== undefined)
    return {
      network,
      own: softmax(logits, temperature),
      strangeness: strange,
      isStrange: strange > mostStrange,
    }
  }
}
