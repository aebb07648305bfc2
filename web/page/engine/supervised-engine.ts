import { computed, signal as createSignal, type ReadonlySignal, type Signal } from '@preact/signals'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { InferenceClient } from './in-page-engine.ts'
import { isBroken } from './broken-engine.ts'
import { EngineFleet } from './engine-fleet.ts'
import type { SupervisedEngineOptions } from './supervised-engine-options.ts'
import type { SupervisorCommand, SupervisorEvent } from './supervisor-events.ts'
import { stepSupervisor } from './supervisor.ts'
import { mayAsk, noEngine, type SupervisorState } from './supervisor-state.ts'

/** Does what `stepSupervisor` decides: whoever asks has the engine that answers now. */
export class SupervisedEngine {
  readonly #options: SupervisedEngineOptions
  readonly #state: Signal<SupervisorState>
  readonly #fleet: EngineFleet
  /** What is being asked of the engine that answers now. */
  readonly #underWay = new Set<Promise<unknown>>()
  #waiting: (() => void)[] = []
  /** On how many threads the kernels run, or are being started. */
  readonly threads: ReadonlySignal<number>

  constructor(options: SupervisedEngineOptions) {
    this.#options = options
    this.#state = createSignal(noEngine(options.threads))
    this.threads = computed(() => this.#state.value.threads)
    this.#fleet = new EngineFleet(options, {
      onEvent: (event) => this.step(event),
      onCrash: (engine, error) => this.step({ kind: 'broke', engine, error, atMs: options.nowMs() }),
    })
  }

  get state(): SupervisorState {
    return this.#state.peek()
  }

  step(event: SupervisorEvent): void {
    // What is done may bring the next event: the state is the new one by then.
    const { state, commands } = stepSupervisor(this.state, event)
    this.#state.value = state
    for (const command of commands) this.#perform(command)
    if (event.kind === 'closed') this.#fleet.close()
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
    const client = serving && this.#fleet.clientOf(serving.engine)
    if (serving === undefined || client === undefined)
      throw failure ?? new CacheNetError('engine-failed', 'No bundle is open yet.')
    const answer = work(client, serving.engine)
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
      if (asked === undefined || !isBroken(error)) throw error
      this.step({ kind: 'broke', engine: asked, error, atMs: this.#options.nowMs() })
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

  #perform(command: SupervisorCommand): void {
    switch (command.kind) {
      case 'start':
        void this.#fleet.start(command.engine, command.site)
        return
      case 'fill':
        void this.#fleet.fill(command.engine, this.#underWay)
        return
      case 'stop':
        this.#fleet.stop(command.engine, command.reason)
        return
      case 'give-up-page':
        this.#options.onGiveUpPage()
        return
      case 'tell-restart':
        this.#options.onRestart(command.reason)
        return
      case 'tell-threads-failure':
        this.#options.onThreadsFailure(command.reason, command.threads)
    }
  }
}
