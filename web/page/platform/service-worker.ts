import { Workbox } from 'workbox-window'
import { backoffMs } from '../edge/backoff.ts'

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

const installBackoff = { baseMs: 3_000, maxMs: 60_000 }
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
    if (document.visibilityState !== 'visible' || performance.now() - lastCheck < updateCheckIntervalMs)
      return
    lastCheck = performance.now()
    // Offline there is nothing to find; the next look tries again.
    workbox.update().catch(() => undefined)
  })
}

/**
 * Registers the service worker, which makes the app start offline and keeps partitions. Resolves to false
 * where there can be none (no secure context, private mode, the development server): the app then works
 * online, and caches in memory only.
 */
export async function registerServiceWorker({
  onUpdateReady,
  onTakeover,
}: ServiceWorkerOptions): Promise<boolean> {
  // Absent over http://, and undefined in some browsers' private mode.
  if (
    import.meta.env.DEV ||
    (navigator as { readonly serviceWorker?: ServiceWorkerContainer }).serviceWorker === undefined
  )
    return false
  const workbox = new Workbox('/sw.js')
  workbox.addEventListener('waiting', () => onUpdateReady({ apply: () => workbox.messageSkipWaiting() }))
  hearTakeover(workbox, onTakeover)
  try {
    void retryInstall(await workbox.register())
  } catch (thrown) {
    // Refused by the browser, and not merely out of reach or another network's page.
    if (!(thrown instanceof TypeError) && !isOtherNetworks(thrown)) return false
    void retryInstall(undefined)
  }
  checkForUpdates(workbox)
  return true
}

/**
 * A first installation may fail: a file came wrong, or the network went. Then it is tried again for as long
 * as the page is open, without a reload.
 */
async function retryInstall(first: ServiceWorkerRegistration | undefined): Promise<void> {
  let registration = first
  for (let attempt = 0; ; attempt++) {
    if (registration !== undefined && (await untilActiveOrFailed(registration))) return
    await untilWorthTrying(backoffMs(attempt, installBackoff, Math.random))
    try {
      registration = await navigator.serviceWorker.register('/sw.js')
    } catch {
      // Out of reach, as it may be the next time too.
    }
  }
}

/**
 * A script of another type, as a network's login page is one, is refused with the same name as a page that
 * may have no service worker.
 */
const isOtherNetworks = (thrown: unknown): boolean =>
  thrown instanceof DOMException &&
  thrown.name === 'SecurityError' &&
  isSecureContext &&
  /MIME|redirect/i.test(thrown.message)

/** True once some version is in force, false where the one that was being installed was given up. */
function untilActiveOrFailed({ active, waiting, installing }: ServiceWorkerRegistration): Promise<boolean> {
  if (active !== null || waiting !== null) return Promise.resolve(true)
  if (installing === null) return Promise.resolve(false)
  return new Promise((resolve) => {
    installing.addEventListener('statechange', () => {
      if (installing.state === 'installed' || installing.state === 'activated') resolve(true)
      if (installing.state === 'redundant') resolve(false)
    })
  })
}

/** After so long, or when the network has just come back. */
function untilWorthTrying(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      clearTimeout(timer)
      removeEventListener('online', go)
      resolve()
    }
    const timer = setTimeout(go, delayMs)
    addEventListener('online', go)
  })
}
