import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

// Draws the PNG icons from public/icons/icon.svg: `npx tsx web/icons/render-icons.ts`. The results are
// committed.

const folder = new URL('../../public/icons/', import.meta.url)
const ground = '#0f2136'

/**
 * Launchers cut a maskable icon to any shape: only the inner four fifths are sure to be seen (W3C, Web App
 * Manifest, "safe zone").
 */
const safeZone = 0.8

interface Icon {
  readonly name: string
  readonly size: number
  /** Whether it fills the whole square, for systems that round the corners themselves. */
  readonly isFullBleed: boolean
}

const icons: readonly Icon[] = [
  { name: 'icon-192.png', size: 192, isFullBleed: false },
  { name: 'icon-512.png', size: 512, isFullBleed: false },
  { name: 'icon-maskable-192.png', size: 192, isFullBleed: true },
  { name: 'icon-maskable-512.png', size: 512, isFullBleed: true },
  { name: 'apple-touch-icon.png', size: 180, isFullBleed: true },
  { name: 'favicon-48.png', size: 48, isFullBleed: false },
]

async function render(svg: string, { size, isFullBleed }: Icon): Promise<Buffer> {
  const drawing = isFullBleed ? svg.replace(/<rect [^>]*\/>/, '') : svg
  const inner = isFullBleed ? Math.round(size * safeZone) : size
  const margin = Math.floor((size - inner) / 2)
  const rest = size - inner - margin
  return await sharp(Buffer.from(drawing), { density: 144 })
    .resize(inner, inner)
    .extend({
      top: margin,
      left: margin,
      bottom: rest,
      right: rest,
      background: isFullBleed ? ground : '#00000000',
    })
    .flatten(isFullBleed ? { background: ground } : false)
    .png({ compressionLevel: 9, palette: true })
    .toBuffer()
}

const svg = await readFile(new URL('icon.svg', folder), 'utf8')
for (const icon of icons) {
  await writeFile(new URL(icon.name, folder), await render(svg, icon))
  process.stdout.write(`${fileURLToPath(new URL(icon.name, folder))}\n`)
}
