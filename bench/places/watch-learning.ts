import type { EdgeApi } from '../../core/client/edge-api.ts'
import type { LearnedPlaceView } from '../../core/wire/places.ts'

export interface LearningWatch {
  /** Seconds that each training took, as far as it was seen from outside. */
  readonly seconds: readonly number[]
  readonly isLearning: boolean
  readonly places: readonly LearnedPlaceView[]
  /** Resolves once nothing is learned and nothing waits; rejects once the signal is aborted. */
  idle(): Promise<void>
  close(): void
}

const everyMs = 200

/** Asks an edge again and again what it is learning. */
export function watchLearning(signal: AbortSignal, api: EdgeApi, bundleId: string): LearningWatch {
  const seconds: number[] = []
  let startedAt: number | undefined
  let places: readonly LearnedPlaceView[] = []
  const look = async (): Promise<void> => {
    ;({ places } = await api.listPlaces(signal, bundleId))
    const isLearning = places.some(({ stage }) => stage === 'learning')
    if (isLearning) startedAt ??= performance.now()
    else if (startedAt !== undefined) {
      seconds.push((performance.now() - startedAt) / 1000)
      startedAt = undefined
    }
  }
  const timer = setInterval(() => void look().catch(() => undefined), everyMs)
  return {
    seconds,
    get isLearning() {
      return startedAt !== undefined
    },
    get places() {
      return places
    },
    async idle() {
      for (;;) {
        signal.throwIfAborted()
        await look()
        if (!places.some(({ stage }) => stage === 'learning' || stage === 'waiting')) return
        await new Promise((resolve) => setTimeout(resolve, everyMs))
      }
    },
    close: () => clearInterval(timer),
  }
}
