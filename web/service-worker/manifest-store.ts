import { sha256Hex } from '../../core/bundle/hash.ts'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { nameBlobs, type NamedBlobs } from '../../core/cache/blob-names.ts'
import type { FetchedManifest as AsFetched } from '../../core/client/fetch-manifest.ts'
import { apiPaths, bundleListSchema, manifestHeader } from '../../core/wire/frames.ts'

export const manifestCacheName = 'cachenet-manifests-v1'

/**
 * A manifest whose generalist is not stored yet waits under this name: offline, the one before it still works
 * as a whole.
 */
const pendingSuffix = '?pending'

const currentKey = (bundleId: string): string => apiPaths.manifest(bundleId)
const pendingKey = (bundleId: string): string => `${currentKey(bundleId)}${pendingSuffix}`

/** Who signed it was looked at before it comes here. */
type FetchedManifest = Omit<AsFetched, 'signer'>

/** A manifest as it came, and the hash of its bytes. */
export type ManifestText = Pick<FetchedManifest, 'text' | 'sha256'>

interface Stored extends ManifestText {
  /**
   * False where the bytes are no longer those that were stored: nobody gets them, and what they name is not
   * known.
   */
  readonly isWhole: boolean
  /** Undefined where this version of the app cannot read it. */
  readonly manifest: Manifest | undefined
}

/** Parsed when somebody first asks what it says: at a start offline the text goes out before that. */
class StoredText implements Stored {
  readonly text: string
  readonly sha256: string
  readonly isWhole: boolean
  readonly #bundleId: string
  #parsed: { readonly manifest: Manifest | undefined } | undefined

  constructor({ text, sha256 }: ManifestText, bundleId: string, isWhole: boolean) {
    this.text = text
    this.sha256 = sha256
    this.isWhole = isWhole
    this.#bundleId = bundleId
  }

  get manifest(): Manifest | undefined {
    this.#parsed ??= { manifest: this.isWhole ? read(this.text, this.#bundleId) : undefined }
    return this.#parsed.manifest
  }
}

function read(text: string, bundleId: string): Manifest | undefined {
  try {
    const manifest = parseManifest(JSON.parse(text.replace(/^\uFEFF/, '')))
    return manifest.id === bundleId ? manifest : undefined
  } catch {
    return undefined
  }
}

/**
 * What was stored under a key, held against the hash that was stored with it. What an earlier version stored
 * has none.
 */
async function readStored(response: Response, bundleId: string): Promise<Stored> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  const sha256 = await sha256Hex(bytes)
  const isWhole = (response.headers.get(manifestHeader) ?? sha256) === sha256
  return new StoredText(
    { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), sha256 },
    bundleId,
    isWhole,
  )
}

/** The bundle whose manifest is stored at an address; undefined where it is the address of anything else. */
function bundleIdOf(address: string): string | undefined {
  const { pathname, search } = new URL(address)
  const bundleId = pathname.split('/')[4] ?? ''
  return pathname === apiPaths.manifest(bundleId) && (search === '' || search === pendingSuffix)
    ? bundleId
    : undefined
}

/**
 * The manifests and the bundle list as they last came from the edge: what the app starts from offline, and
 * what says which blobs are partitions, which is the generalist, and which nobody needs any longer.
 */
export class ManifestStore {
  readonly #cacheName: string
  #isReadable = true
  #loading: Promise<Map<string, Stored>> | undefined

  constructor(cacheName = manifestCacheName) {
    this.#cacheName = cacheName
  }

  /**
   * The manifest to start from offline; undefined where there is none, or none that is still what was stored.
   */
  async textOf(bundleId: string): Promise<ManifestText | undefined> {
    const stored = await this.#stored()
    return [currentKey(bundleId), pendingKey(bundleId)]
      .map((key) => stored.get(key))
      .find((found) => found?.isWhole === true)
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
   * Stores a manifest. Where an older one of the same bundle is stored, that stays in force until the new
   * generalist is stored too. True where an older one was replaced, so that some blobs may have lost their
   * name.
   */
  async save(fetched: FetchedManifest, isStored: (sha256: string) => Promise<boolean>): Promise<boolean> {
    const { manifest, sha256 } = fetched
    const stored = await this.#stored()
    const current = stored.get(currentKey(manifest.id))
    if (current?.isWhole === true && current.sha256 === sha256) return this.#delete(pendingKey(manifest.id))
    if (current?.manifest === undefined || (await isStored(manifest.generalist.whole.sha256)))
      return this.#makeCurrent(fetched)
    await this.#put(pendingKey(manifest.id), fetched)
    return false
  }

  /**
   * The generalist `sha256` is stored now: puts the manifests that waited for it in force. True where one was
   * replaced.
   */
  async generalistStored(sha256: string): Promise<boolean> {
    let isReplaced = false
    for (const [key, { text, sha256: own, manifest }] of [...(await this.#stored())]) {
      if (!key.endsWith(pendingSuffix) || manifest?.generalist.whole.sha256 !== sha256) continue
      isReplaced = (await this.#makeCurrent({ text, sha256: own, manifest })) || isReplaced
    }
    return isReplaced
  }

  async forget(bundleId: string): Promise<void> {
    await this.#delete(currentKey(bundleId))
    await this.#delete(pendingKey(bundleId))
  }

  /** The list as it was stored; undefined where there is none that can be read. */
  async listText(): Promise<string | undefined> {
    const cache = await caches.open(this.#cacheName)
    const text = await (await cache.match(apiPaths.bundles))?.text()
    return text !== undefined && bundleListSchema.safeParse(parseJson(text)).success ? text : undefined
  }

  async saveList(text: string): Promise<void> {
    const cache = await caches.open(this.#cacheName)
    await cache.put(apiPaths.bundles, new Response(text))
  }

  async #makeCurrent(fetched: FetchedManifest): Promise<boolean> {
    const { manifest } = fetched
    const isReplacing = (await this.#stored()).has(currentKey(manifest.id))
    await this.#put(currentKey(manifest.id), fetched)
    return (await this.#delete(pendingKey(manifest.id))) || isReplacing
  }

  /** In memory even where it cannot be stored: what it names has to be known to answer at all. */
  async #put(key: string, { text, sha256, manifest }: FetchedManifest): Promise<void> {
    ;(await this.#stored()).set(key, { text, sha256, manifest, isWhole: true })
    const cache = await caches.open(this.#cacheName)
    await cache.put(
      key,
      new Response(text, { headers: { 'Content-Type': 'application/json', [manifestHeader]: sha256 } }),
    )
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
        const bundleId = bundleIdOf(url)
        const response = bundleId === undefined ? undefined : await cache.match(url)
        if (bundleId === undefined || response === undefined) continue
        const { pathname, search } = new URL(url)
        stored.set(`${pathname}${search}`, await readStored(response, bundleId))
      }
    } catch {
      // What is stored cannot be told, so nothing of it counts as unnamed.
      this.#isReadable = false
    }
    return stored
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
