import { signal, type ReadonlySignal } from '@preact/signals'

/** Chromium's offer to install the app; not in the DOM's type library. */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>
}

const isInstallOffer = (event: Event): event is InstallOffer =>
  'prompt' in event && typeof event.prompt === 'function'

/**
 * How this app can be installed here: by the browser's own prompt, by hand on iOS, or not (it may be
 * installed already).
 */
export type InstallWay = 'prompt' | 'ios' | 'none'

export interface Install {
  readonly way: ReadonlySignal<InstallWay>
  /** Shows the browser's prompt; only after a tap. */
  prompt(): Promise<void>
}

const isStandalone = (): boolean =>
  matchMedia('(display-mode: standalone)').matches ||
  ('standalone' in navigator && navigator.standalone === true)

/** iPadOS calls itself a Macintosh, but no Macintosh has a touch screen. */
const isIos = (): boolean =>
  /iPhone|iPad|iPod/.test(navigator.userAgent) ||
  (navigator.userAgent.includes('Macintosh') && navigator.maxTouchPoints > 1)

export function createInstall(): Install {
  let offer: InstallOffer | undefined
  const way = signal<InstallWay>(isIos() && !isStandalone() ? 'ios' : 'none')
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    if (!isInstallOffer(event)) return
    offer = event
    way.value = 'prompt'
  })
  addEventListener('appinstalled', () => void (way.value = 'none'))
  return {
    way,
    async prompt() {
      const shown = offer
      // A prompt can be shown once.
      offer = undefined
      way.value = 'none'
      await shown?.prompt()
    },
  }
}
