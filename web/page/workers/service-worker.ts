import { Workbox } from 'workbox-window'

/** A new version of the app is installed and waits. */
export interface AppUpdate {
  /** Puts it in force and reloads this page and all others of the app. What is cached stays. */
  readonly apply: () => void
}

export interface ServiceWorkerOptions {
  /** Ask the user, then `apply`. May be called again, when a still newer version arrives. */
  readonly onUpdateReady: (update: AppUpdate) => void
}

const updateCheckIntervalMs = 60 * 60 * 1000

/** Reloads when another version takes over, and not when the first one does: that one came with this very page. */
function reloadOnTakeover(workbox: Workbox): void {
  let isControlled = navigator.serviceWorker.controller !== null
  workbox.addEventListener('controlling', () => {
    if (isControlled) location.reload()
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
export async function registerServiceWorker({ onUpdateReady }: ServiceWorkerOptions): Promise<boolean> {
  // Absent over http://, and undefined in some browsers' private mode.
  if (import.meta.env.DEV || (navigator as { readonly serviceWorker?: ServiceWorkerContainer }).serviceWorker === undefined) return false
  const workbox = new Workbox('/sw.js')
  workbox.addEventListener('waiting', () => onUpdateReady({ apply: () => workbox.messageSkipWaiting() }))
  reloadOnTakeover(workbox)
  try {
    await workbox.register()
  } catch {
    return false
  }
  checkForUpdates(workbox)
  return true
}
