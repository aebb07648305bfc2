import { createHash } from 'node:crypto'
import { readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../../core/testing/sample-bundle.ts'
import { temporaryFolder, writeBundle } from '../testing/bundle-folder.ts'
import { openBundleStore, type BundleStore } from './store.ts'

describe('openBundleStore', () => {
  let folder: string
  let sample: SampleBundle
  let logged: string[]

  beforeEach(async () => {
    const temporary = await temporaryFolder()
    folder = temporary.folder
    onTestFinished(temporary.remove)
    sample = await createSampleBundle()
    logged = []
  })

  const openStore = (defaultBundle?: string): Promise<BundleStore> => {
    const log = pino({ base: null, timestamp: false }, { write: (line: string) => void logged.push(line) })
    return openBundleStore({ folder, defaultBundle, log })
  }
  const blobPath = (bundle: SampleBundle, sha256: string): string => join(folder, bundle.manifest.id, 'blobs', `${sha256}.bin`)
  const ids = (store: BundleStore): string[] => store.bundles.map(({ manifest }) => manifest.id)

  it('serves what is whole, byte for byte', async () => {
    await writeBundle(folder, sample)
    const store = await openStore()
    const bundle = store.get('sample')
    expect(bundle.manifest).toEqual(sample.manifest)
    const onDisk = await readFile(join(folder, 'sample', 'manifest.json'))
    expect(Buffer.from(bundle.manifestBytes)).toEqual(onDisk)
    expect(bundle.manifestEtag).toBe(`"${createHash('sha256').update(onDisk).digest('hex')}"`)
    for (const [sha256, bytes] of sample.blobs) {
      expect(await bundle.readBlob(sha256)).toEqual(bytes)
      const { file, bytes: length } = await bundle.openBlob(sha256)
      expect(new Uint8Array(await file.readFile())).toEqual(bytes)
      expect(length).toBe(bytes.byteLength)
      await file.close()
    }
    expect(logged).toEqual([])
  })

  it('opens with walkers where it is there, else with the first, else with what was asked for', async () => {
    await writeBundle(folder, await createSampleBundle({ id: 'zebra' }))
    await writeBundle(folder, await createSampleBundle({ id: 'apple' }))
    expect((await openStore()).defaultBundle).toBe('apple')
    await writeBundle(folder, await createSampleBundle({ id: 'walkers' }))
    const store = await openStore()
    expect(store.defaultBundle).toBe('walkers')
    expect(ids(store)).toEqual(['apple', 'walkers', 'zebra'])
    expect((await openStore('zebra')).defaultBundle).toBe('zebra')
    await expect(openStore('nobody')).rejects.toMatchObject({ code: 'config-invalid', details: { bundles: ['apple', 'walkers', 'zebra'] } })
  })

  const partition = (bundle: SampleBundle): string => bundle.manifest.partitions[1]?.whole.sha256 ?? ''
  const tamperings: [code: string, name: string, tamper: (bundle: SampleBundle) => Promise<void>][] = [
    ['blob-missing', 'a blob that is not there', (bundle) => rm(blobPath(bundle, partition(bundle)))],
    ['blob-truncated', 'a blob that ends early', (bundle) => truncate(blobPath(bundle, partition(bundle)), 10)],
    [
      'blob-altered',
      'a blob of the right length with one other bit',
      async (bundle) => {
        const path = blobPath(bundle, partition(bundle))
        const bytes = await readFile(path)
        bytes.writeUInt8(bytes.readUInt8(7) ^ 1, 7)
        await writeFile(path, bytes)
      },
    ],
    [
      'manifest-version-unsupported',
      'a manifest of another schema version',
      (bundle) => writeFile(join(folder, bundle.manifest.id, 'manifest.json'), JSON.stringify({ ...bundle.manifest, schemaVersion: 7 })),
    ],
    ['manifest-invalid', 'a manifest that ends early', (bundle) => truncate(join(folder, bundle.manifest.id, 'manifest.json'), 200)],
    ['manifest-invalid', 'a folder without a manifest', (bundle) => rm(join(folder, bundle.manifest.id, 'manifest.json'))],
    ['manifest-invalid', 'a folder of another name', (bundle) => rename(join(folder, bundle.manifest.id), join(folder, 'renamed'))],
  ]

  it.each(tamperings)('refuses with %s %s, names it in the log, and serves the others', async (code, _name, tamper) => {
    const broken = await createSampleBundle({ id: 'broken', seed: 3 })
    await writeBundle(folder, sample)
    await writeBundle(folder, broken)
    await tamper(broken)
    const store = await openStore()
    expect(ids(store)).toEqual(['sample'])
    expect(() => store.get('broken')).toThrow(expect.objectContaining({ code: 'bundle-unknown' }) as Error)
    expect(logged).toHaveLength(1)
    const entry = JSON.parse(logged[0] ?? '') as { code: string; bundle: string; details: { file?: string } }
    expect(entry.code).toBe(code)
    expect(['broken', 'renamed']).toContain(entry.bundle)
    if (code.startsWith('blob-')) expect(entry.details.file).toBe(`blobs/${partition(broken)}.bin`)
  })

  it.each(tamperings.slice(0, 3))('notices with %s, while it is running, %s', async (code, _name, tamper) => {
    await writeBundle(folder, sample)
    const bundle = (await openStore()).get('sample')
    await tamper(sample)
    await expect(bundle.openBlob(partition(sample))).rejects.toMatchObject({ code })
    await expect(bundle.openBlob(partition(sample))).rejects.toMatchObject({ code })
    const other = await bundle.openBlob(sample.manifest.full.whole.sha256)
    await other.file.close()
  })

  it('goes on serving a file that was written again with the same content', async () => {
    await writeBundle(folder, sample)
    const bundle = (await openStore()).get('sample')
    await rm(blobPath(sample, partition(sample)))
    await writeBundle(folder, sample)
    const { file } = await bundle.openBlob(partition(sample))
    expect(new Uint8Array(await file.readFile())).toEqual(sample.blobs.get(partition(sample)))
    await file.close()
  })

  it('knows no blob that the manifest does not name', async () => {
    await writeBundle(folder, sample)
    await expect((await openStore()).get('sample').openBlob('0'.repeat(64))).rejects.toMatchObject({ code: 'blob-unknown' })
  })

  it('passes over files and half-written bundles', async () => {
    await writeBundle(folder, sample)
    await writeFile(join(folder, 'README.md'), 'hello')
    await rename(await writeBundle(folder, await createSampleBundle({ id: 'half' })), join(folder, '.half.tmp'))
    expect(ids(await openStore())).toEqual(['sample'])
    expect(logged).toEqual([])
  })

  it('says what to do where no bundle is left, and where there is no folder', async () => {
    await expect(openStore()).rejects.toMatchObject({ code: 'config-invalid' })
    await rm(folder, { recursive: true })
    await expect(openStore()).rejects.toMatchObject({ code: 'config-invalid', details: { folder } })
  })
})
