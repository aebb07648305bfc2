import { signal as createSignal, type ReadonlySignal, type Signal } from '@preact/signals'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import type { GateSettings, SceneChoice } from '../../../core/gate/gate.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { isRawImage, type Classification, type FrameImage } from '../../messages/inference.ts'
import type { HeldPartition } from '../../../core/wire/frames.ts'
import { EnginePlaceChooser, type EnginePlace } from './engine-place.ts'
import type { InferenceClient } from './in-page-engine.ts'
import { fitOf, headsOf, type NetworkFit } from './network-facts.ts'
import { ResidentsView } from './residents-view.ts'
import { isSameSite, startEngine, threadsOf, workerWith } from './running-engine.ts'
import type { EngineMakers, EngineSite, RunningEngine } from './running-engine.ts'

export interface ClassifyOptions {
  /** The frame is copied, not moved: it may be sent again. */
  readonly isKept?: boolean
  /** What the scene makes of each class. */
  readonly classFactors?: Float32Array<ArrayBuffer> | undefined
  /** The partition that the scene asks for: see `probeOrder`. */
  readonly choice?: SceneChoice | undefined
}

export interface InferenceHostOptions extends EngineMakers {
  /** On how many threads the kernels run at first. */
  readonly threads?: number
  /** Weights, in the form that it was resident in, of a partition for the memory of a new worker. */
  readonly reload: (
    signal: AbortSignal,
    id: string,
    form: 'whole' | 'delta',
  ) => Promise<Uint8Array<ArrayBuffer>>
  /** The worker broke down and a new one took over; the stream goes on. */
  readonly onRestart: (reason: CacheNetError) => void
  /** So many threads as were wanted could not be started, or broke down; it goes on with `threads`. */
  readonly onThreadsFailure?: (reason: CacheNetError, threads: number) => void
  /** How long a frame may take before the worker counts as hung. */
  readonly frameLimitMs?: number
  /** How long threads may take to start. */
  readonly threadsLimitMs?: number
  readonly nowMs?: () => number
}

export interface OpenBundle {
  readonly manifest: Manifest
  readonly generalist: Uint8Array<ArrayBuffer>
  readonly maxPartitions: number
}

/**
 * Codes after which the worker cannot be trusted any more: WebAssembly that trapped leaves its memory in an
 * unknown state.
 */
const broken: ReadonlySet<string> = new Set(['worker-crashed', 'worker-timeout', 'engine-failed', 'internal'])

/** So many breakdowns in so long, and it is not chance any more. */
const maxRestarts = 3
const restartWindowMs = 60_000

/**
 * The page's end of the inference worker. Starts it, starts it again where it crashes or hangs, and puts
 * another in its place for another number of threads. More threads than one are an attempt: where they do not
 * start in time, or break down, one goes on. Small networks move to the page's own thread: see
 * `EnginePlaceChooser`.
 */
export class InferenceHost {
  readonly #options: InferenceHostOptions
  readonly #closing = new AbortController()
  readonly #memory = new ResidentsView()
  readonly #threads: Signal<number>
  readonly #places = new EnginePlaceChooser()
  #wantedPlace: EnginePlace = 'worker'
  #running: RunningEngine | undefined
  #starting: Promise<RunningEngine> | undefined
  /** How many threads are wanted, and the change that sees to it. */
  #wantedThreads: number
  #changing: Promise<void> | undefined
  /** What is being asked of the worker that answers now. */
  readonly #underWay = new Set<Promise<unknown>>()
  /** Whether a worker with another number of threads is taking over. */
  #isMoving = false
  #bundle: OpenBundle | undefined
  #restarting: Promise<void> | undefined
  #restartTimes: number[] = []
  /** Why there is no worker any more. */
  #failure: CacheNetError | undefined

  constructor(options: InferenceHostOptions) {
    this.#options = options
    this.#wantedThreads = options.threads ?? 1
    this.#threads = createSignal(this.#wantedThreads)
  }

  /** On how many threads the kernels run, or are being started. */
  get threads(): ReadonlySignal<number> {
    return this.#threads
  }

  /** Partitions in the worker's memory, most recent first. */
  get residents(): ReadonlySignal<readonly string[]> {
    return this.#memory.ids
  }

  /** The same, with the form in which each is there. */
  get held(): readonly HeldPartition[] {
    return this.#memory.held
  }

  /**
   * Starts the worker and its backend while the bundle is still on its way. Never rejects: what is wrong with
   * the backend is told when a bundle is opened.
   */
  async prepare(signal: AbortSignal): Promise<void> {
    await this.#started()
      .then(({ client }) => client.call(signal, { kind: 'prepare' }))
      .catch(() => undefined)
  }

  /**
   * Makes ready for a bundle; what was resident is dropped. Rejects with `engine-failed` where this device
   * cannot run it.
   */
  async open(signal: AbortSignal, bundle: OpenBundle): Promise<void> {
    await this.#undisturbed()
    this.#bundle = bundle
    this.#places.reset()
    // How long its networks take is found out in a worker.
    this.#wantedPlace = 'worker'
    if (this.#running?.place.kind === 'page')
      this.#drop(this.#running.client, new CacheNetError('worker-crashed', 'Another bundle is opened.'))
    this.#failure = undefined
    const { client } = await this.#started()
    try {
      await this.#track(this.#openOn(signal, client, bundle))
      this.#memory.replace([])
    } catch (thrown) {
      // A backend that failed to start stays failed: the next attempt gets a worker of its own.
      this.#drop(client, CacheNetError.from(thrown))
      throw thrown
    }
  }

  /**
   * Answers a frame. Rejects with `worker-crashed` or `worker-timeout` where the worker broke down over it;
   * the next frame finds a new one.
   */
  async classify(
    signal: AbortSignal,
    image: FrameImage,
    gate: GateSettings,
    { isKept = false, classFactors, choice }: ClassifyOptions = {},
  ): Promise<Classification> {
    const transfer = isKept ? [] : [isRawImage(image) ? image.rgba.buffer : image]
    const { frameLimitMs = 10_000 } = this.#options
    const answer = await this.#call((client) =>
      client.call(
        signal,
        {
          kind: 'classify',
          image,
          gate,
          ...(classFactors === undefined ? {} : { classFactors }),
          ...(choice === undefined ? {} : { choice }),
        },
        { transfer, timeLimitMs: frameLimitMs },
      ),
    )
    this.#memory.note(answer)
    this.#reconsiderPlace(answer.timings.pixelsMs + answer.timings.inferenceMs)
    return answer
  }

  /** Puts a partition into memory and makes it the most recent. The bytes are copied. */
  async load(
    signal: AbortSignal,
    id: string,
    weights: Uint8Array<ArrayBuffer>,
    form: 'whole' | 'delta' = 'whole',
  ): Promise<void> {
    const fit = this.#fitOf(id, form)
    this.#memory.note(
      await this.#call((client) => client.call(signal, { kind: 'load', id, weights, ...fit, form })),
    )
    this.#memory.noteForm(id, form)
  }

  /**
   * Gives a partition that answers with its delta its whole weights, at its place; between two frames, so
   * that nothing waits.
   */
  async refine(signal: AbortSignal, id: string, weights: Uint8Array<ArrayBuffer>): Promise<void> {
    const fit = this.#fitOf(id, 'whole')
    this.#memory.note(
      await this.#call((client) => client.call(signal, { kind: 'refine', id, weights, ...fit })),
    )
    this.#memory.noteForm(id, 'whole')
  }

  async use(signal: AbortSignal, id: string): Promise<void> {
    this.#memory.note(await this.#call((client) => client.call(signal, { kind: 'use', id })))
  }

  async unload(signal: AbortSignal, id: string): Promise<void> {
    this.#memory.note(await this.#call((client) => client.call(signal, { kind: 'unload', id })))
  }

  /** How many partitions may be in memory. */
  async setRoom(signal: AbortSignal, maxPartitions: number): Promise<void> {
    if (this.#bundle === undefined) return
    this.#bundle = { ...this.#bundle, maxPartitions }
    this.#memory.note(await this.#call((client) => client.call(signal, { kind: 'set-room', maxPartitions })))
  }

  /**
   * Has the kernels run on so many threads. The worker that answers goes on until another one is ready with
   * what is resident, and stays where that fails, which is told to `onThreadsFailure`: no frame is lost.
   * Never rejects.
   */
  async setThreads(threads: number): Promise<void> {
    this.#wantedThreads = threads
    await this.#change()
  }

  /**
   * Where the networks run next, now that a frame took them so long. One thread is what a page has: more are
   * a person's choice.
   */
  #reconsiderPlace(frameMs: number): void {
    if (
      this.#options.createInPageEngine === undefined ||
      this.#wantedThreads !== 1 ||
      this.#changing !== undefined
    )
      return
    const place: EnginePlace = this.#running?.place.kind ?? 'worker'
    this.#wantedPlace = this.#places.note(frameMs, place)
    if (this.#wantedPlace !== place) void this.#change()
  }

  async #change(): Promise<void> {
    this.#changing ??= this.#changeThreads().finally(() => (this.#changing = undefined))
    await this.#changing
  }

  close(): void {
    const reason = new CacheNetError('worker-crashed', 'The page is closed.')
    this.#closing.abort()
    if (this.#running !== undefined) this.#drop(this.#running.client, reason)
  }

  /** The worker that answers; the first one is started where there is none. */
  async #started(): Promise<RunningEngine> {
    if (this.#running !== undefined) return this.#running
    this.#starting ??= this.#startFirst().finally(() => (this.#starting = undefined))
    return this.#starting
  }

  async #startFirst(): Promise<RunningEngine> {
    const threads = this.#wantedThreads
    try {
      return this.#adopt(await this.#start(workerWith(threads)))
    } catch (thrown) {
      if (this.#closing.signal.aborted) throw thrown
      this.#settleForOne(CacheNetError.from(thrown))
      return this.#adopt(await this.#start(workerWith(1)))
    }
  }

  #adopt(running: RunningEngine): RunningEngine {
    if (this.#closing.signal.aborted) running.terminate()
    this.#running = running
    this.#threads.value = threadsOf(running.place)
    return running
  }

  #stayInWorker(): void {
    this.#places.giveUp()
    this.#wantedPlace = 'worker'
  }

  #settleForOne(reason: CacheNetError): void {
    this.#wantedThreads = 1
    this.#options.onThreadsFailure?.(reason, 1)
  }

  async #changeThreads(): Promise<void> {
    const wanted = (): EngineSite =>
      this.#wantedThreads === 1 && this.#wantedPlace === 'page'
        ? { kind: 'page' }
        : workerWith(this.#wantedThreads)
    const isSettled = (): boolean =>
      isSameSite(wanted(), this.#running?.place ?? workerWith(this.#threads.peek())) ||
      this.#closing.signal.aborted
    while (!isSettled()) {
      await Promise.allSettled([this.#starting, this.#restarting])
      if (isSettled()) return
      // Nothing runs that could go on: whoever opens a bundle next begins with the number that is wanted.
      if (this.#running === undefined) return void (this.#threads.value = this.#wantedThreads)
      try {
        const next = await this.#start(wanted())
        await this.#undisturbed()
        const moving = this.#moveTo(next)
        // What goes wrong with the next worker is not the trouble of those who wait to ask.
        this.#restarting = moving.catch(() => undefined).finally(() => (this.#restarting = undefined))
        await moving
      } catch (thrown) {
        const isOfPage = wanted().kind === 'page'
        if (isOfPage) {
          this.#stayInWorker()
          return
        }
        this.#wantedThreads = this.#threads.peek()
        if (this.#closing.signal.aborted) return
        this.#options.onThreadsFailure?.(CacheNetError.from(thrown), this.#wantedThreads)
      }
    }
  }

  /**
   * Fills a worker with what is resident and puts it in the place of the one that answers. Both are in memory
   * for that moment.
   */
  async #moveTo(next: RunningEngine): Promise<void> {
    this.#isMoving = true
    try {
      await Promise.allSettled(this.#underWay)
      if (this.#bundle !== undefined) await this.#fill(next.client, this.#bundle)
    } catch (thrown) {
      next.terminate()
      next.client.close()
      throw thrown
    } finally {
      this.#isMoving = false
    }
    if (this.#running !== undefined)
      this.#drop(this.#running.client, new CacheNetError('worker-crashed', 'Another worker took over.'))
    this.#adopt(next)
  }

  /** Waits until no worker is being replaced. */
  async #undisturbed(): Promise<void> {
    while (this.#restarting !== undefined) await this.#restarting
  }

  async #track<Answer>(work: Promise<Answer>): Promise<Answer> {
    this.#underWay.add(work)
    try {
      return await work
    } finally {
      this.#underWay.delete(work)
    }
  }

  /** What was calibrated of a partition in this form. */
  #fitOf(id: string, form: 'whole' | 'delta'): NetworkFit {
    const partition = this.#bundle?.manifest.partitions.find((candidate) => candidate.id === id)
    return fitOf((form === 'delta' ? partition?.delta : partition) ?? { temperature: 1 })
  }

  async #call<Answer>(work: (client: InferenceClient) => Promise<Answer>): Promise<Answer> {
    await this.#undisturbed()
    const client = this.#running?.client
    if (client === undefined)
      throw this.#failure ?? new CacheNetError('engine-failed', 'No bundle is open yet.')
    try {
      return await this.#track(work(client))
    } catch (thrown) {
      const error = CacheNetError.from(thrown)
      if (!broken.has(error.code)) throw error
      await this.#replace(client, error)
      throw new CacheNetError(
        'worker-crashed',
        'The networks broke down and were started again; one frame was lost.',
        { reason: error.code },
        { cause: error },
      )
    }
  }

  /** A new engine, which answers nobody yet. Rejects where its threads do not start. */
  #start(place: EngineSite): Promise<RunningEngine> {
    const { threadsLimitMs = 10_000 } = this.#options
    // Whoever waits for an answer starts the next worker; where nobody does, it is started here.
    return startEngine(
      this.#closing.signal,
      this.#options,
      place,
      threadsLimitMs,
      (client, error) => void this.#replace(client, error).catch(() => undefined),
    )
  }

  /**
   * One replacement for one broken worker, however many calls it failed. Rejects with `engine-failed` where
   * that does not help.
   */
  async #replace(brokenClient: InferenceClient, reason: CacheNetError): Promise<void> {
    // One that another is about to replace is not worth starting again.
    if (this.#running?.client === brokenClient && !this.#isMoving && !this.#closing.signal.aborted) {
      this.#drop(brokenClient, reason)
      this.#restarting = this.#restart(reason).finally(() => (this.#restarting = undefined))
    }
    await this.#restarting
    if (this.#failure !== undefined) throw this.#failure
  }

  #drop(client: InferenceClient, reason: CacheNetError): void {
    if (this.#running?.client !== client) return
    this.#running.terminate()
    client.close(reason)
    this.#running = undefined
  }

  async #restart(reason: CacheNetError): Promise<void> {
    try {
      await this.#startAgain(reason)
    } catch (thrown) {
      this.#failure = CacheNetError.from(thrown)
      if (this.#running !== undefined) this.#drop(this.#running.client, this.#failure)
    }
  }

  async #startAgain(reason: CacheNetError): Promise<void> {
    const now = (this.#options.nowMs ?? (() => performance.now()))()
    this.#restartTimes = [...this.#restartTimes.filter((time) => now - time < restartWindowMs), now]
    if (this.#restartTimes.length > maxRestarts || this.#bundle === undefined) {
      throw new CacheNetError(
        'engine-failed',
        'The networks keep breaking down on this device. Nothing that is cached was lost; reload the page to try again.',
        {
          reason: reason.code,
        },
      )
    }
    // Whether the threads were to blame nobody can tell; one is what is known to work.
    if (this.#threads.peek() > 1) this.#settleForOne(reason)
    this.#stayInWorker()
    await this.#fill(this.#adopt(await this.#start(workerWith(1))).client, this.#bundle)
    this.#options.onRestart(reason)
  }

  /** Opens the bundle on a new worker and loads what is resident on the one before, in its order. */
  async #fill(client: InferenceClient, bundle: OpenBundle): Promise<void> {
    const { signal } = this.#closing
    const held = this.held
    await this.#openOn(signal, client, bundle)
    const loaded: HeldPartition[] = []
    for (const { id, form } of [...held].reverse()) {
      // One that cannot be had again is fetched when it is next needed.
      const weights = await this.#options.reload(signal, id, form).catch(() => undefined)
      if (weights === undefined) continue
      await client.call(signal, { kind: 'load', id, weights, ...this.#fitOf(id, form), form })
      loaded.unshift({ id, form })
    }
    this.#memory.replace(loaded)
  }

  async #openOn(
    signal: AbortSignal,
    client: InferenceClient,
    { manifest, generalist, maxPartitions }: OpenBundle,
  ): Promise<void> {
    const { input, networks } = manifest
    await client.call(signal, {
      kind: 'open',
      spec: networks.generalist,
      partitionSpec: networks.partition,
      heads: headsOf(manifest),
      input,
      generalist: { weights: generalist, ...fitOf(manifest.generalist) },
      maxPartitions,
      delta: networks.delta,
    })
  }
}
