import { computed, signal as createSignal, type ReadonlySignal, type Signal } from '@preact/signals'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { InferenceClient } from './in-page-engine.ts'
import { startEngine, type EngineMakers, type RunningEngine } from './running-engine.ts'
import type { EngineSite } from './engine-site.ts'
import type { SupervisorCommand, SupervisorEvent } from './supervisor-events.ts'
import { stepSupervisor } from './supervisor.ts'
import { mayAsk, noEngine, type SupervisorState } from './supervisor-state.ts'

export interface SupervisedEngineOptions extends EngineMakers {
  /** On how many threads the kernels run at first. */
  readonly threads: number
  /** How long threads may take to start. */
  readonly threadsLimitMs: number
  readonly nowMs: () => number
  /** Opens the bundle, where there is one, on an engine that answers nobody yet; loads what is resident. */
  readonly fill: (signal: AbortSignal, client: InferenceClient) => Promise<void>
  readonly onGiveUpPage: () => void
  readonly onRestart: (reason: CacheNetError) => void
  readonly onThreadsFailure: (reason: CacheNetError, threads: number) => void
}

/**
 * Codes after which an engine cannot be trusted any more: WebAssembly that trapped leaves its memory in an
 * unknown state.
 */
const broken: ReadonlySet<string> = new Set(['worker-crashed', 'worker-timeout', 'engine-failed', 'internal'])

/** Does what `stepSupervisor` decides: whoever asks has the engine that answers now. */
export class SupervisedEngine {
  readonly #options: SupervisedEngineOptions
  readonly #state: Signal<SupervisorState>
  readonly #running = new Map<number, RunningEngine>()
  /** What is being asked of the engine that answers now. */
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #closing = new AbortController()
  #waiting: (() => void)[] = []
  /** On how many threads the kernels run, or are being started. */
  readonly threads: ReadonlySignal<number>

  constructor(options: SupervisedEngineOptions) {
    this.#options = options
    this.#state = createSignal(noEngine(options.threads))
    this.threads = computed(() => this.#state.value.threads)
  }

  get state(): SupervisorState {
    return this.#state.peek()
  }

  step(event: SupervisorEvent): void {
    // What is done may bring the next event: the state is the new one by then.
    const { state, commands } = stepSupervisor(this.state, event)
    this.#state.value = state
    for (const command of commands) this.#perform(command)
    if (event.kind === 'closed') this.#closing.abort()
    for (const wake of this.#waiting.splice(0)) wake()
  }

  async until(holds: (state: SupervisorState) => boolean): Promise<void> {
    while (!holds(this.state)) await this.#change()
  }

  /**
   * Has work done by the engine that answers, as soon as it may be asked. Rejects as the work does, or with
   * `engine-failed` where there is no engine.
   */
  async run<Answer>(work: (client: InferenceClient, engine: number) => Promise<Answer>): Promise<Answer> {
    // Nothing comes between the look and the question, or another engine would take over without an answer.
    while (!mayAsk(this.state)) await this.#change()
    const { serving, failure } = this.state
    const running = serving && this.#running.get(serving.engine)
    if (serving === undefined || running === undefined)
      throw failure ?? new CacheNetError('engine-failed', 'No bundle is open yet.')
    const answer = work(running.client, serving.engine)
    this.#underWay.add(answer)
    try {
      return await answer
    } finally {
      this.#underWay.delete(answer)
    }
  }

  /**
   * The same, and an engine that breaks down over it is replaced before this rejects: with `worker-crashed`,
   * or `engine-failed` where that does not help.
   */
  async ask<Answer>(work: (client: InferenceClient) => Promise<Answer>): Promise<Answer> {
    let asked: number | undefined
    try {
      return await this.run((client, engine) => {
        asked = engine
        return work(client)
      })
    } catch (thrown) {
      const error = CacheNetError.from(thrown)
      if (asked === undefined || !broken.has(error.code)) throw error
      this.#noteBreakdown(asked, error)
      await this.until(mayAsk)
      if (this.state.failure !== undefined) throw this.state.failure
      throw new CacheNetError(
        'worker-crashed',
        'The networks broke down and were started again; one frame was lost.',
        { reason: error.code },
        { cause: error },
      )
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #noteBreakdown(engine: number, error: CacheNetError): void {
    this.step({ kind: 'broke', engine, error, atMs: this.#options.nowMs() })
  }

  #perform(command: SupervisorCommand): void {
    const { onGiveUpPage, onRestart, onThreadsFailure } = this.#options
    switch (command.kind) {
      case 'start':
        void this.#start(command.engine, command.site)
        return
      case 'fill':
        void this.#fill(command.engine)
        return
      case 'stop':
        this.#stop(command.engine, command.reason)
        return
      case 'give-up-page':
        onGiveUpPage()
        return
      case 'tell-restart':
        onRestart(command.reason)
        return
      case 'tell-threads-failure':
        onThreadsFailure(command.reason, command.threads)
    }
  }

  async #start(engine: number, site: EngineSite): Promise<void> {
    const { signal } = this.#closing
    const { threadsLimitMs } = this.#options
    await this.#told(engine, 'started', async () => {
      const crash = (error: CacheNetError): void => this.#noteBreakdown(engine, error)
      this.#running.set(engine, await startEngine(signal, this.#options, site, threadsLimitMs, crash))
    })
  }

  async #fill(engine: number): Promise<void> {
    await this.#told(engine, 'filled', async () => {
      await Promise.allSettled(this.#underWay)
      const running = this.#running.get(engine)
      if (running !== undefined) await this.#options.fill(this.#closing.signal, running.client)
    })
  }

  /** Tells the supervisor how it went. */
  async #told(engine: number, kind: 'started' | 'filled', work: () => Promise<void>): Promise<void> {
    const event = await work().then(
      (): SupervisorEvent => ({ kind, engine }),
      (thrown: unknown): SupervisorEvent => ({ kind: 'failed', engine, error: CacheNetError.from(thrown) }),
    )
    this.step(event)
  }

  #stop(engine: number, reason: CacheNetError): void {
    const running = this.#running.get(engine)
    this.#running.delete(engine)
    running?.terminate()
    running?.client.close(reason)
  }
}
