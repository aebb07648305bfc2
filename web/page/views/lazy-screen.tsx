import { useSignal } from '@preact/signals'
import type { ComponentType, VNode } from 'preact'
import { useEffect } from 'preact/hooks'

export interface LazyScreenProps {
  readonly load: () => Promise<ComponentType>
}

/** A screen whose code comes when it is first needed; offline, it comes out of the app's own store. */
export function LazyScreen({ load }: LazyScreenProps): VNode {
  const screen = useSignal<ComponentType | 'loading' | 'failed'>('loading')
  const attempt = useSignal(0)
  useEffect(() => {
    let isGone = false
    load().then(
      (loaded) => {
        // A component is a function, which a signal's setter takes as it is.
        if (!isGone) screen.value = loaded
      },
      () => {
        if (!isGone) screen.value = 'failed'
      },
    )
    return () => void (isGone = true)
  }, [attempt.value])

  const Loaded = screen.value
  if (Loaded === 'loading') return <section class="panel" aria-busy="true" />
  if (Loaded !== 'failed') return <Loaded />
  return (
    <section class="panel">
      <p>
        This part of the app is not stored on this device yet. Connect once to the network; the stream goes on
        meanwhile.
      </p>
      <button type="button" onClick={() => (attempt.value += 1)}>
        Try again
      </button>
    </section>
  )
}
