import type { ReadonlySignal } from '@preact/signals'
import type { HeldPartition } from '../../../core/wire/frames.ts'
import type { InferenceRequest } from '../../messages/inference.ts'
import { fillEngine, type OpenBundle, type ReloadPartition } from './fill-engine.ts'
import type { InferenceClient } from './in-page-engine.ts'
import { fitOfPartition, type NetworkFit } from './network-facts.ts'
import { ResidentsView } from './residents-view.ts'
import type { SupervisedEngine } from './supervised-engine.ts'

type Form = HeldPartition['form']

/** Changes what is in memory; the answer is what is in it then. */
type MemoryRequest = Extract<
  InferenceRequest,
  { readonly kind: 'load' | 'refine' | 'use' | 'unload' | 'set-room' }
>

/** Which partitions are in the memory of the engine that answers, whichever that is. */
export abstract class EngineMemory {
  protected abstract readonly engine: SupervisedEngine
  protected readonly view = new ResidentsView()
  protected bundle: OpenBundle | undefined

  /** Partitions in memory, most recent first. */
  get residents(): ReadonlySignal<readonly string[]> {
    return this.view.ids
  }

  /** The same, with the form in which each is there. */
  get held(): readonly HeldPartition[] {
    return this.view.held
  }

  /** Puts a partition into memory and makes it the most recent. The bytes are copied. */
  async load(
    signal: AbortSignal,
    id: string,
    weights: Uint8Array<ArrayBuffer>,
    form: Form = 'whole',
  ): Promise<void> {
    await this.#change(signal, { kind: 'load', id, weights, ...this.#fitOf(id, form), form }, form)
  }

  /**
   * Gives a partition that answers with its delta its whole weights, at its place; between two frames, so
   * that nothing waits.
   */
  async refine(signal: AbortSignal, id: string, weights: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#change(signal, { kind: 'refine', id, weights, ...this.#fitOf(id, 'whole') }, 'whole')
  }

  async use(signal: AbortSignal, id: string): Promise<void> {
    await this.#change(signal, { kind: 'use', id })
  }

  async unload(signal: AbortSignal, id: string): Promise<void> {
    await this.#change(signal, { kind: 'unload', id })
  }

  /** How many partitions may be in memory. */
  async setRoom(signal: AbortSignal, maxPartitions: number): Promise<void> {
    if (this.bundle === undefined) return
    this.bundle = { ...this.bundle, maxPartitions }
    await this.#change(signal, { kind: 'set-room', maxPartitions })
  }

  /** Brings to an engine that answers nobody yet what is open and in memory on the one before. */
  protected async fill(signal: AbortSignal, client: InferenceClient, reload: ReloadPartition): Promise<void> {
    if (this.bundle === undefined) return
    this.view.replace(await fillEngine(signal, client, this.bundle, this.held, reload))
  }

  #fitOf(id: string, form: Form): NetworkFit {
    return fitOfPartition(this.bundle?.manifest ?? { partitions: [] }, id, form)
  }

  /** @param form in which the partition is there afterwards, where that changes */
  async #change(signal: AbortSignal, request: MemoryRequest, form?: Form): Promise<void> {
    await this.engine.ask(async (client) => {
      // Before it counts as done: an engine that takes over is given what is known here.
      this.view.note(await client.call(signal, request))
      if (form !== undefined && 'id' in request) this.view.noteForm(request.id, form)
    })
  }
}
