import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blankSquare, writeAugmented } from './augment.ts'
import { loadCifar10 } from './cifar10.ts'
import { imagesByClass, measureInput, splitCount } from './dataset.ts'
import { loadFolder } from './folder.ts'
import { generateWalkers } from './walkers.ts'
import { defaults } from '../config/presets.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-data-'))
})
afterEach(() => rm(folder, { recursive: true }))

const quiet = (): void => undefined
const options = (): { size: number; validationShare: number; cacheFolder: string } => ({ size: 16, validationShare: 0.25, cacheFolder: join(folder, 'cache') })

async function paint(path: string, value: number): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true })
  await sharp({ create: { width: 20, height: 24, channels: 3, background: { r: value, g: 0, b: 255 - value } } }).png().toFile(path)
}

async function paintClasses(top: string, counts: Record<string, number>): Promise<void> {
  for (const [name, count] of Object.entries(counts)) {
    for (let image = 0; image < count; image++) await paint(join(top, name, `${image}.png`), image * 10)
  }
}

describe('loadFolder', () => {
  it('takes sub-folders as classes and the end of each class for validation and test', async () => {
    await paintClasses(join(folder, 'data'), { ants: 10, bees: 20 })
    const { classNames, train, validation, test } = await loadFolder(join(folder, 'data'), options(), quiet)
    expect(classNames).toEqual(['ants', 'bees'])
    expect([splitCount(train), splitCount(validation), splitCount(test)]).toEqual([7 + 14, 2 + 4, 1 + 2])
    // In the order of the names as numbers: the last image is the reddest.
    expect(test.pixels.at(-3)).toBe(190)
    expect(train.pixels[0]).toBe(0)
  })

  it('uses train and test folders where both are there', async () => {
    await paintClasses(join(folder, 'data/train'), { ants: 4, bees: 4 })
    await paintClasses(join(folder, 'data/test'), { ants: 3, bees: 2 })
    const { train, validation, test } = await loadFolder(join(folder, 'data'), options(), quiet)
    expect([splitCount(train), splitCount(validation), splitCount(test)]).toEqual([6, 2, 5])
  })

  it('decodes once: the second time from one file, and again when that file was cut short', async () => {
    await paintClasses(join(folder, 'data'), { ants: 10, bees: 10 })
    let decoded = 0
    const load = (): Promise<unknown> => loadFolder(join(folder, 'data'), options(), () => decoded++)
    await load()
    expect(decoded).toBe(20)
    await load()
    expect(decoded).toBe(20)
    for (const name of await readdir(join(folder, 'cache'))) await truncate(join(folder, 'cache', name), 40)
    await load()
    expect(decoded).toBe(40)
  })

  it('decodes all the same where the cache cannot be written', async () => {
    await paintClasses(join(folder, 'data'), { ants: 10, bees: 10 })
    await writeFile(join(folder, 'file'), '')
    const { train } = await loadFolder(join(folder, 'data'), { ...options(), cacheFolder: join(folder, 'file', 'cache') }, quiet)
    expect(splitCount(train)).toBeGreaterThan(0)
  })

  it.each([
    ['a class that test lacks', async () => { await paintClasses(join(folder, 'data/train'), { ants: 4, bees: 4 }); await paintClasses(join(folder, 'data/test'), { ants: 3 }) }, 'data'],
    ['a folder that is not there', () => Promise.resolve(), 'nowhere'],
    ['one class only', () => paintClasses(join(folder, 'data'), { ants: 4 }), 'data'],
    ['an empty class', async () => { await paintClasses(join(folder, 'data'), { ants: 4, bees: 4 }); await mkdir(join(folder, 'data/cats')) }, 'data'],
    ['an image that cannot be read', async () => { await paintClasses(join(folder, 'data'), { ants: 4, bees: 4 }); await writeFile(join(folder, 'data/ants/x.png'), 'no image') }, 'data'],
  ])('names %s as the trouble', async (_, prepare, name) => {
    await prepare()
    await expect(loadFolder(join(folder, name), options(), quiet)).rejects.toMatchObject({ code: 'dataset-invalid' })
  })
})

describe('loadCifar10', () => {
  /** Records of the homepage's format: a label, then 1,024 bytes of each channel. */
  const records = (count: number): Uint8Array => {
    const bytes = new Uint8Array(count * 3073)
    for (let record = 0; record < count; record++) {
      bytes[record * 3073] = record % 10
      bytes.fill(record, record * 3073 + 1, record * 3073 + 1025)
      bytes.fill(100, record * 3073 + 1025, record * 3073 + 2049)
      bytes.fill(200, record * 3073 + 2049, (record + 1) * 3073)
    }
    return bytes
  }
  const write = async (): Promise<void> => {
    for (let batch = 1; batch <= 5; batch++) await writeFile(join(folder, `data_batch_${batch}.bin`), records(20))
    await writeFile(join(folder, 'test_batch.bin'), records(10))
    await writeFile(join(folder, 'batches.meta.txt'), 'airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n')
  }

  it('reads labels, and planes as interleaved pixels', async () => {
    await write()
    const { classNames, train, validation, test } = await loadCifar10(folder, 0.2)
    expect(classNames[3]).toBe('cat')
    expect([splitCount(train), splitCount(validation), splitCount(test)]).toEqual([80, 20, 10])
    expect(Array.from(test.pixels.subarray(3 * 3072, 3 * 3072 + 6))).toEqual([3, 100, 200, 3, 100, 200])
    expect(imagesByClass(validation, 10).map((images) => images.length)).toEqual(new Array(10).fill(2))
  })

  it('names the file that is missing or cut short', async () => {
    await expect(loadCifar10(folder, 0.2)).rejects.toMatchObject({ code: 'dataset-invalid' })
    await write()
    await truncate(join(folder, 'data_batch_3.bin'), 3073 * 2 + 7)
    await expect(loadCifar10(folder, 0.2)).rejects.toMatchObject({ code: 'dataset-invalid', details: { name: 'data_batch_3.bin' } })
  })
})

describe('generateWalkers', () => {
  it('renders every identity in sessions of its own for each split', () => {
    const walkers = { identities: 3, trainSessions: 2, validationSessions: 1, testSessions: 1, framesPerSession: 4 }
    const { train, validation, test, classNames } = generateWalkers({ ...defaults, walkers, imageSize: 32 }, quiet)
    expect(classNames).toHaveLength(3)
    expect([splitCount(train), splitCount(validation), splitCount(test)]).toEqual([24, 12, 12])
    expect(Array.from(train.labels)).toEqual([0, 1, 2].flatMap((identity) => new Array<number>(8).fill(identity)))
    expect(Buffer.from(test.pixels).equals(Buffer.from(validation.pixels))).toBe(false)
  })

  it('records the sessions of a split frame by frame, the same people as in its images', () => {
    const walkers = { identities: 2, trainSessions: 1, validationSessions: 3, testSessions: 1, framesPerSession: 2 }
    const { recordings, validation } = generateWalkers({ ...defaults, walkers, imageSize: 32 }, quiet)
    const recorded = recordings?.('validation', 8)
    expect(recorded?.labels).toEqual(Int32Array.from({ length: 2 * 3 * 8 }, (_, image) => Math.floor(image / 24)))
    const difference = (a: Uint8Array, b: Uint8Array): number => a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length
    const frameOf = (pixels: Uint8Array, image: number): Uint8Array => pixels.subarray(image * 3072, (image + 1) * 3072)
    const frames = recorded?.pixels ?? new Uint8Array()
    expect(recordings?.('validation', 8, 5).labels).toHaveLength(2 * 5 * 8)
    expect([...(recordings?.('validation', 8, 5).pixels.subarray(0, 3072) ?? [])]).toEqual([...frameOf(frames, 0)])
    // One frame is like the next of its session, more than like the first of the next session; and a session is the one that the images are of.
    expect(difference(frameOf(frames, 0), frameOf(frames, 1))).toBeLessThan(difference(frameOf(frames, 0), frameOf(frames, 8)))
    expect(difference(frameOf(frames, 0), frameOf(validation.pixels, 0))).toBeLessThan(difference(frameOf(frames, 0), frameOf(validation.pixels, 2)))
  })
})

describe('measureInput', () => {
  it('gives mean and deviation of each channel', () => {
    const pixels = new Uint8Array(new SharedArrayBuffer(12))
    pixels.set([0, 51, 255, 0, 51, 255, 255, 51, 0, 255, 51, 0])
    const { mean, std } = measureInput({ pixels, labels: new Int32Array(new SharedArrayBuffer(4)) }, 2)
    expect(mean).toEqual([0.5, 0.2, 0.5].map((value) => expect.closeTo(value, 6) as number))
    expect(std).toEqual([0.5, 0.01, 0.5].map((value) => expect.closeTo(value, 6) as number))
  })
})

it('measures a channel that is the same in all pixels', () => {
  const pixels = new Uint8Array(new SharedArrayBuffer(16 * 16 * 3 * 16)).fill(80)
  expect(measureInput({ pixels, labels: new Int32Array(new SharedArrayBuffer(4 * 16)) }, 16).std).toEqual([0.01, 0.01, 0.01])
})

describe('writeAugmented', () => {
  const input = { width: 3, height: 1, channels: 3 as const, mean: [0, 0, 0] as [number, number, number], std: [1 / 255, 1 / 255, 1 / 255] as [number, number, number] }
  const reds = (shift: { x: number; y: number; isMirrored: boolean }): number[] => {
    const target = new Float32Array(9)
    writeAugmented(Uint8Array.from([10, 0, 0, 20, 0, 0, 30, 0, 0]), 0, input, shift, target, 0)
    return [target[0]!, target[3]!, target[6]!]
  }

  it('shifts with reflected borders and mirrors', () => {
    expect(reds({ x: 0, y: 0, isMirrored: false })).toEqual([10, 20, 30])
    expect(reds({ x: 1, y: 0, isMirrored: false })).toEqual([20, 30, 20])
    expect(reds({ x: -2, y: 0, isMirrored: false })).toEqual([30, 20, 10])
    expect(reds({ x: 0, y: 0, isMirrored: true })).toEqual([30, 20, 10])
  })
})

describe('blankSquare', () => {
  const input = { width: 4, height: 3, channels: 3 as const, mean: [0, 0, 0] as [number, number, number], std: [1, 1, 1] as [number, number, number] }
  const blanked = (left: number, top: number): string => {
    const values = new Float32Array(2 * 36).fill(1)
    blankSquare(values, 36, input, { left, top, side: 2 })
    expect(values.subarray(0, 36).every((value) => value === 1)).toBe(true)
    const reds = [...values.subarray(36)].filter((_, index) => index % 3 === 0)
    return [0, 4, 8].map((row) => reds.slice(row, row + 4).join('')).join(' ')
  }

  it('blanks a square of one image, as far as it lies inside', () => {
    expect(blanked(1, 1)).toBe('1111 1001 1001')
    expect(blanked(-1, -1)).toBe('0111 1111 1111')
    expect(blanked(3, 2)).toBe('1111 1111 1110')
  })
})
