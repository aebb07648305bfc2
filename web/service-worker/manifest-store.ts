import { parseManifest, type Manifest } from '../../core/bundle/manifest.ts'
import { nameBlobs, type NamedBlobs } from '../../core/cache/blob-names.ts'
import { apiPaths } from '../../core/wire/frames.ts'

export const manifestCacheName = 'cachenet-manifests-v1'

/** A manifest whose generalist is not stored yet waits under this name: offline, the one before it still works as a whole. */
const pendingSuffix = '?pending'

const currentKey = (bundleId: string): string => apiPaths.manifest(bundleId)
const pendingKey = (bundleId: string): string => `${currentKey(bundleId)}${pendingSuffix}`

interface Stored {
  readonly text: string
  /** Undefined where this version of the app cannot read it. */
  readonly manifest: Manifest | undefined
}

/** Parsed when somebody first asks what it says: at a start offline the text goes out before that. */
class StoredText implements Stored {
  readonly text: string
  #parsed: { readonly manifest: Manifest | undefined } | undefined

  constructor(text: string) {
    this.text = text
  }

  get manifest(): Manifest | undefined {
    this.#parsed ??= { manifest: read(this.text) }
    return this.#parsed.manifest
  }
}

function read(text: string): Manifest | undefined {
  try {
    return parseManifest(JSON.parse(text))
  } catch {
    return undefined
  }
}

/**
 * The manifests and the bundle list as they last came from the edge: what the app starts from offline, and what says which blobs are
 * partitions, which is the generalist, and which nobody needs any longer.
 */
export class ManifestStore {
  readonly #cacheName: string
  #isReadable = true
  #loading: Promise<Map<string, Stored>> | undefined

  constructor(cacheName = manifestCacheName) {
    this.#cacheName = cacheName
  }

  /** Text of the manifest to start from offline. */
  async textOf(bundleId: string): Promise<string | undefined> {
    const stored = await this.#stored()
    return (stored.get(currentKey(bundleId)) ?? stored.get(pendingKey(bundleId)))?.text
  }

  async bundleIds(): Promise<string[]> {
    const ids = [...(await this.#stored()).values()].map(({ manifest }) => manifest?.id)
    return [...new Set(ids)].filter((id) => id !== undefined)
  }

  async names(): Promise<NamedBlobs> {
    const stored = [...(await this.#stored()).values()]
    const manifests = stored.map(({ manifest }) => manifest).filter((manifest) => manifest !== undefined)
    return nameBlobs(manifests, this.#isReadable && manifests.length === stored.length)
  }

  /**
   * Stores a manifest. Where an older one of the same bundle is stored, that stays in force until the new generalist is stored too.
   * True where an older one was replaced, so that some blobs may have lost their name.
   */
  async save(text: string, manifest: Manifest, isStored: (sha256: string) => Promise<boolean>): Promise<boolean> {
    const stored = await this.#stored()
    const current = stored.get(currentKey(manifest.id))
    if (current?.text === text) return this.#delete(pendingKey(manifest.id))
    if (current === undefined || (await isStored(manifest.generalist.whole.sha256))) return this.#makeCurrent(text, manifest)
    await this.#put(pendingKey(manifest.id), text, manifest)
    return false
  }

  /** The generalist `sha256` is stored now: puts the manifests that waited for it in force. True where one was replaced. */
  async generalistStored(sha256: string): Promise<boolean> {
    let isReplaced = false
    for (const [key, { text, manifest }] of [...(await this.#stored())]) {
      if (key.endsWith(pendingSuffix) && manifest?.generalist.whole.sha256 === sha256) isReplaced = (await this.#makeCurrent(text, manifest)) || isReplaced
    }
    return isReplaced
  }

  async forget(bundleId: string): Promise<void> {
    await this.#delete(currentKey(bundleId))
    await this.#delete(pendingKey(bundleId))
  }

  async listText(): Promise<string | undefined> {
    const cache = await caches.open(this.#cacheName)
    return (await cache.match(apiPaths.bundles))?.text()
  }

  async saveList(text: string): Promise<void> {
    const cache = await caches.open(this.#cacheName)
    await cache.put(apiPaths.bundles, new Response(text))
  }

  async #makeCurrent(text: string, manifest: Manifest): Promise<boolean> {
    const isReplacing = (await this.#stored()).has(currentKey(manifest.id))
    await this.#put(currentKey(manifest.id), text, manifest)
    return (await this.#delete(pendingKey(manifest.id))) || isReplacing
  }

  /** In memory even where it cannot be stored: what it names has to be known to answer at all. */
  async #put(key: string, text: string, manifest: Manifest): Promise<void> {
    ;(await this.#stored()).set(key, { text, manifest })
    const cache = await caches.open(this.#cacheName)
    await cache.put(key, new Response(text))
  }

  async #delete(key: string): Promise<boolean> {
    const wasThere = (await this.#stored()).delete(key)
    const cache = await caches.open(this.#cacheName)
    await cache.delete(key)
    return wasThere
  }

  /** Read once in every life of the service worker, which alone writes them. */
  #stored(): Promise<Map<string, Stored>> {
    this.#loading ??= this.#load()
    return this.#loading
  }

  async #load(): Promise<Map<string, Stored>> {
    const stored = new Map<string, Stored>()
    try {
      const cache = await caches.open(this.#cacheName)
      for (const { url } of await cache.keys()) {
        const { pathname, search } = new URL(url)
        const response = pathname === apiPaths.bundles ? undefined : await cache.match(url)
        if (response !== undefined) stored.set(`${pathname}${search}`, new StoredText(await response.text()))
      }
    } catch {
      // What is stored cannot be told, so nothing of it counts as unnamed.
      this.#isReadable = false
    }
    return stored
  }
}
