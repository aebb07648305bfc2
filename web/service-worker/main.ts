import type { PrecacheEntry } from 'workbox-precaching'
import { apiPaths, parseBlobPath } from '../../core/wire/frames.ts'
import { serveAppShell } from './app-shell.ts'
import type { Answering } from './manifest-route.ts'
import { sendFramesDirectly } from './direct-routes.ts'
import { sharePath } from '../messages/shared-files.ts'
import { createServices, type Services } from './services.ts'
import { receiveShare } from './share-target.ts'
import { isThreadsFile, serveThreadsFiles } from './threads-files.ts'

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: (PrecacheEntry | string)[] }

const services = createServices(self.clients)

self.addEventListener('fetch', (event) => {
  if (isShare(event.request)) {
    event.respondWith(receiveShare(event.request))
    return
  }
  const answering = answerApi(services, event.request)
  if (answering === undefined) return
  event.respondWith(answering.response)
  event.waitUntil(answering.settled.then(() => services.settled()))
})

self.addEventListener('install', sendFramesDirectly)

// After ours, which takes the API's paths only; these take the rest.
const files = self.__WB_MANIFEST
serveAppShell(files.filter((file) => !isThreadsFile(file)))
serveThreadsFiles(self, files.filter(isThreadsFile))

self.addEventListener('message', (event) => {
  if (isSkipWaiting(event.data)) event.waitUntil(self.skipWaiting())
  else if (event.source !== null) event.waitUntil(services.requests.receive(event.data, event.source).then(() => services.settled()))
})

// The page that installed this version is served by it from its first visit on.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

function answerApi({ blobs, manifests }: Services, request: Request): Answering | undefined {
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return undefined
  const blobPath = parseBlobPath(pathname)
  if (blobPath !== undefined) return blobs.answer(request, blobPath)
  if (pathname === apiPaths.bundles) return manifests.bundleList()
  const bundleId = bundleIdOfManifest(pathname)
  return bundleId === undefined ? undefined : manifests.manifest(bundleId)
}

function isShare({ method, url }: Request): boolean {
  const { origin, pathname } = new URL(url)
  return method === 'POST' && origin === self.location.origin && pathname === sharePath
}

function bundleIdOfManifest(pathname: string): string | undefined {
  const bundleId = pathname.split('/')[4]
  return bundleId !== undefined && bundleId !== '' && pathname === apiPaths.manifest(bundleId) ? bundleId : undefined
}

/** What workbox-window's `messageSkipWaiting()` sends. */
function isSkipWaiting(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === 'SKIP_WAITING'
}
