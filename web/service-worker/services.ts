import { createBundleCache } from '../../core/cache/bundle-cache.ts'
import { createDeviceTrust } from '../../core/trust/manifest-trust.ts'
import { takeSnapshot } from '../messages/cache-snapshot.ts'
import { cacheProtocol, type CacheAnswers, type CacheRequest, type CacheSnapshot } from '../messages/cache.ts'
import { createRpcServer, type RpcHandlers, type RpcServer } from '../messages/rpc-server.ts'
import { createBlobRoute, type BlobRoute } from './blob-route.ts'
import { createBlobStorage } from './blob-storage.ts'
import { createManifestRoute, type ManifestRoute } from './manifest-route.ts'
import { ManifestStore } from './manifest-store.ts'
import { createPageBroadcast } from './page-broadcast.ts'
import { createRecencyStore } from './recency-store.ts'
import { createPinStore } from '../storage/pin-store.ts'

export interface Services {
  readonly blobs: BlobRoute
  readonly manifests: ManifestRoute
  readonly requests: RpcServer
  /** Resolves when storing, evicting and telling is done: what events have to wait for (`waitUntil`). */
  settled(): Promise<void>
}

/**
 * Puts together what one life of the service worker works with. Nothing is read before it is first needed.
 */
export function createServices(clients: Clients): Services {
  const manifests = new ManifestStore()
  const bundles = createBundleCache({
    blobs: createBlobStorage(),
    index: createRecencyStore(),
    manifests: {
      names: () => manifests.names(),
      refresh: (_signal, id) => manifestRoute.refreshManifest(id),
      forget: (id) => manifests.forget(id),
    },
    onEvent(event) {
      if (event.kind === 'changed') broadcast.sendSnapshot()
      else if (event.kind === 'evicted') broadcast.send({ kind: 'evicted', sha256: event.id })
      else broadcast.send(event)
    },
    onProgress: (sha256, received, total) => broadcast.sendProgress(sha256, received, total),
  })
  const cache = bundles.partitions

  async function snapshot(): Promise<CacheSnapshot> {
    const contents = await cache.contents()
    return takeSnapshot(contents, await manifests.names(), {
      bundleIds: await manifests.bundleIds(),
      isPersistent: contents.isStorageUsable,
    })
  }
  const broadcast = createPageBroadcast(clients, snapshot)

  const onReplaced = (): Promise<void> => cache.reconcile()
  const manifestRoute = createManifestRoute({
    manifests,
    trust: createDeviceTrust(createPinStore(), () => self.location.origin),
    isStored: async (sha256) => (await cache.get(sha256)) !== undefined,
    onReplaced,
  })
  const blobRoute = createBlobRoute({ cache: bundles, manifests, onReplaced })

  const handlers: RpcHandlers<CacheRequest, CacheAnswers> = {
    list: () => snapshot(),
    use: (_signal, { sha256 }) => cache.use(sha256).then(() => null),
    pin: (_signal, { sha256s }) => cache.pin(sha256s).then(() => null),
    remove: (_signal, { sha256 }) => cache.remove(sha256).then(() => null),
    clear: () => cache.clear().then(() => null),
    'forget-bundle': async (_signal, { bundleId }) => {
      await bundles.forgetBundle(bundleId)
      broadcast.sendSnapshot()
      return null
    },
    'set-budget': (_signal, { budget }) => cache.setBudget(budget).then(() => null),
    prefetch: async (signal, { bundleId, sha256 }) => {
      const { source: origin, settled } = await blobRoute.fetchBlob(signal, { bundleId, sha256 })
      await settled
      return origin
    },
    store: (signal, { bundleId, sha256, bytes }) =>
      bundles.store(signal, bundleId, sha256, bytes).then(() => null),
    claim: () => clients.claim().then(() => null),
  }

  return {
    blobs: blobRoute,
    manifests: manifestRoute,
    requests: createRpcServer(cacheProtocol, handlers),
    async settled() {
      await cache.settled()
      await broadcast.settled()
    },
  }
}
