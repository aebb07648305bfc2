import { Workbox } from 'workbox-window'

/** A new version of the app is installed and waits. */
export interface AppUpdate {
  /**
   * Puts it in force for all pages of the app, each of which then hears of it by `onTakeover`. What is
   * cached stays.
   */
  readonly apply: () => void
}

export interface ServiceWorkerOptions {
  /** Ask the user, then `apply`. May be called again, when a still newer version arrives. */
  readonly onUpdateReady: (update: AppUpdate) => void
  /**
   * Another version has taken over, perhaps at the wish of another page: this one is still of the old, until
   * it is loaded again.
   */
  readonly onTakeover: () => void
}

const updateCheckIntervalMs = 60 * 60 * 1000

/**
 * Tells when another version takes over, and not when the first one does: that one came with this very page.
 */
function hearTakeover(workbox: Workbox, onTakeover: () => void): void {
  let isControlled = navigator.serviceWorker.controller !== null
  workbox.addEventListener('controlling', () => {
    if (isControlled) onTakeover()
    isControlled = true
  })
}

/** An installed app may stay open for days: it asks for a new version when it is looked at again. */
function checkForUpdates(workbox: Workbox): void {
  let lastCheck = performance.now()
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || performance.now() - lastCheck < updateCheckIntervalMs) return
    lastCheck = performance.now()
    // Offline there is nothing to find; the next look tries again.
    workbox.update().catch(() => undefined)
  })
}

/**
 * Registers the service worker, which makes the app start offline and keeps partitions. Resolves to false where there can be none
 * (no secure context, private mode, the development server): the app then works online, and caches in memory only.
 */
export async function registerServiceWorker({ onUpdateReady, onTakeover }: ServiceWorkerOptions): Promise<boolean> {
  // Absent over http://, and undefined in some browsers' private mode.
  if (import.meta.env.DEV || (navigator as { readonly serviceWorker?: ServiceWorkerContainer }).serviceWorker === undefined) return false
  const workbox = new Workbox('/sw.js')
  workbox.addEventListener('waiting', () => onUpdateReady({ apply: () => workbox.messageSkipWaiting() }))
  hearTakeover(workbox, onTakeover)
  try {
    await workbox.register()
  } catch {
    return false
  }
  checkForUpdates(workbox)
  return true
}
