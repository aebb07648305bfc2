import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { rgbToRgba } from '../../core/image/preprocess.ts'
import { adobeRgbProfile } from './adobe-rgb.ts'
import { drawPicture, layDown, type Picture } from './picture.ts'

export interface ZooFile {
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
  /** What it shows, upright, in sRGB and on black, where the format keeps that. */
  readonly shows?: Picture
}

const types: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
}
const orientations = [1, 2, 3, 4, 5, 6, 7, 8]

const open = ({ width, height, rgb }: Picture): Sharp => sharp(rgb, { raw: { width, height, channels: 3 } })

/** The picture with an opacity for each pixel. */
function withAlpha({ width, height, rgb }: Picture, opacity: (x: number, y: number) => number): Sharp {
  const rgba = rgbToRgba(rgb)
  for (let pixel = 0; pixel < width * height; pixel++)
    rgba[pixel * 4 + 3] = opacity(pixel % width, Math.floor(pixel / width))
  return sharp(rgba, { raw: { width, height, channels: 4 } })
}

/**
 * Files of every kind that people have: turned, transparent, grey, deep, with a palette, with profiles,
 * moving, tiny, long, large.
 */
export async function makeZoo(): Promise<ZooFile[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cachenet-zoo-'))
  try {
    const adobeRgb = join(folder, 'adobe-rgb.icc')
    await writeFile(adobeRgb, adobeRgbProfile())
    const picture = drawPicture(321, 241)
    const other = drawPicture(321, 241, 2)
    const lossless = { shows: picture }
    const fine = { quality: 95, chromaSubsampling: '4:4:4' }
    const fade = withAlpha(picture, (x) => Math.round((x * 255) / 320))
    const frames = sharp([await open(picture).png().toBuffer(), await open(other).png().toBuffer()], {
      join: { animated: true },
    })

    const made: readonly (readonly [name: string, pipeline: Sharp, more?: { readonly shows: Picture }])[] = [
      ...orientations.map(
        (orientation) =>
          [
            `exif-${orientation}.jpg`,
            open(layDown(picture, orientation)).withMetadata({ orientation }).jpeg(fine),
            lossless,
          ] as const,
      ),
      ...orientations.map(
        (orientation) =>
          [
            `exif-${orientation}.webp`,
            open(layDown(picture, orientation)).withMetadata({ orientation }).webp({ lossless: true }),
            lossless,
          ] as const,
      ),
      ['exif-6.png', open(layDown(picture, 6)).withMetadata({ orientation: 6 }).png(), lossless],
      ['exif-6.avif', open(layDown(picture, 6)).withMetadata({ orientation: 6 }).avif(fine), lossless],
      ['plain.png', open(picture).png(), lossless],
      ['interlaced.png', open(picture).png({ progressive: true }), lossless],
      ['plain.webp', open(picture).webp({ quality: 80 })],
      ['plain.jpg', open(picture).jpeg({ quality: 80 })],
      ['progressive.jpg', open(picture).jpeg({ quality: 80, progressive: true })],
      ['palette.png', open(picture).png({ palette: true })],
      ['plain.gif', open(picture).gif()],
      ['plain.avif', open(picture).avif(fine), lossless],
      ['fading.png', fade.clone().png()],
      ['fading.webp', fade.clone().webp({ lossless: true })],
      ['half-transparent.png', withAlpha(picture, () => 128).png()],
      ['hidden-colours.png', withAlpha(picture, (x, y) => (((x >> 3) + (y >> 3)) % 2 === 0 ? 0 : 255)).png()],
      ['fading-palette.png', fade.clone().png({ palette: true })],
      ['grey.png', open(picture).greyscale().toColourspace('b-w').png()],
      ['grey.jpg', open(picture).greyscale().toColourspace('b-w').jpeg(fine)],
      ['grey-and-alpha.png', fade.clone().greyscale().toColourspace('b-w').png()],
      ['two-tones.png', open(picture).threshold(128).png({ palette: true, colours: 2 })],
      ['deep.png', open(picture).toColourspace('rgb16').png(), lossless],
      ['deep-and-fading.png', fade.clone().toColourspace('rgb16').png()],
      ['deep-grey.png', open(picture).greyscale().toColourspace('grey16').png()],
      ['display-p3.jpg', open(picture).withIccProfile('p3').jpeg(fine), lossless],
      ['display-p3.png', open(picture).withIccProfile('p3').png(), lossless],
      ['deep-display-p3.png', open(picture).toColourspace('rgb16').withIccProfile('p3').png()],
      ['adobe-rgb.jpg', open(picture).withIccProfile(adobeRgb).jpeg(fine), lossless],
      ['cmyk.jpg', open(picture).toColourspace('cmyk').jpeg({ quality: 95 })],
      [
        'cmyk-with-profile.jpg',
        open(picture).toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 95 }),
      ],
      ['moving.webp', frames.clone().webp({ lossless: true }), lossless],
      ['moving.gif', frames.clone().gif()],
      ['one-pixel.png', open(drawPicture(1, 1)).png()],
      ['tiny.png', open(drawPicture(5, 3)).png()],
      ['own-size.png', open(drawPicture(32, 32)).png(), { shows: drawPicture(32, 32) }],
      ['own-size.jpg', open(drawPicture(32, 32)).jpeg()],
      ['long.png', open(drawPicture(20_000, 10)).png(), { shows: drawPicture(20_000, 10) }],
      ['tall.png', open(drawPicture(10, 2_001)).png(), { shows: drawPicture(10, 2_001) }],
      [
        'phone.jpg',
        open(layDown(drawPicture(2_000, 1_504), 6))
          .withMetadata({ orientation: 6 })
          .jpeg({ quality: 90 }),
      ],
    ]
    const files: ZooFile[] = []
    for (const [name, pipeline, more] of made)
      files.push({
        name,
        type: types[name.split('.').at(-1) ?? ''] ?? '',
        bytes: await pipeline.toBuffer(),
        ...more,
      })
    return files
  } finally {
    await rm(folder, { recursive: true })
  }
}
