import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { createRandom } from '../../../core/random.ts'

export interface UnknownPicture {
  readonly name: string
  readonly png: Buffer
}

const size = 256
const count = (length: number): number[] => Array.from({ length }, (_, index) => index)

/** The edge, in the same process, has taken from sharp all but photos: drawings are the browser's. */
function noise(): Promise<Buffer> {
  const random = createRandom(11)
  const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, () => random.integer(256))
  return sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
    .png()
    .toBuffer()
}

const plain = (colour: string): string => `<rect width="${size}" height="${size}" fill="${colour}"/>`
const gradient = (kind: 'linear' | 'radial', from: string, to: string): string =>
  `<defs><${kind}Gradient id="g"><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></${kind}Gradient></defs>${plain('url(#g)')}`

/** What no bundle knows: pictures that are made here, and of nothing that anybody was trained on. */
export async function unknownPictures(browser: Browser): Promise<UnknownPicture[]> {
  const drawings: Record<string, string> = {
    'green card': plain('#2e8b3a'),
    'grey card': plain('#808080'),
    gradient: gradient('linear', '#203080', '#f0c040'),
    glow: gradient('radial', '#ffffff', '#103050'),
    stripes: count(8)
      .map((index) => `<rect x="${index * 32}" width="16" height="256" fill="#c03030"/>`)
      .join(''),
    checkerboard: count(64)
      .filter((index) => (index + (index >> 3)) % 2 === 1)
      .map(
        (index) =>
          `<rect x="${(index % 8) * 32}" y="${(index >> 3) * 32}" width="32" height="32" fill="#222"/>`,
      )
      .join(''),
    cup:
      `${plain('#d8c8a8')}<ellipse cx="170" cy="140" rx="50" ry="40" fill="none" stroke="#fff" stroke-width="18"/>` +
      '<path d="M60 90h110l-14 110q-41 16-82 0z" fill="#fff"/><ellipse cx="115" cy="90" rx="55" ry="16" fill="#4a2c14"/>',
    text: ['Lorem ipsum', 'dolor sit', 'amet 1234']
      .map((line, index) => `<text x="10" y="${70 + index * 60}" font-size="44">${line}</text>`)
      .join(''),
    house:
      `${plain('#a0d0f8')}<rect y="190" width="256" height="66" fill="#4a9a40"/><rect x="70" y="110" width="116" height="100" fill="#b05838"/>` +
      '<path d="M55 115L128 50l73 65z" fill="#702818"/><rect x="115" y="160" width="30" height="50" fill="#402010"/>',
  }
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  const pictures: UnknownPicture[] = [{ name: 'noise', png: await noise() }]
  for (const [name, body] of Object.entries(drawings)) {
    await page.setContent(
      `<style>body { margin: 0 }</style><svg width="${size}" height="${size}">${body}</svg>`,
    )
    pictures.push({ name, png: await page.screenshot() })
  }
  await page.close()
  return pictures
}
