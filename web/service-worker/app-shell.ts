import { CacheNetError } from '../../core/wire/errors.ts'
import { createAppFiles, type AppFile } from './app-files.ts'
import { forgetEarlierApp, isEarlierAppBroken } from './earlier-app.ts'
import { isThreadsFile, threadsCacheName } from './threads-files.ts'

export interface AppShell {
  /** The response to a request for one of the app's own files; undefined for everything else. */
  answer(event: FetchEvent): Promise<Response> | undefined
}

const appCacheName = 'cachenet-app-v1'

/**
 * The page itself. Every other path is somebody else's: the edge has pages of its own, and says itself what
 * it does not know.
 */
const isPage = ({ pathname }: URL): boolean => pathname === '/' || pathname === '/index.html'

/**
 * The app itself (page, workers, WebAssembly, icons): stored as a whole when this version is installed,
 * served from there ever after. So a page never meets the script of one version and the WebAssembly of
 * another, and it starts offline.
 *
 * What more threads than one need is stored when it is first asked for, and not with the app: one thread is
 * the default, and most phones would download and keep half a megabyte for nothing. All of it is stored then,
 * so that it starts offline from then on; and a new version of the app brings its own at its installation
 * where the version before had been asked for them.
 */
export function serveAppShell(self: ServiceWorkerGlobalScope, listed: readonly AppFile[]): AppShell {
  const app = createAppFiles({
    cacheName: appCacheName,
    files: listed.filter((file) => !isThreadsFile(file)),
  })
  const threads = createAppFiles({ cacheName: threadsCacheName, files: listed.filter(isThreadsFile) })
  let isHealing = false
  let refilling: Promise<void> | undefined

  self.addEventListener('install', (event) => event.waitUntil(install()))
  self.addEventListener('activate', (event) => event.waitUntil(activate()))

  async function install(): Promise<void> {
    await app.install()
    // An app that can run on one thread is not held up for what it can do without.
    if (await caches.has(threadsCacheName)) await threads.install().catch(() => undefined)
    // Whoever is shown a broken app cannot be asked whether they want a new one.
    isHealing = await isEarlierAppBroken(listed).catch(() => false)
    // Not waited for: it resolves when this version is in force, which is after its installation.
    if (isHealing) void self.skipWaiting()
  }

  async function activate(): Promise<void> {
    // The page that installed this version is served by it from its first visit on.
    await self.clients.claim()
    await forgetEarlierApp()
    await app.forgetOthers()
    if (await caches.has(threadsCacheName)) await threads.forgetOthers()
    if (!isHealing) return
    // Not waited for: what they load is answered by this version, and that only once it is in force.
    for (const client of await self.clients.matchAll({ type: 'window' }))
      void client.navigate(client.url).catch(() => undefined)
  }

  /**
   * Where one file was missing, others may be: whoever clears a browser's storage clears all of it, and most
   * files are asked for only once there is no network to bring them. One attempt that fails is enough for
   * this worker's life.
   */
  function refill(): Promise<void> {
    refilling ??= app.install().then(
      () => (refilling = undefined),
      () => undefined,
    )
    return refilling
  }

  async function answerThreads(event: FetchEvent, file: AppFile): Promise<Response> {
    const response = await threads.answer(file)
    event.waitUntil(threads.install().catch(() => undefined))
    return response
  }

  return {
    answer(event) {
      const url = new URL(event.request.url)
      if (event.request.method !== 'GET' || url.origin !== self.location.origin) return undefined
      const file = app.find(isPage(url) ? new URL('/index.html', url) : url)
      if (file !== undefined)
        return app
          .answer(file, () => event.waitUntil(refill()))
          .catch((thrown: unknown) => failure(event.request, CacheNetError.from(thrown)))
      const ofThreads = threads.find(url)
      return ofThreads === undefined
        ? undefined
        : answerThreads(event, ofThreads).catch(() => Response.error())
    },
  }
}

/** A file that is neither stored nor to be had. A person reads only what stands in place of the page. */
function failure({ mode }: Request, { code }: CacheNetError): Response {
  if (mode !== 'navigate') return Response.error()
  const text = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>CacheNet</title>
<p>What this browser had stored of CacheNet was damaged, and the network does not bring it now. Your partitions and settings are still here.
Load this page again when there is a network. <code>${code}</code></p>`
  return new Response(text, {
    status: 503,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
  })
}
