import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createSampleBundle, type SampleBundle } from '../../core/testing/sample-bundle.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { temporaryFolder, writeBundle } from '../testing/bundle-folder.ts'
import { openBundleStore, type BundleStore, type StoreOptions } from './store.ts'

describe('openBundleStore', () => {
  let folder: string
  let sample: SampleBundle
  let logged: string[]
  let prepared: string[]
  let retired: string[]
  let preparing: Promise<void>

  beforeEach(async () => {
    const temporary = await temporaryFolder()
    folder = temporary.folder
    onTestFinished(temporary.remove)
    sample = await createSampleBundle()
    logged = []
    prepared = []
    retired = []
    preparing = Promise.resolve()
  })

  const openStore = (
    defaultBundle?: string,
    limits: Pick<StoreOptions, 'keepReplacedMs' | 'readLimitMs'> = {},
  ): Promise<BundleStore> => {
    const log = pino({ base: null, timestamp: false }, { write: (line: string) => void logged.push(line) })
    return openBundleStore({
      folder,
      defaultBundle,
      log,
      ...limits,
      prepare: async ({ key }) => {
        prepared.push(key)
        await preparing
      },
      retire: ({ key }) => void retired.push(key),
    })
  }
  /** Lines of the log from `warn` upwards. */
  const refusals = (): { code: string; bundle: string; details: { file?: string } }[] =>
    logged
      .map(
        (line) =>
          JSON.parse(line) as { level: number; code: string; bundle: string; details: { file?: string } },
      )
      .filter(({ level }) => level >= 40)
  const blobPath = (bundle: SampleBundle, sha256: string): string =>
    join(folder, bundle.manifest.id, 'blobs', `${sha256}.bin`)
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
      expect(bundle.blob(sha256)).toEqual(bytes)
    }
    expect(refusals()).toEqual([])
  })

  it('opens with what the demo can show where it is there, else with the first, else with what was asked for', async () => {
    await writeBundle(folder, await createSampleBundle({ id: 'zebra' }))
    await writeBundle(folder, await createSampleBundle({ id: 'apple' }))
    expect((await openStore()).defaultBundle).toBe('apple')
    await writeBundle(folder, await createSampleBundle({ id: 'walkers' }))
    const store = await openStore()
    expect(store.defaultBundle).toBe('walkers')
    expect(ids(store)).toEqual(['apple', 'walkers', 'zebra'])
    expect((await openStore('zebra')).defaultBundle).toBe('zebra')
    await writeBundle(folder, await createSampleBundle({ id: 'people' }))
    expect((await openStore()).defaultBundle).toBe('people')
    await expect(openStore('nobody')).rejects.toMatchObject({
      code: 'config-invalid',
      details: { bundles: ['apple', 'people', 'walkers', 'zebra'] },
    })
  })

  const partition = (bundle: SampleBundle): string => bundle.manifest.partitions[1]?.whole.sha256 ?? ''
  const tamperings: [code: string, name: string, tamper: (bundle: SampleBundle) => Promise<void>][] = [
    ['blob-missing', 'a blob that is not there', (bundle) => rm(blobPath(bundle, partition(bundle)))],
    [
      'blob-truncated',
      'a blob that ends early',
      (bundle) => truncate(blobPath(bundle, partition(bundle)), 10),
    ],
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
      (bundle) =>
        writeFile(
          join(folder, bundle.manifest.id, 'manifest.json'),
          JSON.stringify({ ...bundle.manifest, schemaVersion: 7 }),
        ),
    ],
    [
      'blob-truncated',
      'a blob that is far longer than it says',
      (bundle) => truncate(blobPath(bundle, partition(bundle)), 2 ** 40),
    ],
    [
      'blob-missing',
      'a pipe in place of a blob',
      async (bundle) => {
        await rm(blobPath(bundle, partition(bundle)))
        execFileSync('mkfifo', [blobPath(bundle, partition(bundle))])
      },
    ],
    [
      'manifest-invalid',
      'a manifest that ends early',
      (bundle) => truncate(join(folder, bundle.manifest.id, 'manifest.json'), 200),
    ],
    [
      'manifest-invalid',
      'a folder without a manifest',
      (bundle) => rm(join(folder, bundle.manifest.id, 'manifest.json')),
    ],
    [
      'manifest-invalid',
      'a folder of another name',
      (bundle) => rename(join(folder, bundle.manifest.id), join(folder, 'renamed')),
    ],
  ]

  it.each(tamperings)(
    'refuses with %s %s, names it in the log, and serves the others',
    async (code, _name, tamper) => {
      const broken = await createSampleBundle({ id: 'broken', seed: 3 })
      await writeBundle(folder, sample)
      await writeBundle(folder, broken)
      await tamper(broken)
      const store = await openStore()
      expect(ids(store)).toEqual(['sample'])
      expect(() => store.get('broken')).toThrow(expect.objectContaining({ code: 'bundle-unknown' }) as Error)
      expect(refusals()).toHaveLength(1)
      const [entry] = refusals()
      expect(entry?.code).toBe(code)
      expect(['broken', 'renamed']).toContain(entry?.bundle)
      if (code.startsWith('blob-')) expect(entry?.details.file).toBe(`blobs/${partition(broken)}.bin`)
    },
  )

  it.each(tamperings)(
    'goes on serving the version before where the new one is refused with %s: %s',
    async (code, _name, tamper) => {
      await writeBundle(folder, sample)
      const store = await openStore()
      const before = store.get('sample')
      await writeBundle(folder, await createSampleBundle({ seed: 5 }))
      await tamper(await createSampleBundle({ seed: 5 }))
      await store.refresh()
      await store.refresh()
      expect(store.get('sample')).toBe(before)
      for (const [sha256, bytes] of sample.blobs) expect(store.get('sample').blob(sha256)).toEqual(bytes)
      // Refused once, and not with every look.
      expect(refusals()).toEqual([expect.objectContaining({ code })])
    },
  )

  it('publishes a new version and a new bundle without a restart, once they are prepared', async () => {
    await writeBundle(folder, sample)
    const store = await openStore()
    const before = store.get('sample')
    await writeBundle(folder, await createSampleBundle({ seed: 5 }))
    await writeBundle(folder, await createSampleBundle({ seed: 6, id: 'second' }))
    let release = (): void => undefined
    preparing = new Promise((resolve) => (release = resolve))
    const refreshed = store.refresh()
    await expect.poll(() => prepared.length, { timeout: 20_000 }).toBe(2)
    expect(ids(store)).toEqual(['sample'])
    expect(store.get('sample')).toBe(before)
    release()
    await refreshed
    expect(ids(store)).toEqual(['sample', 'second'])
    expect(store.get('sample').manifest.training.seed).toBe(5)
    expect(retired).toEqual([before.key])
    expect(prepared).toEqual([before.key, store.get('sample').key, store.get('second').key])
  })

  it('refuses a version that the engine refuses, and tries the repaired one', async () => {
    await writeBundle(folder, sample)
    const store = await openStore()
    await writeBundle(folder, await createSampleBundle({ seed: 5 }))
    preparing = Promise.reject(new CacheNetError('engine-failed', 'no'))
    preparing.catch(() => undefined)
    await store.refresh()
    expect(store.get('sample').manifest.training.seed).toBe(1)
    expect(refusals()).toEqual([expect.objectContaining({ code: 'engine-failed', bundle: 'sample' })])
    preparing = Promise.resolve()
    await writeBundle(folder, await createSampleBundle({ seed: 6 }))
    await store.refresh()
    expect(store.get('sample').manifest.training.seed).toBe(6)
  })

  it('refuses weights that are no finite numbers, whatever network they belong to', async () => {
    const { manifest, blobs } = sample
    const [first] = manifest.partitions
    const bytes = blobs.get(first?.whole.sha256 ?? '')?.slice() ?? expect.fail('no blob')
    // Infinity as a half float.
    bytes.set([0x00, 0xfc], 10)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const partitions = manifest.partitions.map((entry) =>
      entry === first ? { ...entry, whole: { ...entry.whole, sha256 } } : entry,
    )
    await writeBundle(folder, await createSampleBundle({ id: 'second' }))
    await writeBundle(folder, {
      manifest: { ...manifest, partitions },
      blobs: new Map([...blobs, [sha256, bytes]]),
    })
    expect(ids(await openStore())).toEqual(['second'])
    expect(refusals()).toEqual([
      expect.objectContaining({
        code: 'weights-not-finite',
        details: { file: `blobs/${sha256}.bin`, value: 5 },
      }),
    ])
  })

  it('keeps the blobs of a version that was replaced for a while', async () => {
    await writeBundle(folder, sample)
    const store = await openStore(undefined, { keepReplacedMs: 60_000 })
    const unknown = expect.objectContaining({ code: 'blob-unknown' }) as Error
    const first = sample.manifest.generalist.whole.sha256
    const versions = [
      await createSampleBundle({ seed: 5 }),
      await createSampleBundle({ seed: 6 }),
      await createSampleBundle({ seed: 7 }),
    ]
    for (const [index, version] of versions.entries()) {
      await writeBundle(folder, version)
      await store.refresh()
      for (const { manifest } of versions.slice(0, index + 1))
        expect(store.blob('sample', manifest.generalist.whole.sha256)).toHaveLength(
          manifest.generalist.whole.bytes,
        )
      // Two versions are kept, and not more.
      if (index < 2) expect(store.blob('sample', first)).toEqual(sample.blobs.get(first))
      else expect(() => store.blob('sample', first)).toThrow(unknown)
    }
    const hasty = await openStore(undefined, { keepReplacedMs: -1 })
    await writeBundle(folder, sample)
    await hasty.refresh()
    expect(() => hasty.blob('sample', versions[2]?.manifest.generalist.whole.sha256 ?? '')).toThrow(unknown)
  })

  it('tries again what was refused for no fault of its own, and says so once', async () => {
    await writeBundle(folder, sample)
    const store = await openStore()
    await writeBundle(folder, await createSampleBundle({ seed: 5 }))
    preparing = Promise.reject(new CacheNetError('worker-crashed', 'no memory just now'))
    preparing.catch(() => undefined)
    await store.refresh()
    await store.refresh()
    expect(store.get('sample').manifest.training.seed).toBe(1)
    expect(refusals()).toEqual([expect.objectContaining({ code: 'worker-crashed', bundle: 'sample' })])
    preparing = Promise.resolve()
    await store.refresh()
    expect(store.get('sample').manifest.training.seed).toBe(5)
  })

  it('takes away what is gone for good, and not what is only being replaced, nor the last', async () => {
    await writeBundle(folder, sample)
    const second = await writeBundle(folder, await createSampleBundle({ id: 'second' }))
    const store = await openStore()
    await rename(second, join(folder, '.second'))
    await store.refresh()
    expect(ids(store)).toEqual(['sample', 'second'])
    await rename(join(folder, '.second'), second)
    await store.refresh()
    await rm(second, { recursive: true })
    await store.refresh()
    await store.refresh()
    expect(ids(store)).toEqual(['sample'])
    await rm(join(folder, 'sample'), { recursive: true })
    for (let turn = 0; turn < 4; turn++) await store.refresh()
    expect(ids(store)).toEqual(['sample'])
    await rm(folder, { recursive: true })
    await store.refresh()
    expect(ids(store)).toEqual(['sample'])
  })

  it('knows no blob that the manifest does not name', async () => {
    await writeBundle(folder, sample)
    const bundle = (await openStore()).get('sample')
    expect(() => bundle.blob('0'.repeat(64))).toThrow(
      expect.objectContaining({ code: 'blob-unknown' }) as Error,
    )
  })

  it('passes over files and half-written bundles', async () => {
    await writeBundle(folder, sample)
    await writeFile(join(folder, 'README.md'), 'hello')
    await rename(
      await writeBundle(folder, await createSampleBundle({ id: 'half' })),
      join(folder, '.half.tmp'),
    )
    expect(ids(await openStore())).toEqual(['sample'])
    expect(refusals()).toEqual([])
  })

  it('says what to do where no bundle is left, and where there is no folder', async () => {
    await expect(openStore()).rejects.toMatchObject({ code: 'config-invalid' })
    await rm(folder, { recursive: true })
    await expect(openStore()).rejects.toMatchObject({ code: 'config-invalid', details: { folder } })
  })
})
