import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import { apiPaths, bundleListSchema } from '../../core/wire/frames.ts'
import { expectError } from '../testing/expect-error.ts'
import { createTestApp } from '../testing/test-app.ts'

describe('GET bundles', () => {
  it('lists what there is, and what to open with', async () => {
    const { app, sample } = await createTestApp()
    const response = await app.request(apiPaths.bundles)
    expect(response.status).toBe(200)
    expect(response.headers.get('Cache-Control')).toBe('no-cache')
    const list = bundleListSchema.parse(await response.json())
    const start = sample.manifest.generalist.whole.bytes
    const [{ whole: { bytes: each } } = { whole: { bytes: 0 } }] = sample.manifest.partitions
    expect(list).toEqual({
      defaultBundle: 'sample',
      bundles: [
        {
          id: 'alone',
          description: 'Random weights for tests.',
          classes: 4,
          partitions: 0,
          bytes: { start, all: start },
        },
        {
          id: 'own',
          description: sample.manifest.dataset.description,
          classes: 4,
          partitions: 5,
          bytes: { start, all: start + 5 * each },
        },
        {
          id: 'sample',
          description: sample.manifest.dataset.description,
          classes: 4,
          partitions: 4,
          bytes: { start, all: start + 4 * each },
        },
      ],
    })
  })
})

describe('GET manifest.json', () => {
  it('sends the file byte for byte, under a strong ETag, and asks to be asked again', async () => {
    const { app, bundlesFolder, sample } = await createTestApp()
    const response = await app.request(apiPaths.manifest('sample'))
    expect(response.status).toBe(200)
    expect(response.headers.get('Content-Type')).toBe('application/json')
    expect(response.headers.get('Cache-Control')).toBe('no-cache')
    expect(response.headers.get('ETag')).toMatch(/^"[0-9a-f]{64}"$/)
    const body = Buffer.from(await response.arrayBuffer())
    expect(body).toEqual(await readFile(join(bundlesFolder, 'sample', 'manifest.json')))
    expect(parseManifest(JSON.parse(body.toString()))).toEqual(sample.manifest)
  })

  it('answers 304 to whoever has it already, and the whole to whoever has another', async () => {
    const { app } = await createTestApp()
    const etag = (await app.request(apiPaths.manifest('sample'))).headers.get('ETag') ?? ''
    const again = await app.request(apiPaths.manifest('sample'), { headers: { 'If-None-Match': etag } })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
    expect(again.headers.get('ETag')).toBe(etag)
    expect(again.headers.get('Cache-Control')).toBe('no-cache')
    const other = await app.request(apiPaths.manifest('own'), { headers: { 'If-None-Match': etag } })
    expect(other.status).toBe(200)
  })

  it('answers HEAD without a body', async () => {
    const { app } = await createTestApp()
    const response = await app.request(apiPaths.manifest('sample'), { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(Number(response.headers.get('Content-Length'))).toBeGreaterThan(100)
    expect(await response.text()).toBe('')
  })

  it.each(['nobody', '..', '%2e%2e%2fetc', 'SAMPLE'])('knows no bundle %s', async (id) => {
    const { app } = await createTestApp()
    const response = await app.request(apiPaths.manifest(id))
    await expectError(response, id === '..' ? 'route-unknown' : 'bundle-unknown')
  })
})
