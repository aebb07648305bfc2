import { rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { blobsOf } from '../../core/bundle/manifest-blobs.ts'
import { sha256Hex } from '../../core/bundle/hash.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import { expectError } from '../testing/expect-error.ts'
import { createTestApp } from '../testing/test-app.ts'

describe('GET blobs', () => {
  it('sends every blob of a bundle, to be kept for ever', async () => {
    const { app, sample } = await createTestApp()
    for (const { ref } of blobsOf(sample.manifest)) {
      const response = await app.request(apiPaths.blob('sample', ref.sha256), {
        headers: { 'Accept-Encoding': 'gzip' },
      })
      expect(response.status).toBe(200)
      expect(response.headers.get('Content-Type')).toBe('application/octet-stream')
      expect(response.headers.get('Content-Encoding')).toBeNull()
      expect(response.headers.get('Cache-Control')).toMatch(/^public, max-age=31536000, immutable/)
      expect(response.headers.get('ETag')).toBe(`"${ref.sha256}"`)
      expect(response.headers.get('Content-Length')).toBe(String(ref.bytes))
      expect(await sha256Hex(new Uint8Array(await response.arrayBuffer()))).toBe(ref.sha256)
    }
  })

  it('answers HEAD, and 304 to whoever has it already', async () => {
    const { app, sample } = await createTestApp()
    const { sha256, bytes } = sample.manifest.generalist.whole
    const head = await app.request(apiPaths.blob('sample', sha256), { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect(head.headers.get('Content-Length')).toBe(String(bytes))
    expect(await head.text()).toBe('')
    const again = await app.request(apiPaths.blob('sample', sha256), {
      headers: { 'If-None-Match': `"${sha256}"` },
    })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
  })

  it('says which of the two is unknown, the blob or the bundle', async () => {
    const { app, sample, own } = await createTestApp()
    await expectError(await app.request(apiPaths.blob('sample', '0'.repeat(64))), 'blob-unknown')
    await expectError(
      await app.request(apiPaths.blob('sample', own.manifest.encoder!.whole.sha256)),
      'blob-unknown',
    )
    await expectError(await app.request(apiPaths.blob('sample', 'manifest')), 'blob-unknown')
    await expectError(
      await app.request(apiPaths.blob('nobody', sample.manifest.full.whole.sha256)),
      'bundle-unknown',
    )
  })

  it('goes on sending what it checked, whatever happens to the files', async () => {
    const { app, bundlesFolder, sample, store } = await createTestApp()
    const { sha256, bytes } = sample.manifest.generalist.whole
    const path = join(bundlesFolder, 'sample', 'blobs', `${sha256}.bin`)
    for (const harm of [
      () => writeFile(path, new Uint8Array(bytes)),
      () => truncate(path, 8),
      () => rm(path),
    ]) {
      await harm()
      await store.refresh()
      const response = await app.request(apiPaths.blob('sample', sha256))
      expect(await sha256Hex(new Uint8Array(await response.arrayBuffer()))).toBe(sha256)
    }
  })

  it('keeps blobs out of shared caches where the edge asks for a token', async () => {
    const token = 'a-token-of-some-length'
    const { app, sample } = await createTestApp(() => ({ access: { token } }))
    const response = await app.request(apiPaths.blob('sample', sample.manifest.generalist.whole.sha256), {
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(response.headers.get('Cache-Control')).toMatch(/^private, max-age=31536000/)
  })
})
