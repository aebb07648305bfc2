import { signal as createSignal, type ReadonlySignal } from '@preact/signals'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import type { GateSettings } from '../../../core/gate/gate.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { inferenceProtocol, isRawImage, type Classification, type FrameImage, type InferenceAnswers, type InferenceRequest } from '../../messages/inference.ts'
import type { HeldPartition } from '../../../core/wire/frames.ts'
import { createRpcClient, type RpcClient } from '../../messages/rpc-client.ts'

export interface InferenceHostOptions {
  readonly createWorker: () => Worker
  /** Whole weights of a partition that was resident when the worker broke down. */
  readonly reload: (signal: AbortSignal, id: string) => Promise<Uint8Array<ArrayBuffer>>
  /** The worker broke down and a new one took over; the stream goes on. */
  readonly onRestart: (reason: CacheNetError) => void
  /** How long a frame may take before the worker counts as hung. */
  readonly frameLimitMs?: number
  readonly nowMs?: () => number
}

export interface OpenBundle {
  readonly manifest: Manifest
  readonly generalist: Uint8Array<ArrayBuffer>
  readonly maxPartitions: number
}

/** Codes after which the worker cannot be trusted any more: WebAssembly that trapped leaves its memory in an unknown state. */
const broken: ReadonlySet<string> = new Set(['worker-crashed', 'worker-timeout', 'engine-failed', 'internal'])

/** So many breakdowns in so long, and it is not chance any more. */
const maxRestarts = 3
const restartWindowMs = 60_000

type Client = RpcClient<InferenceRequest, InferenceAnswers, never>

/** The page's end of the inference worker. Starts it, and starts it again where it crashes or hangs. */
export class InferenceHost {
  readonly #options: InferenceHostOptions
  readonly #closing = new AbortController()
  readonly #residents = createSignal<readonly string[]>([])
  /** Partitions that answer with their delta, until their whole weights are there. */
  readonly #deltas = createSignal<ReadonlySet<string>>(new Set())
  #worker: Worker | undefined
  #client: Client | undefined
  #bundle: OpenBundle | undefined
  #restarting: Promise<void> | undefined
  #restartTimes: number[] = []
  /** Why there is no worker any more. */
  #failure: CacheNetError | undefined

  constructor(options: InferenceHostOptions) {
    this.#options = options
  }

  /** Partitions in the worker's memory, most recent first. */
  get residents(): ReadonlySignal<readonly string[]> {
    return this.#residents
  }

  /** The same, with the form in which each is there. */
  get held(): readonly HeldPartition[] {
    return this.#residents.value.map((id) => ({ id, form: this.#deltas.value.has(id) ? 'delta' : 'whole' }))
  }

  /**
   * Starts the worker and its backend while the bundle is still on its way. Never rejects: what is wrong with the backend is told
   * when a bundle is opened.
   */
  async prepare(signal: AbortSignal): Promise<void> {
    const client = this.#client ?? this.#start()
    await client.call(signal, { kind: 'prepare' }).catch(() => undefined)
  }

  /** Makes ready for a bundle; what was resident is dropped. Rejects with `engine-failed` where this device cannot run it. */
  async open(signal: AbortSignal, bundle: OpenBundle): Promise<void> {
    await this.#restarting
    this.#bundle = bundle
    this.#failure = undefined
    const client = this.#client ?? this.#start()
    try {
      await this.#openOn(signal, client, bundle)
    } catch (thrown) {
      // A backend that failed to start stays failed: the next attempt gets a worker of its own.
      this.#drop(client, CacheNetError.from(thrown))
      throw thrown
    }
  }

  /**
   * Answers a frame. Rejects with `worker-crashed` or `worker-timeout` where the worker broke down over it; the next frame finds
   * a new one.
   *
   * @param isKept send a copy, so that the frame can be sent again
   * @param isAudited the pixels come back with a hit too
   */
  async classify(signal: AbortSignal, image: FrameImage, gate: GateSettings, { isKept = false, isAudited = false } = {}): Promise<Classification> {
    const transfer = isKept ? [] : [isRawImage(image) ? image.rgba.buffer : image]
    const { frameLimitMs = 10_000 } = this.#options
    const answer = await this.#call((client) => client.call(signal, { kind: 'classify', image, gate, isAudited }, { transfer, timeLimitMs: frameLimitMs }))
    this.#note(answer)
    return answer
  }

  /** Puts a partition into memory and makes it the most recent. The bytes are copied. */
  async load(signal: AbortSignal, id: string, weights: Uint8Array<ArrayBuffer>, form: 'whole' | 'delta' = 'whole'): Promise<void> {
    const temperature = this.#temperatureOf(id, form)
    this.#note(await this.#call((client) => client.call(signal, { kind: 'load', id, weights, temperature, form })))
    this.#noteForm(id, form)
  }

  /** Gives a partition that answers with its delta its whole weights, at its place; between two frames, so that nothing waits. */
  async refine(signal: AbortSignal, id: string, weights: Uint8Array<ArrayBuffer>): Promise<void> {
    const temperature = this.#temperatureOf(id, 'whole')
    this.#note(await this.#call((client) => client.call(signal, { kind: 'refine', id, weights, temperature })))
    this.#noteForm(id, 'whole')
  }

  async use(signal: AbortSignal, id: string): Promise<void> {
    this.#note(await this.#call((client) => client.call(signal, { kind: 'use', id })))
  }

  async unload(signal: AbortSignal, id: string): Promise<void> {
    this.#note(await this.#call((client) => client.call(signal, { kind: 'unload', id })))
  }

  /** How many partitions may be in memory. */
  async setRoom(signal: AbortSignal, maxPartitions: number): Promise<void> {
    if (this.#bundle === undefined) return
    this.#bundle = { ...this.#bundle, maxPartitions }
    this.#note(await this.#call((client) => client.call(signal, { kind: 'set-room', maxPartitions })))
  }

  close(): void {
    this.#closing.abort()
    this.#client?.close()
    this.#worker?.terminate()
  }

  #note({ residents }: { readonly residents: readonly string[] }): void {
    const known = this.#residents.value
    const isSame = known.length === residents.length && known.every((id, index) => id === residents[index])
    if (!isSame) this.#residents.value = residents
  }

  #noteForm(id: string, form: 'whole' | 'delta'): void {
    if (this.#deltas.value.has(id) === (form === 'delta')) return
    const next = new Set(this.#deltas.value)
    if (form === 'delta') next.add(id)
    else next.delete(id)
    this.#deltas.value = next
  }

  #temperatureOf(id: string, form: 'whole' | 'delta'): number {
    const partition = this.#bundle?.manifest.partitions.find((candidate) => candidate.id === id)
    return (form === 'delta' ? partition?.delta?.temperature : partition?.temperature) ?? 1
  }

  async #call<Answer>(work: (client: Client) => Promise<Answer>): Promise<Answer> {
    await this.#restarting
    const client = this.#client
    if (client === undefined) throw this.#failure ?? new CacheNetError('engine-failed', 'No bundle is open yet.')
    try {
      return await work(client)
    } catch (thrown) {
      const error = CacheNetError.from(thrown)
      if (!broken.has(error.code)) throw error
      await this.#replace(client, error)
      throw new CacheNetError('worker-crashed', 'The networks broke down and were started again; one frame was lost.', { reason: error.code }, { cause: error })
    }
  }

  #start(): Client {
    const worker = this.#options.createWorker()
    const client: Client = createRpcClient(worker, inferenceProtocol)
    const crash = (event: Event): void => {
      event.preventDefault()
      const error = new CacheNetError('worker-crashed', 'The part of the app that runs the networks has stopped.')
      // Whoever waits for an answer starts the next worker; where nobody does, it is started here.
      client.close(error)
      void this.#replace(client, error).catch(() => undefined)
    }
    worker.addEventListener('error', crash)
    worker.addEventListener('messageerror', crash)
    this.#worker = worker
    this.#client = client
    return client
  }

  /** One replacement for one broken worker, however many calls it failed. Rejects with `engine-failed` where that does not help. */
  async #replace(brokenClient: Client, reason: CacheNetError): Promise<void> {
    if (this.#client === brokenClient && !this.#closing.signal.aborted) {
      this.#drop(brokenClient, reason)
      this.#restarting = this.#restart(reason).finally(() => (this.#restarting = undefined))
    }
    await this.#restarting
    if (this.#failure !== undefined) throw this.#failure
  }

  #drop(client: Client, reason: CacheNetError): void {
    if (this.#client !== client) return
    this.#worker?.terminate()
    client.close(reason)
    this.#client = undefined
  }

  async #restart(reason: CacheNetError): Promise<void> {
    try {
      await this.#startAgain(reason)
    } catch (thrown) {
      this.#failure = CacheNetError.from(thrown)
      if (this.#client !== undefined) this.#drop(this.#client, this.#failure)
    }
  }

  async #startAgain(reason: CacheNetError): Promise<void> {
    const now = (this.#options.nowMs ?? (() => performance.now()))()
    this.#restartTimes = [...this.#restartTimes.filter((time) => now - time < restartWindowMs), now]
    if (this.#restartTimes.length > maxRestarts || this.#bundle === undefined) {
      throw new CacheNetError('engine-failed', 'The networks keep breaking down on this device. Nothing that is cached was lost; reload the page to try again.', {
        reason: reason.code,
      })
    }
    const { signal } = this.#closing
    const wereResident = [...this.#residents.value].reverse()
    const client = this.#start()
    await this.#openOn(signal, client, this.#bundle)
    for (const id of wereResident) {
      // One that cannot be had again is fetched when it is next needed.
      const weights = await this.#options.reload(signal, id).catch(() => undefined)
      const temperature = this.#temperatureOf(id, 'whole')
      if (weights !== undefined) this.#note(await client.call(signal, { kind: 'load', id, weights, temperature, form: 'whole' }))
    }
    this.#options.onRestart(reason)
  }

  async #openOn(signal: AbortSignal, client: Client, { manifest, generalist, maxPartitions }: OpenBundle): Promise<void> {
    const { input, networks } = manifest
    await client.call(signal, {
      kind: 'open',
      spec: networks.partition,
      input,
      generalist: { weights: generalist, temperature: manifest.generalist.temperature },
      maxPartitions,
      delta: networks.delta,
    })
    this.#note({ residents: [] })
    this.#deltas.value = new Set()
  }
}
