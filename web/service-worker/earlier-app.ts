import { sha256Hex } from '../../core/bundle/hash.ts'
import type { AppFile } from './app-files.ts'

/** Where versions of the app that did not check their files kept them. */
const isEarlierCache = (name: string): boolean => name.startsWith('workbox-precache')

/** How every WebAssembly file begins. */
const wasmMagic = [0, 0x61, 0x73, 0x6d]

/** The last characters: nothing that the build makes is told from a piece of it by more than these. */
const endOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes.subarray(-300))

/**
 * What can be said of a file whose hash nobody knows. A web page in its place, nothing at all, and a part of
 * it are what was seen.
 */
function isPlausible(pathname: string, bytes: Uint8Array): boolean {
  const extension = pathname.split('.').at(-1)
  if (bytes.byteLength === 0) return false
  if (extension === 'html')
    return new TextDecoder().decode(bytes).includes('id="page"') && /<\/html>\s*$/.test(endOf(bytes))
  if (extension === 'svg') return true
  if (bytes[0] === '<'.charCodeAt(0)) return false
  if (extension === 'wasm') return wasmMagic.every((byte, index) => bytes[index] === byte)
  if (extension === 'js') return /\/\/# sourceMappingURL=\S+\s*$/.test(endOf(bytes))
  return true
}

async function isBroken(
  { url }: Request,
  response: Response,
  byUrl: ReadonlyMap<string, AppFile>,
): Promise<boolean> {
  const { pathname, search } = new URL(url)
  const bytes = new Uint8Array(await response.arrayBuffer())
  const same = search === '' ? byUrl.get(pathname.slice(1)) : undefined
  // A name with a hash in it: this version has the very file.
  if (same !== undefined) return bytes.byteLength !== same.bytes || (await sha256Hex(bytes)) !== same.sha256
  return !isPlausible(pathname, bytes)
}

/**
 * Whether an earlier version stored something of the app as it must not be, so that it may not even be able
 * to offer this version.
 */
export async function isEarlierAppBroken(files: readonly AppFile[]): Promise<boolean> {
  const byUrl = new Map(files.map((file) => [file.url, file]))
  for (const name of (await caches.keys()).filter(isEarlierCache)) {
    const cache = await caches.open(name)
    for (const request of await cache.keys()) {
      const response = await cache.match(request)
      if (response !== undefined && (await isBroken(request, response, byUrl))) return true
    }
  }
  return false
}

/** Deletes what those versions stored: the app that takes over has all of its own. */
export async function forgetEarlierApp(): Promise<void> {
  for (const name of (await caches.keys()).filter(isEarlierCache)) await caches.delete(name)
}
