import type { ReadonlySignal } from '@preact/signals'
import type { GateSettings } from '../../../core/gate/settings.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { EncodedFrame } from '../../../core/wire/sent-frame.ts'
import type { Classification, FrameImage } from '../../messages/inference.ts'
import { classifyRequest, type ClassifyOptions } from './classify-request.ts'
import { EnginePlaceChooser } from './engine-place.ts'
import { EngineMemory } from './engine-memory.ts'
import { openOnEngine, type OpenBundle } from './fill-engine.ts'
import type { InferenceHostOptions } from './inference-host-options.ts'
import { SupervisedEngine } from './supervised-engine.ts'
import { isSettled, mayAsk } from './supervisor-state.ts'

/**
 * What the page asks of the networks, wherever they run: `stepSupervisor` decides that. Small networks move
 * to the page's own thread: see `EnginePlaceChooser`.
 */
export class InferenceHost extends EngineMemory {
  readonly #options: InferenceHostOptions
  readonly #places = new EnginePlaceChooser()
  protected readonly engine: SupervisedEngine
  /** On how many threads the kernels run, or are being started. */
  readonly threads: ReadonlySignal<number>

  constructor(options: InferenceHostOptions) {
    super()
    this.#options = options
    this.engine = new SupervisedEngine({
      threads: 1,
      threadsLimitMs: 10_000,
      nowMs: () => performance.now(),
      onThreadsFailure: () => undefined,
      ...options,
      onGiveUpPage: () => this.#places.giveUp(),
      fill: (signal, client) => this.fill(signal, client, options.reload),
    })
    this.threads = this.engine.threads
  }

  /**
   * Starts the worker and its backend while the bundle is still on its way. Never rejects: what is wrong with
   * the backend is told when a bundle is opened.
   */
  async prepare(signal: AbortSignal): Promise<void> {
    this.engine.step({ kind: 'needed' })
    await this.engine.run((client) => client.call(signal, { kind: 'prepare' })).catch(() => undefined)
  }

  /** Makes ready for a bundle, and drops what was resident. Rejects with `engine-failed`. */
  async open(signal: AbortSignal, bundle: OpenBundle): Promise<void> {
    await this.engine.until(mayAsk)
    this.bundle = bundle
    this.#places.reset()
    this.engine.step({ kind: 'opening' })
    await this.engine.run(async (client, engine) => {
      try {
        await openOnEngine(signal, client, bundle)
        this.view.replace([])
      } catch (thrown) {
        this.engine.step({ kind: 'open-failed', engine, error: CacheNetError.from(thrown) })
        throw thrown
      }
    })
  }

  /**
   * Answers a frame. Rejects with `worker-crashed` or `worker-timeout` where the worker broke down over it;
   * the next frame finds a new one.
   */
  async classify(
    signal: AbortSignal,
    image: FrameImage,
    gate: GateSettings,
    options: ClassifyOptions = {},
  ): Promise<Classification> {
    const { request, transfer } = classifyRequest(image, gate, options)
    const { frameLimitMs: timeLimitMs = 10_000 } = this.#options
    const answer = await this.engine.ask(async (client) => {
      const answered = await client.call(signal, request, { transfer, timeLimitMs })
      this.view.note(answered)
      return answered
    })
    this.#reconsiderPlace(answer.timings.pixelsMs + answer.timings.inferenceMs)
    return answer
  }

  /**
   * The frame that was classified last, as a picture for an edge that reads another size. Rejects with
   * `frame-empty` where another one came since.
   */
  picture(signal: AbortSignal, frame: number): Promise<EncodedFrame> {
    const { frameLimitMs: timeLimitMs = 10_000 } = this.#options
    return this.engine.run((client) => client.call(signal, { kind: 'picture', frame }, { timeLimitMs }))
  }

  /**
   * Has the kernels run on so many threads. The engine that answers goes on until another one holds what is
   * resident, and stays where that fails, which `onThreadsFailure` is told. Never rejects.
   */
  async setThreads(threads: number): Promise<void> {
    this.engine.step({ kind: 'threads-wanted', threads })
    await this.engine.until(isSettled)
  }

  close(): void {
    this.engine.step({ kind: 'closed' })
  }

  /** Where the networks run next, now that a frame took them so long. */
  #reconsiderPlace(frameMs: number): void {
    const { wantedThreads, next, serving } = this.engine.state
    if (this.#options.createInPageEngine === undefined || wantedThreads !== 1 || next !== undefined) return
    this.engine.step({
      kind: 'place-wanted',
      place: this.#places.note(frameMs, serving?.site.kind ?? 'worker'),
    })
  }
}
