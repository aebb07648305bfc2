import { signal, type ReadonlySignal } from '@preact/signals'
import type { HeldPartition } from '../../../core/wire/frames.ts'

/**
 * What the page knows of the worker's memory: which partitions are in it, most recent first, and in which
 * form each is there.
 */
export class ResidentsView {
  readonly #ids = signal<readonly string[]>([])
  /** Partitions that answer with their delta, until their whole weights are there. */
  readonly #deltas = signal<ReadonlySet<string>>(new Set())

  get ids(): ReadonlySignal<readonly string[]> {
    return this.#ids
  }

  get held(): readonly HeldPartition[] {
    return this.#ids.value.map((id) => ({ id, form: this.#deltas.value.has(id) ? 'delta' : 'whole' }))
  }

  /** The worker has said what is in its memory. */
  note({ residents }: { readonly residents: readonly string[] }): void {
    const known = this.#ids.value
    const isSame = known.length === residents.length && known.every((id, index) => id === residents[index])
    if (!isSame) this.#ids.value = residents
  }

  noteForm(id: string, form: HeldPartition['form']): void {
    if (this.#deltas.value.has(id) === (form === 'delta')) return
    const next = new Set(this.#deltas.value)
    if (form === 'delta') next.add(id)
    else next.delete(id)
    this.#deltas.value = next
  }

  /** Another worker is there, and this is what was put into its memory. */
  replace(held: readonly HeldPartition[]): void {
    this.note({ residents: held.map(({ id }) => id) })
    this.#deltas.value = new Set(held.flatMap(({ id, form }) => (form === 'delta' ? [id] : [])))
  }
}
