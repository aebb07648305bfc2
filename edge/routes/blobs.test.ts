import { rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { blobsOf } from '../../core/bundle/manifest.ts'
import { sha256Hex } from '../../core/bundle/hash.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import { expectError } from '../testing/expect-error.ts'
import { createTestApp } from '../testing/test-app.ts'

describe('GET blobs', () => {
  it('sends every blob of a bundle, to be kept for ever', async () => {
    const { app, sample } = await createTestApp()
    for (const { ref } of blobsOf(sample.manifest)) {
      const response = await app.request(apiPaths.blob('sample', ref.sha256), { headers: { 'Accept-Encoding': 'gzip' } })
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
    const again = await app.request(apiPaths.blob('sample', sha256), { headers: { 'If-None-Match': `"${sha256}"` } })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
  })

  it('says which of the two is unknown, the blob or the bundle', async () => {
    const { app, sample, own } = await createTestApp()
    await expectError(await app.request(apiPaths.blob('sample', '0'.repeat(64))), 'blob-unknown')
    await expectError(await app.request(apiPaths.blob('sample', own.manifest.encoder!.whole.sha256)), 'blob-unknown')
    await expectError(await app.request(apiPaths.blob('sample', 'manifest')), 'blob-unknown')
    await expectError(await app.request(apiPaths.blob('nobody', sample.manifest.full.whole.sha256)), 'bundle-unknown')
  })

  it('never sends a file that is not what its name says', async () => {
    const { app, bundlesFolder, sample } = await createTestApp()
    const { sha256, bytes } = sample.manifest.generalist.whole
    const path = join(bundlesFolder, 'sample', 'blobs', `${sha256}.bin`)
    await writeFile(path, new Uint8Array(bytes))
    await expectError(await app.request(apiPaths.blob('sample', sha256)), 'blob-altered')
    await truncate(path, 8)
    const error = await expectError(await app.request(apiPaths.blob('sample', sha256)), 'blob-truncated')
    expect(JSON.stringify(error)).not.toContain(bundlesFolder)
    await rm(path)
    await expectError(await app.request(apiPaths.blob('sample', sha256)), 'blob-missing')
    expect((await app.request(apiPaths.blob('sample', sample.manifest.full.whole.sha256))).status).toBe(200)
  })
})
