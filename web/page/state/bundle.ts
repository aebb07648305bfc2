import { computed, signal, type ReadonlySignal } from '@preact/signals'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { OpenedBundle } from '../boot/open-bundle.ts'

export type BundleState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly bundle: OpenedBundle }
  | { readonly kind: 'failed'; readonly error: CacheNetError }

export interface BundleHolder {
  readonly state: ReadonlySignal<BundleState>
  /** The open bundle, or undefined. */
  readonly opened: ReadonlySignal<OpenedBundle | undefined>
  /** Opens the bundle that is wanted now, in place of the one before. Never rejects; see `state`. */
  open(): Promise<void>
  /** The open bundle, as soon as there is one; undefined where it fails to open. */
  whenOpen(): Promise<OpenedBundle | undefined>
  /**
   * The manifest of the bundle that is being opened, which is there before its networks are; undefined where
   * it cannot be had.
   */
  whenManifest(): Promise<Manifest | undefined>
}

/** Holds the one bundle that is open. A later `open` calls an earlier one off. */
export function createBundleHolder(
  openNext: (signal: AbortSignal, onManifest: (manifest: Manifest) => void) => Promise<OpenedBundle>,
): BundleHolder {
  const state = signal<BundleState>({ kind: 'opening' })
  const opened = computed(() => (state.value.kind === 'open' ? state.value.bundle : undefined))
  let opening:
    | {
        readonly controller: AbortController
        readonly done: Promise<OpenedBundle | undefined>
        readonly manifest: Promise<Manifest | undefined>
      }
    | undefined

  async function openAfter(
    signal: AbortSignal,
    earlier: Promise<unknown> | undefined,
    onManifest: (manifest: Manifest) => void,
  ): Promise<OpenedBundle | undefined> {
    await earlier
    opened.value?.edge.close()
    opened.value?.fullModel.close()
    state.value = { kind: 'opening' }
    try {
      const bundle = await openNext(signal, onManifest)
      state.value = { kind: 'open', bundle }
      return bundle
    } catch (thrown) {
      const error = CacheNetError.from(thrown)
      if (error.code !== 'aborted') state.value = { kind: 'failed', error }
      return undefined
    }
  }

  return {
    state,
    opened,
    async open() {
      opening?.controller.abort()
      const controller = new AbortController()
      let found: (manifest: Manifest) => void = () => undefined
      const fetched = new Promise<Manifest>((resolve) => (found = resolve))
      const done = openAfter(controller.signal, opening?.done, (manifest) => found(manifest))
      opening = {
        controller,
        done,
        manifest: Promise.race([fetched, done.then((bundle) => bundle?.manifest)]),
      }
      await done
    },
    whenOpen: async () => opening?.done,
    whenManifest: async () => opening?.manifest,
  }
}
