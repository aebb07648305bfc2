import { sha256Hex } from '../../core/bundle/hash.ts'
import { readBounded } from '../../core/client/read-bounded.ts'
import { withTimeLimit } from '../../core/with-time-limit.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

/** A file of the app as the build lists it. */
export interface AppFile {
  /** Below the app's root, without a slash in front. */
  readonly url: string
  readonly bytes: number
  /** Of its content, in hexadecimal digits. */
  readonly sha256: string
}

export interface AppFilesOptions {
  readonly cacheName: string
  readonly files: readonly AppFile[]
  readonly fetch?: typeof globalThis.fetch
  /** How long one file may take, in milliseconds. */
  readonly fileLimitMs?: number
}

/**
 * The app's own files in Cache Storage. Nothing is stored, and nothing handed out, that is not what the build
 * made.
 */
export interface AppFiles {
  /** The file behind an address of this origin; undefined where it is none of these. */
  find(url: URL): AppFile | undefined
  /**
   * Stores what is missing or damaged. Rejects where a file cannot be had as it should be, or not be stored;
   * those that came right stay.
   */
  install(): Promise<void>
  /**
   * The file, from the store or else from the network, which mends the store. Rejects with
   * `edge-unreachable`, `edge-timeout` or `edge-answer-invalid`.
   *
   * @param onMended called where the store did not have the file as it was built, and has it now
   */
  answer(file: AppFile, onMended?: () => void): Promise<Response>
  /** Deletes what belongs to other versions. */
  forgetOthers(): Promise<void>
}

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json',
}

/** About how the bytes came, and not about them. */
const ofTheWay = [
  'Content-Encoding',
  'Content-Length',
  'Transfer-Encoding',
  'Set-Cookie',
  'Content-Range',
  'Age',
]

const simultaneous = 4
/** What is compressed and cannot be may be announced a little longer than it is. */
const slackBytes = 1024

/** The second attempt goes past the HTTP cache: what the browser keeps there may be what is wrong. */
const modes: readonly RequestCache[] = ['default', 'reload']

function damaged({ url }: AppFile, details: Record<string, unknown>): CacheNetError {
  return new CacheNetError(
    'edge-answer-invalid',
    'A file of this app did not come as it was built; it was thrown away. Is this network asking for a login?',
    { file: url, ...details },
  )
}

const notStored = ({ url }: AppFile): CacheNetError =>
  new CacheNetError(
    'cache-unavailable',
    'This browser has no room for the app; it works while there is a network.',
    { file: url },
  )

export function createAppFiles({
  cacheName,
  files,
  fileLimitMs = 60_000,
  ...options
}: AppFilesOptions): AppFiles {
  const fetch: typeof globalThis.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const addressOf = ({ url }: AppFile): string => new URL(url, self.location.origin).href
  /**
   * Under its content's hash: versions of the app share what they have in common, and cannot take one
   * another's for their own.
   */
  const keyOf = (file: AppFile): string => `${addressOf(file)}?sha256=${file.sha256}`
  const mending = new Map<AppFile, Promise<{ response: Response; isStored: boolean }>>()
  const byAddress = new Map(files.map((file) => [addressOf(file), file]))

  async function isFile(bytes: Uint8Array<ArrayBuffer>, file: AppFile): Promise<boolean> {
    return bytes.byteLength === file.bytes && (await sha256Hex(bytes)) === file.sha256
  }

  function responseOf(file: AppFile, bytes: Uint8Array<ArrayBuffer>, received: Headers): Response {
    const headers = new Headers(received)
    for (const name of ofTheWay) headers.delete(name)
    // Whatever a server says: a browser compiles and runs by this.
    const type = types[file.url.split('.').at(-1) ?? '']
    if (type !== undefined) headers.set('Content-Type', type)
    return new Response(bytes, { headers })
  }

  async function download(file: AppFile, cache: RequestCache): Promise<Response> {
    const controller = new AbortController()
    const silence = (): CacheNetError => {
      controller.abort()
      return new CacheNetError('edge-timeout', 'A file of this app did not come in time.', {
        file: file.url,
        limitMs: fileLimitMs,
      })
    }
    const work = async (): Promise<Response> => {
      const response = await fetch(addressOf(file), {
        cache,
        credentials: 'same-origin',
        signal: controller.signal,
      })
      const bytes = await readBounded(response, file.url, file.bytes + slackBytes)
      if (response.status !== 200 || !(await isFile(bytes, file)))
        throw damaged(file, { status: response.status, foundBytes: bytes.byteLength })
      return responseOf(file, bytes, response.headers)
    }
    try {
      return await withTimeLimit(work(), fileLimitMs, silence)
    } catch (thrown) {
      if (thrown instanceof CacheNetError) throw thrown
      throw new CacheNetError(
        'edge-unreachable',
        'A file of this app cannot be fetched now.',
        { file: file.url },
        { cause: thrown },
      )
    }
  }

  /**
   * Downloads and stores, past the browser's HTTP cache the second time: what is kept there may be what is
   * wrong.
   */
  async function fetchRight(file: AppFile): Promise<Response> {
    let last = new CacheNetError('edge-unreachable', 'A file of this app cannot be fetched now.', {
      file: file.url,
    })
    for (const mode of modes) {
      try {
        return await download(file, mode)
      } catch (thrown) {
        last = CacheNetError.from(thrown)
      }
    }
    throw last
  }

  /**
   * The stored response, untouched: a browser keeps compiled code with it. Undefined where it is not what was
   * built.
   */
  async function stored(file: AppFile): Promise<Response | undefined> {
    const cache = await caches.open(cacheName)
    const key = keyOf(file)
    const [checked, untouched] = await Promise.all([cache.match(key), cache.match(key)])
    if (checked === undefined || untouched === undefined) return undefined
    return (await isFile(new Uint8Array(await checked.arrayBuffer()), file)) ? untouched : undefined
  }

  async function downloadAndPut(file: AppFile): Promise<{ response: Response; isStored: boolean }> {
    const response = await fetchRight(file)
    const copy = response.clone()
    try {
      const cache = await caches.open(cacheName)
      await cache.put(keyOf(file), copy)
      return { response, isStored: true }
    } catch {
      // Storage that is full or broken costs the offline start, not the answer.
      return { response, isStored: false }
    }
  }

  /** Puts the file right, once for all who ask meanwhile. */
  async function mend(file: AppFile): Promise<{ response: Response; isStored: boolean }> {
    const earlier = mending.get(file)
    const work = earlier ?? downloadAndPut(file).finally(() => mending.delete(file))
    if (earlier === undefined) mending.set(file, work)
    const { response, isStored } = await work
    return { response: response.clone(), isStored }
  }

  return {
    find: ({ origin, pathname }) => byAddress.get(`${origin}${pathname}`),
    async install() {
      const waiting = [...files]
      let failure: CacheNetError | undefined
      const work = async (): Promise<void> => {
        for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
          try {
            if ((await stored(file)) === undefined && !(await mend(file)).isStored) throw notStored(file)
          } catch (thrown) {
            failure ??= CacheNetError.from(thrown)
          }
        }
      }
      await Promise.all(Array.from({ length: simultaneous }, work))
      if (failure !== undefined) throw failure
    },
    async answer(file, onMended) {
      const found = await stored(file).catch(() => undefined)
      if (found !== undefined) return found
      const { response, isStored } = await mend(file)
      if (isStored) onMended?.()
      return response
    },
    async forgetOthers() {
      const cache = await caches.open(cacheName)
      const own = new Set(files.map(keyOf))
      for (const request of await cache.keys()) if (!own.has(request.url)) await cache.delete(request)
    },
  }
}
