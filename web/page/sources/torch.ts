import { signal, type ReadonlySignal } from '@preact/signals'

export type TorchState = 'none' | 'off' | 'on'

/** The lamp beside a camera. The Image Capture API names it; the DOM's type library does not. */
export interface Torch {
  /** `none` where the camera has no lamp. */
  readonly state: ReadonlySignal<TorchState>
  /** The camera that is on now. */
  follow(track: MediaStreamTrack | undefined): void
  toggle(): Promise<void>
}

type WithTorch<Base> = Base & { readonly torch?: boolean }

export function createTorch(): Torch {
  const state = signal<TorchState>('none')
  let current: MediaStreamTrack | undefined
  return {
    state,
    follow(track) {
      current = track
      // Absent in Firefox.
      const capabilities = (
        track as { getCapabilities?: () => WithTorch<MediaTrackCapabilities> } | undefined
      )?.getCapabilities?.()
      state.value = capabilities?.torch === true ? 'off' : 'none'
    },
    async toggle() {
      if (current === undefined || state.value === 'none') return
      const isOn = state.value === 'off'
      const change: WithTorch<MediaTrackConstraintSet> = { torch: isOn }
      try {
        await current.applyConstraints({ advanced: [change] })
        state.value = isOn ? 'on' : 'off'
      } catch {
        // The camera has gone, or the lamp is too warm: it stays as it is.
      }
    },
  }
}
