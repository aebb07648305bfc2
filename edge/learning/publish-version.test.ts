import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import { sampleKey } from '../../core/testing/sample-key.ts'
import { checkSignature } from '../../core/trust/check-signature.ts'
import type { EncodedManifest } from '../../core/places/learned-bundle.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { openBundleStore, type BundleStore } from '../bundles/store.ts'
import { temporaryFolder, writeBundle } from '../testing/bundle-folder.ts'
import { encodedOf, publishVersion, whyNotPublished } from './publish-version.ts'

const key = sampleKey(1)
const next = ({ manifest, encoder }: EncodedManifest): EncodedManifest => ({
  encoder,
  manifest: { ...manifest, createdAt: '2026-11-30T00:00:00.000Z' },
})
const none = new Map<string, Uint8Array<ArrayBuffer>>()

describe('publishVersion', () => {
  let folder: string
  let isRefusing: boolean

  beforeEach(async () => {
    const temporary = await temporaryFolder()
    ;({ folder } = temporary)
    isRefusing = false
    onTestFinished(temporary.remove)
  })

  async function open(signed?: typeof key): Promise<BundleStore> {
    const signing = signed === undefined ? undefined : { key: signed, atMs: 1000 }
    await writeBundle(folder, await createSampleBundle(), signing)
    return openBundleStore({
      folder,
      log: pino({ level: 'silent' }),
      prepare: () =>
        isRefusing ? Promise.reject(new CacheNetError('bundle-too-heavy', 'no')) : Promise.resolve(),
    })
  }
  const publish = async (store: BundleStore, signing?: typeof key): Promise<string> => {
    const bundle = store.get('sample')
    const publishing = { store, bundlesFolder: folder, key: signing }
    return publishVersion(publishing, bundle, next(encodedOf(bundle)), none).then(
      () => 'published',
      (thrown: unknown) => CacheNetError.from(thrown).code,
    )
  }
  const manifestText = (): Promise<string> => readFile(join(folder, 'sample', 'manifest.json'), 'utf8')

  it('is served at once, leaves nothing half written, and keeps the blobs', async () => {
    const store = await open()
    const blobs = await readdir(join(folder, 'sample', 'blobs'))
    expect(await publish(store)).toBe('published')
    expect(store.get('sample').manifest.createdAt).toBe('2026-11-30T00:00:00.000Z')
    expect(await readdir(join(folder, 'sample', 'blobs'))).toEqual(blobs)
    expect((await readdir(join(folder, 'sample'))).sort()).toEqual(['blobs', 'manifest.json'])
  })

  it('signs with the key of the bundle, as a newer revision', async () => {
    const store = await open(key)
    expect(await publish(store, key)).toBe('published')
    const signer = await checkSignature(JSON.parse(await manifestText()))
    expect(signer?.publicKey).toBe(key.publicKey)
    expect(signer?.revision).toBeGreaterThan(1)
  })

  it.each([undefined, sampleKey(2)])('refuses to publish what another key signed', async (wrong) => {
    const store = await open(key)
    const before = await manifestText()
    expect(whyNotPublished(store.get('sample'), wrong)).toContain('--learn-key')
    expect(await publish(store, wrong)).toBe('config-invalid')
    expect(await manifestText()).toBe(before)
  })

  it('gives way to whoever replaced the bundle meanwhile', async () => {
    const store = await open()
    const text = (await manifestText()).replace('Random weights', 'Other weights')
    await writeFile(join(folder, 'sample', 'manifest.json'), text)
    expect(await publish(store)).toBe('bundle-changed')
    expect(await manifestText()).toBe(text)
  })

  it('puts the version before back where the store refuses the new one', async () => {
    const store = await open()
    const before = await manifestText()
    isRefusing = true
    expect(await publish(store)).toBe('bundle-unreadable')
    expect(await manifestText()).toBe(before)
    isRefusing = false
    await store.refresh()
    expect(store.get('sample').manifest.createdAt).not.toBe('2026-11-30T00:00:00.000Z')
  })
})
