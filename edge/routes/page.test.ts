import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createPageFiles } from '../http/page-files.ts'
import { expectError } from '../testing/expect-error.ts'
import { createTestApp } from '../testing/test-app.ts'

const script = 'console.log("a script that is long enough to be worth compressing")\n'.repeat(50)

async function build(pageFolder: string): Promise<void> {
  await mkdir(join(pageFolder, 'assets'), { recursive: true })
  await mkdir(join(pageFolder, 'icons'), { recursive: true })
  const files: [string, string | Uint8Array][] = [
    ['index.html', '<!doctype html><title>CacheNet</title>'],
    ['sw.js', script],
    ['manifest.webmanifest', '{"name":"CacheNet"}'],
    ['assets/main-abc123.js', script],
    ['assets/style-abc123.css', 'body { color: black }\n'.repeat(100)],
    ['assets/engine-abc123.wasm', new Uint8Array(4000)],
    ['icons/icon.png', new Uint8Array(4000)],
  ]
  for (const [name, content] of files) await writeFile(join(pageFolder, name), content)
}

describe('the page', () => {
  it('serves the build: hashed assets for ever, everything else to be asked for again', async () => {
    const { app, pageFolder } = await createTestApp()
    await build(pageFolder)
    const expected = [
      ['/', 'text/html', 'no-cache'],
      ['/index.html', 'text/html', 'no-cache'],
      ['/?bundle=cifar10&cache=2', 'text/html', 'no-cache'],
      ['/sw.js', 'text/javascript', 'no-cache'],
      ['/manifest.webmanifest', 'application/manifest+json', 'no-cache'],
      ['/icons/icon.png', 'image/png', 'no-cache'],
      ['/assets/main-abc123.js', 'text/javascript', 'public, max-age=31536000, immutable'],
      ['/assets/style-abc123.css', 'text/css', 'public, max-age=31536000, immutable'],
      ['/assets/engine-abc123.wasm', 'application/wasm', 'public, max-age=31536000, immutable'],
    ] as const
    for (const [path, type, cacheControl] of expected) {
      const response = await app.request(path)
      expect([path, response.status]).toEqual([path, 200])
      expect(response.headers.get('Content-Type')?.split(';')[0]).toBe(type)
      expect(response.headers.get('Cache-Control')).toBe(cacheControl)
    }
  })

  it.each(['/sw.js', '/assets/main-abc123.js', '/assets/style-abc123.css', '/assets/engine-abc123.wasm'])(
    'compresses %s for whoever can read that',
    async (path) => {
      const { app, pageFolder } = await createTestApp()
      await build(pageFolder)
      const plain = await app.request(path)
      expect(plain.headers.get('Content-Encoding')).toBeNull()
      const packed = await app.request(path, { headers: { 'Accept-Encoding': 'gzip, deflate, br' } })
      expect(packed.headers.get('Content-Encoding')).toBe('gzip')
      expect(packed.headers.get('Vary')).toContain('Accept-Encoding')
      const body = Buffer.from(await packed.arrayBuffer())
      const original = Buffer.from(await plain.arrayBuffer())
      expect(body.length).toBeLessThan(original.length / 2)
      expect(gunzipSync(body)).toEqual(original)
    },
  )

  it('leaves images as they are', async () => {
    const { app, pageFolder } = await createTestApp()
    await build(pageFolder)
    const response = await app.request('/icons/icon.png', { headers: { 'Accept-Encoding': 'gzip' } })
    expect(response.headers.get('Content-Encoding')).toBeNull()
  })

  it.each([{}, { 'Accept-Encoding': 'gzip' }])(
    'answers 304 where the service worker did not change (%o)',
    async (headers: Record<string, string>) => {
      const { app, pageFolder } = await createTestApp()
      await build(pageFolder)
      const etag = (await app.request('/sw.js', { headers })).headers.get('ETag') ?? ''
      expect(etag).not.toBe('')
      const again = await app.request('/sw.js', { headers: { ...headers, 'If-None-Match': etag } })
      expect(again.status).toBe(304)
      expect(again.headers.get('Cache-Control')).toBe('no-cache')
      await writeFile(join(pageFolder, 'sw.js'), `${script}// changed`)
      expect((await app.request('/sw.js', { headers: { ...headers, 'If-None-Match': etag } })).status).toBe(
        200,
      )
    },
  )

  it('compresses a file once, also for many who ask at the same time', async () => {
    const { pageFolder } = await createTestApp()
    await build(pageFolder)
    const files = createPageFiles(pageFolder)
    const [first, ...others] = await Promise.all(
      Array.from({ length: 8 }, () => files('/assets/main-abc123.js')),
    )
    expect(first?.gzipped).toBeDefined()
    for (const other of [...others, await files('/assets/main-abc123.js')]) expect(other).toBe(first)
  })

  it('says what to do while nothing is built, and notices the build without a new start', async () => {
    const { app, pageFolder } = await createTestApp()
    const missing = await app.request('/')
    expect(missing.status).toBe(503)
    expect(missing.headers.get('Retry-After')).toBe('10')
    expect(missing.headers.get('Content-Type')).toContain('text/html')
    expect(await missing.text()).toContain('npm run build')
    await expectError(await app.request('/sw.js'), 'route-unknown')
    await build(pageFolder)
    expect((await app.request('/')).status).toBe(200)
  })

  it('never answers with the page in place of a file that is not there', async () => {
    const { app, pageFolder } = await createTestApp()
    await build(pageFolder)
    for (const path of [
      '/assets/main-old.js',
      '/favicon.ico',
      '/settings',
      '/bundles/sample/manifest.json',
    ]) {
      await expectError(await app.request(path), 'route-unknown')
    }
  })

  it.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/assets/..%5c..%5cx',
    '//etc/passwd',
    '/%00',
    '/%ff',
    `/${'long'.repeat(200)}`,
  ])('never leaves its folder: %s', async (path) => {
    const { app, pageFolder } = await createTestApp()
    await build(pageFolder)
    await writeFile(join(pageFolder, '..', 'package.json'), '{}')
    const response = await app.request(`http://edge${path}`)
    await expectError(response, 'route-unknown')
  })
})
