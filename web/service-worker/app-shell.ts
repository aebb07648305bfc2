import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

/**
 * The app itself (page, workers, WebAssembly, icons): stored as a whole when this version is installed, served from there ever after.
 * So a page never meets the script of one version and the WebAssembly of another, and it starts offline.
 */
export function serveAppShell(entries: (PrecacheEntry | string)[]): void {
  precacheAndRoute(entries)
  cleanupOutdatedCaches()
  registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: [/^\/api\//] }))
}
