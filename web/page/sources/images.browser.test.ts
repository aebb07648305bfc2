import { describe, expect, it } from 'vitest'
import { isRawImage } from '../../messages/inference.ts'
import { createImagesSource } from './images.ts'
import type { SourceFrame } from './source.ts'

/** A PNG of one colour, at this path of a chosen folder. */
async function png(
  path: string,
  [red, green, blue, alpha]: readonly [number, number, number, number],
): Promise<File> {
  const canvas = new OffscreenCanvas(3, 2)
  const context = canvas.getContext('2d')
  context?.putImageData(
    new ImageData(
      Uint8ClampedArray.from({ length: 24 }, (_, index) => [red, green, blue, alpha][index % 4] ?? 0),
      3,
      2,
    ),
    0,
    0,
  )
  return chosen(
    new File([await canvas.convertToBlob({ type: 'image/png' })], path.split('/').at(-1) ?? ''),
    path,
  )
}

/** As the browser hands over a file of a folder. */
function chosen(file: File, path: string): File {
  Object.defineProperty(file, 'webkitRelativePath', { value: path })
  return file
}

function pixelsOf({ image }: SourceFrame): number[] {
  if (isRawImage(image)) throw new Error('files become bitmaps')
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d')
  context?.drawImage(image, 0, 0)
  return [...(context?.getImageData(0, 0, 1, 1).data ?? [])]
}

interface Played {
  readonly frames: SourceFrame[]
  readonly pixels: number[][]
  readonly unreadable: string[]
  readonly leftOut: string[]
}

async function play(files: readonly File[]): Promise<Played> {
  const frames: SourceFrame[] = []
  const pixels: number[][] = []
  const unreadable: string[] = []
  const leftOut: string[] = []
  const source = createImagesSource(files, {
    kind: 'folder',
    rate: () => 'max',
    onUnreadable: (message) => unreadable.push(message),
    onLeftOut: (line) => leftOut.push(line),
  })
  for await (const frame of source.frames(new AbortController().signal)) {
    frames.push(frame)
    pixels.push(pixelsOf(frame))
  }
  return { frames, pixels, unreadable, leftOut }
}

describe('createImagesSource', () => {
  it('plays every image in the order of paths, with its folder as its true label, and its own pixels', async () => {
    const files = await Promise.all([
      png('set/bee/10.png', [1, 2, 3, 255]),
      png('set/bee/9.png', [200, 100, 50, 255]),
      png('set/ant/1.png', [7, 77, 177, 255]),
    ])
    const { frames, pixels } = await play(files)
    expect(frames.map(({ name, trueLabel }) => [name, trueLabel])).toEqual([
      ['set/ant/1.png', 'ant'],
      ['set/bee/9.png', 'bee'],
      ['set/bee/10.png', 'bee'],
    ])
    expect(pixels).toEqual([
      [7, 77, 177, 255],
      [200, 100, 50, 255],
      [1, 2, 3, 255],
    ])
  })

  it('leaves out what cannot be decoded, says so, and plays on', async () => {
    const broken = chosen(new File(['no image'], '2.png'), 'set/ant/2.png')
    const notes = chosen(new File(['notes'], 'notes.txt'), 'set/ant/notes.txt')
    const { frames, unreadable } = await play([
      await png('set/ant/1.png', [0, 0, 0, 255]),
      broken,
      notes,
      await png('set/ant/3.png', [0, 0, 0, 255]),
    ])
    expect(frames.map(({ name }) => name)).toEqual(['set/ant/1.png', 'set/ant/3.png'])
    expect(unreadable).toEqual([
      'set/ant/2.png cannot be read as an image. It was left out; the others play on.',
    ])
  })

  it('names all that it could not read, not only the last', async () => {
    const heic = new File(['\0\0\0\x18ftypheic'], 'b.heic')
    const broken = (name: string): File => chosen(new File(['no image'], name), `set/ant/${name}`)
    const { unreadable } = await play([
      await png('set/ant/1.png', [0, 0, 0, 255]),
      broken('a.png'),
      chosen(heic, 'set/ant/b.heic'),
      broken('c.jpg'),
    ])
    expect(unreadable.at(-1)).toMatch(
      /^Left out: 2 images that cannot be read \(set\/ant\/a.png, set\/ant\/c.jpg\)\. 1 image in HEIC .*Save it as JPEG.* The others play on\.$/,
    )
  })

  it('knows images by type and content, and says in one line what it left out', async () => {
    const bytes = await (await png('x', [9, 9, 9, 255])).arrayBuffer()
    const files = [
      new File([bytes], '1000001234', { type: 'image/png' }),
      new File([bytes], '1000001235'),
      chosen(new File([bytes], '1.png'), 'set/.ipynb_checkpoints/1.png'),
      chosen(new File(['BM'], '1.bmp'), 'set/ant/1.bmp'),
    ]
    const { frames, leftOut } = await play(files)
    expect(frames.map(({ name }) => name)).toEqual(['1000001234', '1000001235'])
    expect(leftOut).toHaveLength(1)
    expect(leftOut[0]).toMatch(
      /^Left out: 1 image that a program keeps .* 1 image in a format that is not read \(set\/ant\/1.bmp\)/,
    )
  })

  it('names HEIC and says what to do, also under another name', async () => {
    const heic = '\0\0\0\u0018ftypheic\0\0\0\0mif1heic'
    const files = [new File([heic], 'a.jpg'), new File([heic], 'IMG_1.HEIC')]
    const { unreadable } = await play([...files, await png('z.png', [0, 0, 0, 255])])
    expect(unreadable[0]).toMatch(/^a.jpg is in HEIC.*Save it as JPEG/)
    expect(unreadable[1]).toMatch(/^Left out: 2 images in HEIC \(a.jpg, IMG_1.HEIC\)\. Save it as JPEG/)
    await expect(play(files)).rejects.toMatchObject({
      code: 'source-unavailable',
      message: expect.stringMatching(/None of these 2.*Save it as JPEG/) as string,
    })
  })

  it('has the letters of a folder composed as the classes of a bundle', async () => {
    const { frames } = await play([await png('set/cafe\u0301/1.png', [0, 0, 0, 255])])
    expect(frames[0]?.trueLabel).toBe('caf\u00e9')
  })

  it('says so where there is no image among the files', async () => {
    await expect(play([new File(['x'], 'notes.txt')])).rejects.toMatchObject({ code: 'source-unavailable' })
  })

  it('stops in the middle, and gives back what was answered and what it had decoded ahead', async () => {
    const files = await Promise.all(
      Array.from({ length: 20 }, (_, index) => png(`set/ant/${index}.png`, [0, 0, 0, 255])),
    )
    const decoded: ImageBitmap[] = []
    const original = globalThis.createImageBitmap
    globalThis.createImageBitmap = (async (...args: Parameters<typeof createImageBitmap>) => {
      const bitmap = await original(...args)
      decoded.push(bitmap)
      return bitmap
    }) as typeof createImageBitmap
    try {
      const source = createImagesSource(files, {
        kind: 'folder',
        rate: () => 'max',
        onUnreadable: () => undefined,
      })
      let count = 0
      for await (const { image } of source.frames(new AbortController().signal)) {
        // Still there for as long as the frame is being answered and shown.
        expect(!isRawImage(image) && image.width).toBe(3)
        if (++count === 3) break
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    } finally {
      globalThis.createImageBitmap = original
    }
    expect(decoded.length).toBeLessThan(10)
    expect(decoded.filter(({ width }) => width > 0)).toEqual([])
  })
})
