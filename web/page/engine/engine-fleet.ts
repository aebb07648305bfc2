import { CacheNetError } from '../../../core/wire/errors.ts'
import type { EngineSite } from './engine-site.ts'
import type { InferenceClient } from './in-page-engine.ts'
import { startEngine, type EngineMakers, type RunningEngine } from './running-engine.ts'
import type { SupervisorEvent } from './supervisor-events.ts'

export interface EngineFleetOptions extends EngineMakers {
  /** How long threads may take to start. */
  readonly threadsLimitMs: number
  /** Opens the bundle, where there is one, on an engine that answers nobody yet; loads what is resident. */
  readonly fill: (signal: AbortSignal, client: InferenceClient) => Promise<void>
}

/** What a fleet tells of its engines. */
export interface EngineFleetListener {
  /** How starting or filling went. */
  readonly onEvent: (event: SupervisorEvent) => void
  readonly onCrash: (engine: number, error: CacheNetError) => void
}

/** The engines that run, by number. It does what it is told; `stepSupervisor` decides. */
export class EngineFleet {
  readonly #options: EngineFleetOptions
  readonly #listener: EngineFleetListener
  readonly #running = new Map<number, RunningEngine>()
  readonly #closing = new AbortController()

  constructor(options: EngineFleetOptions, listener: EngineFleetListener) {
    this.#options = options
    this.#listener = listener
  }

  clientOf(engine: number): InferenceClient | undefined {
    return this.#running.get(engine)?.client
  }

  /** Never rejects: see `EngineFleetListener`. */
  async start(engine: number, site: EngineSite): Promise<void> {
    const { threadsLimitMs } = this.#options
    await this.#told(engine, 'started', async () => {
      const crash = (error: CacheNetError): void => this.#listener.onCrash(engine, error)
      const running = await startEngine(this.#closing.signal, this.#options, site, threadsLimitMs, crash)
      this.#running.set(engine, running)
    })
  }

  /**
   * Fills an engine once what is being asked of the others is answered. Never rejects.
   *
   * @param underWay what is being asked
   */
  async fill(engine: number, underWay: Iterable<Promise<unknown>>): Promise<void> {
    await this.#told(engine, 'filled', async () => {
      await Promise.allSettled(underWay)
      const client = this.clientOf(engine)
      if (client !== undefined) await this.#options.fill(this.#closing.signal, client)
    })
  }

  /** @param reason for whatever is still being asked of it */
  stop(engine: number, reason: CacheNetError): void {
    const running = this.#running.get(engine)
    this.#running.delete(engine)
    running?.terminate()
    running?.client.close(reason)
  }

  /** Calls off what is being started and filled. */
  close(): void {
    this.#closing.abort()
  }

  async #told(engine: number, kind: 'started' | 'filled', work: () => Promise<void>): Promise<void> {
    const event = await work().then(
      (): SupervisorEvent => ({ kind, engine }),
      (thrown: unknown): SupervisorEvent => ({ kind: 'failed', engine, error: CacheNetError.from(thrown) }),
    )
    this.#listener.onEvent(event)
  }
}
