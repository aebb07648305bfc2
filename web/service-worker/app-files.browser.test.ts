import { afterEach, describe, expect, it } from 'vitest'
import { sha256Hex } from '../../core/bundle/hash.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { createAppFiles, type AppFile } from './app-files.ts'

const cacheName = 'test-app'

const contents: Readonly<Record<string, string>> = {
  'index.html': '<!doctype html><div id="page"></div>',
  'assets/main-1.js': 'run()',
  'assets/kernels-1.wasm': '\0asm1234',
}
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const files: AppFile[] = await Promise.all(
  Object.entries(contents).map(async ([url, text]) => ({
    url,
    bytes: bytesOf(text).byteLength,
    sha256: await sha256Hex(bytesOf(text)),
  })),
)
const script = files.find(({ url }) => url.endsWith('.js')) as AppFile

type Answer = (right: string, path: string) => Response | Promise<Response>
const right: Answer = (text) =>
  new Response(text, {
    headers: { 'Content-Type': 'text/plain', 'Content-Encoding': 'identity', 'X-Kept': 'yes' },
  })

/** Files behind a network that answers with `answer`, and what was asked of it. */
function open(answer: { now: Answer } = { now: right }) {
  const asked: { readonly path: string; readonly mode: RequestCache | undefined }[] = []
  const app = createAppFiles({
    cacheName,
    files,
    fileLimitMs: 100,
    fetch: async (input, init) => {
      const path = new URL(input as string).pathname.slice(1)
      asked.push({ path, mode: init?.cache })
      return answer.now(contents[path] ?? '', path)
    },
  })
  return { app, asked, answer }
}

const stored = async (): Promise<string[]> => {
  const cache = await caches.open(cacheName)
  return Promise.all((await cache.keys()).map(async (key) => (await cache.match(key))?.text() ?? ''))
}
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (thrown: unknown) => CacheNetError.from(thrown).code,
  )

afterEach(async () => {
  await caches.delete(cacheName)
})

const faults: Readonly<Record<string, Answer>> = {
  'a web page with 200': () =>
    new Response('<!doctype html><title>Maintenance</title>', { headers: { 'Content-Type': 'text/html' } }),
  'cut short': (text) => new Response(text.slice(0, -1)),
  'one byte too long': (text) => new Response(`${text}!`),
  'altered, at the same length': (text) => new Response(`?${text.slice(1)}`),
  empty: () => new Response(''),
  'nothing, with 204': () => new Response(null, { status: 204 }),
  'a part, with 206': (text) => new Response(text, { status: 206 }),
  'a 304 that nobody asked for': () => new Response(null, { status: 304 }),
  'an error': () => new Response('', { status: 503 }),
  'far too large': () => new Response(new Uint8Array(2 ** 20)),
  unreachable: () => Promise.reject(new TypeError('offline')),
  silent: () => new Promise<Response>(() => undefined),
}

describe('installing', () => {
  it('stores every file as it was built, with the type of its name, and asks for none of them twice', async () => {
    const { app, asked } = open()
    await app.install()
    expect((await stored()).sort()).toEqual(Object.values(contents).sort())
    const response = await app.answer(script)
    expect(response.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8')
    expect([response.headers.get('Content-Encoding'), response.headers.get('X-Kept')]).toEqual([null, 'yes'])
    await open().app.install()
    expect(asked).toHaveLength(files.length)
  })

  it.each(Object.keys(faults))(
    'fails where a file comes %s, stores nothing of that, and goes on from there',
    async (name) => {
      const { app, asked, answer } = open({
        now: (text, path) => (path === script.url ? (faults[name] ?? right) : right)(text, path),
      })
      expect(await codeOf(app.install())).not.toBe('none')
      expect((await stored()).sort()).toEqual(
        Object.values(contents)
          .filter((text) => text !== contents[script.url])
          .sort(),
      )
      expect(asked.filter(({ path }) => path === script.url).map(({ mode }) => mode)).toEqual([
        'default',
        'reload',
      ])
      asked.length = 0
      answer.now = right
      await app.install()
      expect(asked.map(({ path }) => path)).toEqual([script.url])
      expect(await stored()).toHaveLength(files.length)
    },
  )

  it('goes past the HTTP cache where that keeps what is wrong', async () => {
    let attempts = 0
    const { app } = open({ now: (text) => right(attempts++ === 0 ? 'wrong' : text, '') })
    await app.install()
    expect((await stored()).sort()).toEqual(Object.values(contents).sort())
  })

  it('mends what an earlier installation left damaged', async () => {
    const { app } = open()
    await app.install()
    const cache = await caches.open(cacheName)
    for (const key of await cache.keys())
      await cache.put(key, new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } }))
    await open().app.install()
    expect((await stored()).sort()).toEqual(Object.values(contents).sort())
  })
})

describe('a file that was damaged where it is stored', () => {
  const damage = async (how: (text: string) => string): Promise<void> => {
    const cache = await caches.open(cacheName)
    for (const key of await cache.keys())
      await cache.put(key, new Response(how((await (await cache.match(key))?.text()) ?? '')))
  }

  it.each([
    ['altered', (text: string) => `?${text.slice(1)}`],
    ['short', (text: string) => text.slice(1)],
    ['empty', () => ''],
  ])('is never handed out, and fetched again: %s', async (_, how) => {
    const { app, asked } = open()
    await app.install()
    asked.length = 0
    await damage(how)
    for (const file of files) expect(await (await app.answer(file)).text()).toBe(contents[file.url])
    expect(asked).toHaveLength(files.length)
    for (const file of files) await app.answer(file)
    expect(asked).toHaveLength(files.length)
  })

  it('is refused with a code while the network brings nothing better', async () => {
    const { app, answer } = open()
    await app.install()
    await caches.delete(cacheName)
    answer.now = (text, path) => (faults['a web page with 200'] ?? right)(text, path)
    expect(await codeOf(app.answer(script))).toBe('edge-answer-invalid')
    expect(await stored()).toEqual([])
    answer.now = right
    expect(await (await app.answer(script)).text()).toBe(contents[script.url])
  })
})

describe('the files of other versions', () => {
  it('go when this one takes over', async () => {
    const { app } = open()
    await app.install()
    const cache = await caches.open(cacheName)
    await cache.put('/assets/main-0.js?sha256=0', new Response('old'))
    await app.forgetOthers()
    expect((await stored()).sort()).toEqual(Object.values(contents).sort())
  })
})
