import { CacheNetError } from '../../core/wire/errors.ts'
import { frameBytes } from '../../core/image/preprocess.ts'
import type { BundleStore } from '../bundles/store.ts'
import type { StoredBundle } from '../bundles/stored-bundle.ts'
import { composeAnswer } from './compose-answer.ts'
import type { Inference } from './inference.ts'

export interface ReadinessOptions {
  /** Longest that inference may do nothing for a frame before it counts as stuck. */
  readonly stuckMs?: number
  /** What was found out holds this long: health is asked by anybody, as often as they like. */
  readonly freshMs?: number
}

/** Finds out whether frames of every bundle are answered, by having one of each answered. */
export interface Readiness {
  /** Throws `worker-crashed` where frames are not answered, and names the bundle. */
  check(): Promise<void>
}

const notReady = (bundle: string, cause: unknown): CacheNetError =>
  new CacheNetError(
    'worker-crashed',
    `A frame of the bundle ${bundle} gets no answer.`,
    { bundle, reason: CacheNetError.from(cause).code },
    { cause },
  )

/**
 * A frame that is refused because many wait, or that waits behind them, says nothing against an edge that
 * answers others meanwhile: one that is busy must not be taken out of service for it.
 */
export function createReadiness(
  inference: Inference,
  store: Pick<BundleStore, 'bundles'>,
  { stuckMs = 5_000, freshMs = 1_000 }: ReadinessOptions = {},
): Readiness {
  let checking: Promise<void> | undefined
  let isChecking = false
  let checkedAt = 0

  const isAtWork = (): boolean => performance.now() - inference.lastBatchAt < stuckMs

  const tryOne = async ({ key, manifest }: StoredBundle): Promise<void> => {
    const limit = AbortSignal.timeout(stuckMs)
    try {
      composeAnswer(
        manifest,
        await inference.answer(limit, key, new Float32Array(frameBytes(manifest.input))),
        0,
      )
    } catch (thrown) {
      const { code } = CacheNetError.from(thrown)
      const isBusy = ['edge-overloaded', 'edge-timeout', 'aborted'].includes(code) && isAtWork()
      if (!isBusy) throw notReady(manifest.id, thrown)
    }
  }

  return {
    check() {
      if (checking !== undefined && (isChecking || performance.now() - checkedAt < freshMs)) return checking
      isChecking = true
      const started = Promise.all(store.bundles.map(tryOne)).then(() => undefined)
      checking = started.finally(() => {
        isChecking = false
        checkedAt = performance.now()
      })
      return checking
    },
  }
}
