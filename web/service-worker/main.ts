import { apiPaths, parseBlobPath } from '../../core/wire/frames.ts'
import type { AppFile } from './app-files.ts'
import { serveAppShell } from './app-shell.ts'
import type { Answering } from './manifest-route.ts'
import { sendFramesDirectly } from './direct-routes.ts'
import { sharePath } from '../messages/shared-files.ts'
import { createServices, type Services } from './services.ts'
import { receiveShare } from './share-target.ts'

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: readonly AppFile[] }

const services = createServices(self.clients)
const appShell = serveAppShell(self, self.__WB_MANIFEST)

self.addEventListener('fetch', (event) => {
  if (isShare(event.request)) {
    event.respondWith(receiveShare(event.request))
    return
  }
  const answering = answerApi(services, event.request)
  if (answering !== undefined) {
    event.respondWith(answering.response)
    event.waitUntil(answering.settled.then(() => services.settled()))
    return
  }
  const file = appShell.answer(event)
  if (file !== undefined) event.respondWith(file)
})

self.addEventListener('install', sendFramesDirectly)

self.addEventListener('message', (event) => {
  if (isSkipWaiting(event.data)) event.waitUntil(self.skipWaiting())
  else if (event.source !== null)
    event.waitUntil(services.requests.receive(event.data, event.source).then(() => services.settled()))
})

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
  return bundleId !== undefined && bundleId !== '' && pathname === apiPaths.manifest(bundleId)
    ? bundleId
    : undefined
}

/** What workbox-window's `messageSkipWaiting()` sends. */
function isSkipWaiting(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === 'SKIP_WAITING'
}
