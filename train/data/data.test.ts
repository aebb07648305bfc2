import {
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blankSquare, mixImages, writeAugmented, type Look } from './augment.ts'
import { loadCifar10 } from './cifar10.ts'
import { imagesByClass, measureInput, splitCount } from './dataset.ts'
import { loadFolder } from './folder.ts'
import { generateWalkers } from './walkers.ts'
import { defaults } from '../config/defaults.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cachenet-data-'))
})
afterEach(() => rm(folder, { recursive: true }))

const quiet = (): void => undefined
const options = (): { size: number; validationShare: number; cacheFolder: string } => ({
  size: 16,
  validationShare: 0.25,
  cacheFolder: join(folder, 'cache'),
})

async function paint(path: string, value: number): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true })
  await sharp({
    create: { width: 20, height: 24, channels: 3, background: { r: value, g: 0, b: 255 - value } },
  })
    .png()
    .toFile(path)
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
    const { train } = await loadFolder(
      join(folder, 'data'),
      { ...options(), cacheFolder: join(folder, 'file', 'cache') },
      quiet,
    )
    expect(splitCount(train)).toBeGreaterThan(0)
  })

  it.each([
    ['train', 'val', 'test'],
    ['Training', 'Validation', 'TEST'],
  ])('uses %s, %s and %s, each for what it is', async (train, validation, test) => {
    await paintClasses(join(folder, 'data', train), { ants: 4, bees: 4 })
    await paintClasses(join(folder, 'data', validation), { ants: 2, bees: 3 })
    await paintClasses(join(folder, 'data', test), { ants: 1, bees: 1 })
    const data = await loadFolder(join(folder, 'data'), options(), quiet)
    expect(data.classNames).toEqual(['ants', 'bees'])
    expect([data.train, data.validation, data.test].map(splitCount)).toEqual([8, 5, 2])
  })

  it('uses val for choices and puts a tenth aside for the test where there is no other folder', async () => {
    await paintClasses(join(folder, 'data/train'), { ants: 10, bees: 10 })
    await paintClasses(join(folder, 'data/val'), { ants: 3, bees: 3 })
    const data = await loadFolder(join(folder, 'data'), options(), quiet)
    expect([data.train, data.validation, data.test].map(splitCount)).toEqual([18, 6, 2])
  })

  it('follows links to folders of splits, folders of classes and images, and goes round no circle', async () => {
    await paintClasses(join(folder, 'elsewhere/train'), { ants: 4, bees: 4 })
    await paintClasses(join(folder, 'elsewhere'), { more: 3 })
    await mkdir(join(folder, 'data'))
    await symlink(join(folder, 'elsewhere/train'), join(folder, 'data/train'))
    await mkdir(join(folder, 'data/test/bees'), { recursive: true })
    await symlink('../../elsewhere/more', join(folder, 'data/test/ants'))
    await symlink(join(folder, 'elsewhere/more/0.png'), join(folder, 'data/test/bees/1.png'))
    await symlink('..', join(folder, 'data/test/bees/round'))
    await symlink('nowhere.png', join(folder, 'data/test/bees/lost.png'))
    const lines: string[] = []
    const data = await loadFolder(
      join(folder, 'data'),
      { ...options(), onLeftOut: (line) => lines.push(line) },
      quiet,
    )
    expect([data.train, data.validation].map(splitCount)).toEqual([6, 2])
    expect(data.test.labels.filter((label) => label === 0)).toHaveLength(3)
    expect(lines).toEqual([expect.stringContaining('1 link that leads nowhere (test/bees/lost.png)')])
  })

  it('says in one line what is left out, and leaves it out', async () => {
    const top = join(folder, 'data')
    await paintClasses(join(top, 'train'), { ants: 4, bees: 4 })
    await paintClasses(join(top, 'test'), { ants: 2, bees: 2, cats: 6 })
    await paintClasses(join(top, 'train/ants'), { '.ipynb_checkpoints': 1, '@eaDir': 2 })
    await paint(join(top, 'loose.png'), 9)
    await writeFile(join(top, 'train/ants/._0.png'), 'a resource fork')
    await writeFile(join(top, 'train/ants/notes.txt'), 'notes')
    await writeFile(join(top, 'train/ants/scan.bmp'), 'BM')
    await writeFile(join(top, 'train/bees/IMG_1.HEIC'), '')
    // A messenger renamed it; what is in it is still HEIC.
    await writeFile(join(top, 'train/bees/IMG_2.jpg'), '\0\0\0\u0018ftypheic\0\0\0\0mif1heic')
    const lines: string[] = []
    const { train, validation, test } = await loadFolder(
      top,
      { ...options(), onLeftOut: (line) => lines.push(line) },
      quiet,
    )
    expect([train, validation, test].map(splitCount)).toEqual([6, 2, 4])
    expect(lines).toHaveLength(1)
    for (const part of [
      '1 image outside the class folders (loose.png)',
      '6 images of classes that there are no training images of (test/cats/0.png',
      '4 images that programs keep for themselves',
      '1 file that is no image (train/ants/notes.txt)',
      '1 image in a format that is not read (train/ants/scan.bmp)',
      '2 images in HEIC (train/bees/IMG_1.HEIC, train/bees/IMG_2.jpg). Save it as JPEG',
    ]) {
      expect(lines[0]).toContain(part)
    }
  })

  it('names HEIC and what to do where a class has nothing else', async () => {
    await paintClasses(join(folder, 'data'), { ants: 4, bees: 4 })
    await mkdir(join(folder, 'data/cats'))
    await writeFile(join(folder, 'data/cats/1.HEIC'), '')
    const message = expect.stringMatching(/cats.*HEIC.*Save it as JPEG/) as string
    await expect(loadFolder(join(folder, 'data'), options(), quiet)).rejects.toMatchObject({
      code: 'dataset-invalid',
      message,
    })
  })

  it('knows images by what is in them, under every usual name or none', async () => {
    await paintClasses(join(folder, 'data'), { ants: 6, bees: 6 })
    for (const [index, name] of ['1000001234', 'a.jfif', 'b.jpe', 'photo.download'].entries())
      await rename(join(folder, `data/ants/${index}.png`), join(folder, 'data/ants', name))
    await sharp({ create: { width: 20, height: 20, channels: 3, background: '#888' } })
      .avif()
      .toFile(join(folder, 'data/ants/c.avif'))
    const { train, validation, test } = await loadFolder(join(folder, 'data'), options(), quiet)
    expect(
      [train, validation, test].flatMap(({ labels }) => [...labels]).filter((label) => label === 0),
    ).toHaveLength(7)
  })

  it('has one order of classes that look alike, and composes the letters of their names', async () => {
    const names = ['01', '1', '001', 'cafe\u0301', 'caf\u00e9']
    await paintClasses(join(folder, 'data'), Object.fromEntries(names.map((name) => [name, 4])))
    const { classNames, train } = await loadFolder(join(folder, 'data'), options(), quiet)
    expect(classNames).toEqual(['001', '01', '1', 'caf\u00e9'])
    // Two folders of one name are one class: of its 8 images one is for the test and two for choices.
    expect(imagesByClass(train, 4)[3]).toHaveLength(5)
  })

  it.each(['png', 'jpeg', 'webp'] as const)(
    'gives the pixels of a small %s file as any decoder does, where it has the size of the networks already',
    async (format) => {
      await paintClasses(join(folder, 'data'), { bees: 4 })
      await mkdir(join(folder, 'data/ants'))
      const noise = Uint8Array.from({ length: 32 * 32 * 3 }, (_, index) => (index * 7919) % 256)
      const file = await sharp(noise, { raw: { width: 32, height: 32, channels: 3 } })
        .toFormat(format)
        .toBuffer()
      for (const name of ['1', '2', '3', '4'])
        await writeFile(join(folder, 'data/ants', `${name}.${format}`), file)
      const { train } = await loadFolder(join(folder, 'data'), { ...options(), size: 32 }, quiet)
      expect(
        Buffer.from(train.pixels.subarray(0, 32 * 32 * 3)).equals(await sharp(file).raw().toBuffer()),
      ).toBe(true)
    },
  )

  it('tells two folders apart whose names, sizes and times are the same', async () => {
    const load = async (value: number, name: string): Promise<Awaited<ReturnType<typeof loadFolder>>> => {
      for (const path of [
        'ants/1.png',
        'ants/2.png',
        'ants/3.png',
        'bees/1.png',
        'bees/2.png',
        'bees/3.png',
      ].map((file) => join(folder, name, file))) {
        await mkdir(join(path, '..'), { recursive: true })
        await sharp({
          create: { width: 16, height: 16, channels: 3, background: { r: value, g: value, b: value } },
        })
          .png({ compressionLevel: 0 })
          .toFile(path)
        await utimes(path, 1_000_000, 1_000_000)
      }
      return loadFolder(join(folder, name), options(), quiet)
    }
    const [first, second] = [await load(50, 'one'), await load(60, 'two')]
    expect((await stat(join(folder, 'one/ants/1.png'))).size).toBe(
      (await stat(join(folder, 'two/ants/1.png'))).size,
    )
    expect([first.train.pixels[0], second.train.pixels[0]]).toEqual([50, 60])
    expect(second.digest).not.toBe(first.digest)
    // The same images elsewhere are the same data.
    await rename(join(folder, 'one'), join(folder, 'moved'))
    expect((await loadFolder(join(folder, 'moved'), options(), quiet)).digest).toBe(first.digest)
  })

  it.each([
    ['a folder that is not there', () => Promise.resolve(), 'nowhere'],
    ['one class only', () => paintClasses(join(folder, 'data'), { ants: 4 }), 'data'],
    [
      'an empty class',
      async () => {
        await paintClasses(join(folder, 'data'), { ants: 4, bees: 4 })
        await mkdir(join(folder, 'data/cats'))
      },
      'data',
    ],
    [
      'a class that test lacks',
      async () => {
        await paintClasses(join(folder, 'data/train'), { ants: 4, bees: 4 })
        await paintClasses(join(folder, 'data/test'), { ants: 3 })
      },
      'data',
    ],
    [
      'an image that cannot be read',
      async () => {
        await paintClasses(join(folder, 'data'), { ants: 4, bees: 4 })
        await writeFile(join(folder, 'data/ants/x.png'), 'no image')
      },
      'data',
    ],
  ])('names %s as the trouble', async (_, prepare, name) => {
    await prepare()
    await expect(loadFolder(join(folder, name), options(), quiet)).rejects.toMatchObject({
      code: 'dataset-invalid',
    })
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
    for (let batch = 1; batch <= 5; batch++)
      await writeFile(join(folder, `data_batch_${batch}.bin`), records(20))
    await writeFile(join(folder, 'test_batch.bin'), records(10))
    await writeFile(
      join(folder, 'batches.meta.txt'),
      'airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n',
    )
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
    await expect(loadCifar10(folder, 0.2)).rejects.toMatchObject({
      code: 'dataset-invalid',
      details: { name: 'data_batch_3.bin' },
    })
  })
})

describe('generateWalkers', () => {
  it('renders every identity in sessions of its own for each split', () => {
    const walkers = {
      identities: 3,
      trainSessions: 2,
      validationSessions: 1,
      testSessions: 1,
      framesPerSession: 4,
    }
    const { train, validation, test, classNames } = generateWalkers(
      { ...defaults, walkers, imageSize: 32 },
      quiet,
    )
    expect(classNames).toHaveLength(3)
    expect([splitCount(train), splitCount(validation), splitCount(test)]).toEqual([24, 12, 12])
    expect(Array.from(train.labels)).toEqual(
      [0, 1, 2].flatMap((identity) => new Array<number>(8).fill(identity)),
    )
    expect(Buffer.from(test.pixels).equals(Buffer.from(validation.pixels))).toBe(false)
  })

  it('records the sessions of a split frame by frame, the same people as in its images', () => {
    const walkers = {
      identities: 2,
      trainSessions: 1,
      validationSessions: 3,
      testSessions: 1,
      framesPerSession: 2,
    }
    const { recordings, validation } = generateWalkers({ ...defaults, walkers, imageSize: 32 }, quiet)
    const recorded = recordings?.('validation', 8)
    expect(recorded?.labels).toEqual(
      Int32Array.from({ length: 2 * 3 * 8 }, (_, image) => Math.floor(image / 24)),
    )
    const difference = (a: Uint8Array, b: Uint8Array): number =>
      a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length
    const frameOf = (pixels: Uint8Array, image: number): Uint8Array =>
      pixels.subarray(image * 3072, (image + 1) * 3072)
    const frames = recorded?.pixels ?? new Uint8Array()
    expect(recordings?.('validation', 8, 5).labels).toHaveLength(2 * 5 * 8)
    expect([...(recordings?.('validation', 8, 5).pixels.subarray(0, 3072) ?? [])]).toEqual([
      ...frameOf(frames, 0),
    ])
    // One frame is like the next of its session, more than like the first of the next session; and a session
    // is the one that the images are of.
    expect(difference(frameOf(frames, 0), frameOf(frames, 1))).toBeLessThan(
      difference(frameOf(frames, 0), frameOf(frames, 8)),
    )
    expect(difference(frameOf(frames, 0), frameOf(validation.pixels, 0))).toBeLessThan(
      difference(frameOf(frames, 0), frameOf(validation.pixels, 2)),
    )
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
  expect(measureInput({ pixels, labels: new Int32Array(new SharedArrayBuffer(4 * 16)) }, 16).std).toEqual([
    0.01, 0.01, 0.01,
  ])
})

describe('writeAugmented', () => {
  const input = {
    width: 3,
    height: 1,
    channels: 3 as const,
    mean: [0, 0, 0] as [number, number, number],
    std: [1 / 255, 1 / 255, 1 / 255] as [number, number, number],
  }
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

  const grid = { ...input, height: 3 }
  const shown = (look: Partial<Look>, pixels: Uint8Array): Float32Array => {
    const target = new Float32Array(27)
    writeAugmented(pixels, 0, grid, { x: 0, y: 0, isMirrored: false, ...look }, target, 0)
    return target
  }
  const numbered = Uint8Array.from({ length: 27 }, (_, index) => 10 * Math.floor(index / 3) + 5)
  const redsOf = (values: Float32Array): number[] =>
    [...values].filter((_, index) => index % 3 === 0).map(Math.round)

  it('turns about the middle, between pixels and with reflected borders', () => {
    expect(redsOf(shown({ turn: 0 }, numbered))).toEqual([5, 15, 25, 35, 45, 55, 65, 75, 85])
    expect(redsOf(shown({ turn: Math.PI / 2 }, numbered))).toEqual([25, 55, 85, 15, 45, 75, 5, 35, 65])
    // A tiny angle is next to none; a mirrored image is turned all the same.
    expect(redsOf(shown({ turn: 1e-6 }, numbered))).toEqual([5, 15, 25, 35, 45, 55, 65, 75, 85])
    expect(redsOf(shown({ turn: 1e-6, isMirrored: true }, numbered))).toEqual([
      25, 15, 5, 55, 45, 35, 85, 75, 65,
    ])
    const between = shown({ turn: Math.PI / 8 }, numbered)
    expect([...between].every((value) => value >= 5 && value <= 85)).toBe(true)
    expect(between[12]).toBeCloseTo(45, 4)
  })

  it('changes brightness, contrast and saturation on the scale of the pixels, whatever they are normalised by', () => {
    const pixels = Uint8Array.from({ length: 27 }, (_, index) => [200, 100, 50][index % 3]!)
    const of = (colour: Partial<NonNullable<Look['colour']>>, mean = 0.5): number[] => {
      const target = new Float32Array(27)
      const normalised = {
        ...grid,
        mean: [mean, mean, mean] as [number, number, number],
        std: [0.2, 0.3, 0.4] as [number, number, number],
      }
      const all = { brightness: 1, contrast: 1, saturation: 1, ...colour }
      writeAugmented(pixels, 0, normalised, { x: 0, y: 0, isMirrored: false, colour: all }, target, 0)
      return [0, 1, 2].map((channel) => (target[channel]! * normalised.std[channel]! + mean) * 255)
    }
    const expectClose = (found: number[], wanted: number[]): void => {
      for (const [index, value] of wanted.entries()) expect(found[index]).toBeCloseTo(value, 3)
    }
    expectClose(of({}), [200, 100, 50])
    expectClose(of({ brightness: 0.5 }), [100, 50, 25])
    expectClose(of({ contrast: 0.5 }, 100 / 255), [150, 100, 75])
    const grey = 0.299 * 200 + 0.587 * 100 + 0.114 * 50
    expectClose(of({ saturation: 0 }), [grey, grey, grey])
  })
})

it('mixImages takes so much of one and the rest of the other', () => {
  const values = Float32Array.of(9, 1, 2)
  mixImages(values, 1, Float32Array.of(3, 6), { share: 0.75 })
  expect([...values]).toEqual([9, 1.5, 3])
})

describe('blankSquare', () => {
  const input = {
    width: 4,
    height: 3,
    channels: 3 as const,
    mean: [0, 0, 0] as [number, number, number],
    std: [1, 1, 1] as [number, number, number],
  }
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
