import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { splitPictures } from '../core/bundle/class-pictures.ts'
import { blobsOf } from '../core/bundle/manifest-blobs.ts'
import { parseManifest } from '../core/bundle/parse-manifest.ts'
import type { Manifest } from '../core/bundle/manifest.ts'
import { sha256Hex } from '../core/bundle/hash.ts'
import type { NetworkSpec } from '../core/network/spec.ts'
import { sampleKey } from '../core/testing/sample-key.ts'
import { checkSignature } from '../core/trust/check-signature.ts'
import { resolveConfig } from './config/resolve-config.ts'
import type { TrainingConfig } from './config/schema.ts'
import { generateWalkers } from './data/walkers.ts'
import { readBundle } from './models/read-bundle.ts'
import { recalibrateBundle } from './recalibrate-bundle.ts'
import { Progress } from './run/progress.ts'
import { RunFolder } from './run/run-folder.ts'
import { smallTraining } from './testing/small-training.ts'
import { trainBundle } from './train-bundle.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-train-'))
})
afterAll(() => rm(folder, { recursive: true }))

const small = resolveConfig('walkers', smallTraining, [])

const signingKey = sampleKey(1)
const signerOf = async (bundle: string): Promise<string | undefined> =>
  (await checkSignature(JSON.parse(await readFile(join(bundle, 'manifest.json'), 'utf8'))))?.publicKey

const silent = (): Progress => new Progress({ write: () => undefined })

// Drawn once: all configs here are of the same people.
const dataset = generateWalkers(small, () => undefined)

interface Told {
  readonly signal: AbortSignal
  readonly isResumed: boolean
  readonly config: TrainingConfig
  readonly progress: Progress
}

async function train(name: string, told: Partial<Told> = {}): Promise<Manifest> {
  const {
    signal = new AbortController().signal,
    isResumed = false,
    config = small,
    progress = silent(),
  } = told
  const run = await RunFolder.open(join(folder, name), { dataset: 'walkers', data: null, config }, isResumed)
  if (name === 'plain')
    for (const file of ['full.bin', 'generalist.bin']) await run.takeCheckpoint(join(folder, 'run'), file)
  const { manifest } = await trainBundle(signal, {
    dataset,
    config,
    run,
    progress,
    bundleId: 'walkers',
    bundleFolder: join(folder, `${name}-bundle`),
    command: 'npm run train -- walkers',
    hasClassPictures: name === 'run',
    signingKey,
  })
  return manifest
}

describe('trainBundle', () => {
  it('writes a bundle that is whole, from a run that was stopped in the middle', async () => {
    const middle = new AbortController()
    const startedAt: number[] = []
    const stoppedAt: number[] = []
    const progress = new Progress({
      write: (text) => {
        startedAt.push(performance.now())
        if (!text.startsWith('generalist')) return
        stoppedAt.push(performance.now())
        middle.abort()
      },
    })
    await expect(train('run', { signal: middle.signal, progress })).rejects.toMatchObject({ code: 'aborted' })
    const elapsed = async (): Promise<number> =>
      Number(await readFile(join(folder, 'run', 'elapsed.json'), 'utf8'))
    const untilStopped = await elapsed()
    expect(untilStopped).toBeGreaterThanOrEqual((stoppedAt[0]! - startedAt[0]!) / 1000)
    const manifest = await train('run', { isResumed: true })
    expect(await elapsed()).toBeGreaterThan(untilStopped)
    expect(manifest.training.elapsedSeconds).toBeGreaterThanOrEqual(Math.floor(untilStopped))

    const bundle = join(folder, 'run-bundle')
    expect(parseManifest(JSON.parse(await readFile(join(bundle, 'manifest.json'), 'utf8')))).toEqual(manifest)
    expect(await signerOf(bundle)).toBe(signingKey.publicKey)
    const files = await readdir(join(bundle, 'blobs'))
    expect(files.sort()).toEqual([...new Set(blobsOf(manifest).map(({ ref }) => `${ref.sha256}.bin`))].sort())
    for (const { ref } of blobsOf(manifest)) {
      const bytes = new Uint8Array(await readFile(join(bundle, 'blobs', `${ref.sha256}.bin`)))
      expect(bytes.byteLength).toBe(ref.bytes)
      expect(await sha256Hex(bytes)).toBe(ref.sha256)
    }
    const { classPictures } = await readBundle(bundle)
    const pictures = splitPictures(classPictures ?? { blob: new Uint8Array(0), lengths: [] })
    expect(pictures).toHaveLength(manifest.classNames.length)
    for (const picture of pictures) expect(await sharp(picture).metadata()).toMatchObject({ format: 'webp' })
    expect(manifest.partitions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6)
    expect(manifest.gate.curve.length).toBeGreaterThan(10)
    expect(await readFile(join(bundle, 'training-summary.txt'), 'utf8')).toContain('npm run train -- walkers')
    // The report of the run that was stopped and resumed has everything, what lives only while the code is
    // trained too.
    const report = await readFile(join(folder, 'run', 'report.html'), 'utf8')
    for (const id of [
      'summary',
      'streams',
      'regions',
      'gate',
      'entropies',
      'reliability',
      'confusion',
      'code',
      'training',
    ])
      expect(report).toContain(`<section id="${id}">`)
    expect(report).toContain('src="data:image/png;base64,')
    expect(report).toContain(manifest.classNames[0])
    expect(report).not.toMatch(/NaN|undefined|Infinity/)
    // The bundle of a run that is finished comes out of its checkpoints alone, and is the same.
    const again = await train('run', { isResumed: true })
    expect(blobsOf(again)).toEqual(blobsOf(manifest))

    // The generalist alone, out of the same networks: no encoder, no partitions, a report all the same.
    const plain = await train('plain', { config: { ...small, partitionCount: 0 } })
    expect(blobsOf(plain).map(({ role }) => role)).toEqual(['full', 'generalist'])
    expect(plain.generalist.whole).toEqual(manifest.generalist.whole)
    expect(plain.gate).toMatchObject({ maxProbes: 0, asksGeneralist: true })
    // It follows the stream too, and asks nobody else.
    // Of streams of places there are none: nobody knows the walkers’ places.
    const drawable = small.gate.localities.filter(({ kind }) => kind !== 'places')
    expect(plain.gate.localities.map(({ maxProbes }) => maxProbes)).toEqual(drawable.map(() => 0))
    const { networks } = await readBundle(join(folder, 'plain-bundle'))
    expect([networks.encoder, networks.partitions]).toEqual([undefined, []])
    expect(await readFile(join(folder, 'plain', 'report.html'), 'utf8')).toContain('no partitions')
    const printed = await readFile(join(folder, 'plain-bundle', 'training-summary.txt'), 'utf8')
    expect(printed).toContain('the generalist alone')
    expect(printed).not.toMatch(/by class|each region/)

    // Calibrated anew for another device: the same weights under a gate of that device, and no setting that
    // would have trained others.
    const request = {
      bundle: join(folder, 'plain-bundle'),
      out: join(folder, 'calibrated'),
      data: undefined,
      command: 'npm run calibrate -- plain',
      progress: silent(),
    }
    await expect(
      recalibrateBundle({ ...request, assignments: ['generalist.optimizer.epochs=9'] }),
    ).rejects.toMatchObject({ code: 'config-invalid' })
    const { manifest: calibrated } = await recalibrateBundle({
      ...request,
      assignments: ['search.device.roundTripMs=500', 'gate.scenePriors=[]'],
    })
    expect(blobsOf(calibrated)).toEqual(blobsOf(plain))
    expect(calibrated.training).toMatchObject({
      command: plain.training.command,
      commit: plain.training.commit,
      calibration: { command: 'npm run calibrate -- plain' },
    })
    expect(calibrated.gate.localities).toEqual([])
    // Pictures of its classes come where they are asked for, and stay.
    const assignments = ['search.device.roundTripMs=500']
    expect((await readBundle(request.out)).classPictures).toBeUndefined()
    await recalibrateBundle({ ...request, assignments, drawsClassPictures: true })
    const drawn = await readBundle(request.out)
    expect(drawn.classPictures?.lengths).toHaveLength(manifest.classNames.length)
    await recalibrateBundle({ ...request, bundle: request.out, assignments })
    expect((await readBundle(request.out)).classPictures).toEqual(drawn.classPictures)
    // Nobody gave it a key.
    expect(await signerOf(request.out)).toBeUndefined()
    expect(await readBundle(request.out)).toMatchObject({ manifest: { id: 'walkers' } })
  }, 600_000)

  it('trains a bundle of the separable family, partitions and deltas among it', async () => {
    const separable = { family: 'separable', width: 0.25, depth: 1 } as const
    const { full, generalist } = small
    const short = { ...small.full.optimizer, epochs: 1 }
    const config: TrainingConfig = {
      ...small,
      // Two threads have trained above; most of a training this small is their start.
      workers: 1,
      full: { ...full, ...separable, optimizer: short },
      generalist: { ...generalist, ...separable, optimizer: short },
      partition: { ...small.partition, optimizer: { ...small.partition.optimizer, epochs: 1 } },
      encoder: { ...small.encoder, epochs: 2 },
      gate: { ...small.gate, localities: small.gate.localities.slice(0, 1) },
    }
    const manifest = await train('separable', { config })
    expect(manifest.schemaVersion).toBe(5)
    const kinds = (spec: NetworkSpec): string[] => spec.layers.map(({ kind }) => kind)
    for (const spec of [manifest.networks.generalist, manifest.networks.partition])
      expect(kinds(spec)).toContain('depthwise')
    expect(manifest.networks.delta?.layers.map(({ name }) => name)).toContain('block1-depthwise')
    expect(manifest.partitions.every(({ delta }) => delta !== undefined)).toBe(true)
    const { networks } = await readBundle(join(folder, 'separable-bundle'))
    expect(networks.generalist.spec).toEqual(manifest.networks.generalist)
  }, 600_000)
})
