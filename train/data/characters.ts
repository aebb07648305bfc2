import { readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import sharp from 'sharp'
import { areaAverage } from '../../core/image/area-average.ts'
import { createRandom, type Random } from '../../core/random.ts'
import type { Place } from '../../core/streams/place.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { digestOfPixels } from './data-digest.ts'
import { allocateSplit, type Dataset, type Split } from './dataset.ts'
import { readFilePixels } from './read-file-pixels.ts'
import { listFolder } from './walk-images.ts'

/** Characters of one script, and the files of each in the order of their writers. */
interface Script {
  readonly name: string
  readonly characters: readonly (readonly string[])[]
}

const decodesAtOnce = 6

/** Of the writers of a character: the last ones are for the test, those before them for choices. */
const [testShare, validationShare] = [0.15, 0.15]

/** How much a training copy of a character is turned (in radians), slanted and scaled at most. */
const [mostTurn, mostSlant, mostScale] = [0.2, 0.15, 0.12]

/** `Japanese_(katakana)` is called `Japanese (katakana)` where people read it. */
const shownName = (folder: string): string => folder.replaceAll('_', ' ')

/**
 * Scripts below `folder`, however deep: a folder whose sub-folders hold images. A script that stands there
 * twice is taken once.
 */
async function findScripts(
  folder: string,
  found = new Map<string, Script>(),
  name = '',
): Promise<Map<string, Script>> {
  const { folders } = await listFolder(folder)
  const inside = await Promise.all(
    folders.map(async (each) => ({
      each,
      files: (await readdir(join(folder, each))).filter((file) => file.endsWith('.png')).sort(),
    })),
  )
  const characters = inside.filter(({ files }) => files.length > 0)
  if (characters.length > 0) {
    if (!found.has(name))
      found.set(name, {
        name: shownName(name),
        characters: characters.map(({ each, files }) => files.map((file) => join(folder, each, file))),
      })
    return found
  }
  for (const each of folders) await findScripts(join(folder, each), found, each)
  return found
}

/** The same character as another hand might have written it: turned, slanted and scaled a little. */
function handwritten(random: Random): [[number, number], [number, number]] {
  const around = (most: number): number => (random.next() * 2 - 1) * most
  const [turn, slant, scale] = [around(mostTurn), around(mostSlant), 1 + around(mostScale)]
  const [cos, sin] = [Math.cos(turn) * scale, Math.sin(turn) * scale]
  return [
    [cos, slant * cos - sin],
    [sin, slant * sin + cos],
  ]
}

/**
 * RGB of a character at the networks' size, by the product's own definition of a picture's pixels; copy 0 is
 * as it was written.
 */
async function readCharacter(path: string, size: number, copy: number): Promise<Uint8Array> {
  if (copy === 0) return readFilePixels(path, size)
  const { width, height } = await sharp(path).metadata()
  const changed = sharp(path).affine(
    handwritten(createRandom(`${path.split(sep).slice(-3).join('/')} ${copy}`)),
    { background: '#fff' },
  )
  const { data, info } = await changed
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  // The changed picture is larger or smaller than the written one: its middle is what is shown.
  const shown = { width: Math.min(width, info.width), height: Math.min(height, info.height) }
  const [left, top] = [(info.width - shown.width) >> 1, (info.height - shown.height) >> 1]
  const middle = new Uint8Array(shown.width * shown.height * 3)
  for (let row = 0; row < shown.height; row++) {
    const from = ((top + row) * info.width + left) * 3
    middle.set(data.subarray(from, from + shown.width * 3), row * shown.width * 3)
  }
  return areaAverage(middle, 3, shown, { width: size, height: size })
}

interface Shown {
  readonly path: string
  readonly label: number
  readonly copy: number
}

async function decode(shown: readonly Shown[], size: number, onImage: () => void): Promise<Split> {
  const split = allocateSplit(shown.length, size)
  let next = 0
  const decodeOnes = async (): Promise<void> => {
    while (next < shown.length) {
      const index = next++
      const { path, label, copy } = shown[index]!
      const pixels = await readCharacter(path, size, copy).catch((cause: unknown) => {
        throw new CacheNetError(
          'dataset-invalid',
          `${path} cannot be read. Mend or delete it.`,
          { path },
          { cause },
        )
      })
      split.pixels.set(pixels, index * size * size * 3)
      split.labels[index] = label
      onImage()
    }
  }
  await Promise.all(Array.from({ length: decodesAtOnce }, decodeOnes))
  return split
}

/**
 * The images of each character by the part of the data that their writers belong to, and what is seen
 * together.
 */
export interface CharacterFiles {
  readonly classNames: readonly string[]
  readonly places: readonly Place[]
  readonly parts: Readonly<
    Record<'train' | 'validation' | 'test', readonly { readonly path: string; readonly label: number }[]>
  >
}

/** Finds the characters below a folder. Throws `dataset-invalid` where there are none. */
export async function findCharacters(folder: string): Promise<CharacterFiles> {
  const scripts = [...(await findScripts(folder)).values()]
  const all = scripts.flatMap(({ name, characters }) =>
    characters.map((files, index) => ({ name: `${name} ${index + 1}`, files })),
  )
  if (all.length < 2)
    throw new CacheNetError(
      'dataset-invalid',
      `${folder} has ${all.length} characters. It should hold folders SCRIPT/CHARACTER with images, as Omniglot has them.`,
      { folder },
    )
  const parts = {
    train: [] as { path: string; label: number }[],
    validation: [] as { path: string; label: number }[],
    test: [] as { path: string; label: number }[],
  }
  for (const [label, { files }] of all.entries()) {
    const [testFrom, validationFrom] = [
      Math.round(files.length * (1 - testShare)),
      Math.round(files.length * (1 - testShare - validationShare)),
    ]
    for (const [writer, path] of files.entries())
      (writer >= testFrom ? parts.test : writer >= validationFrom ? parts.validation : parts.train).push({
        path,
        label,
      })
  }
  const places = scripts.map(({ name, characters }) => ({
    name,
    weights: Object.fromEntries(characters.map((_, index) => [`${name} ${index + 1}`, 1])),
  }))
  return { classNames: all.map(({ name }) => name), places, parts }
}

/**
 * Handwritten characters, split by writer, as Omniglot has them (Lake, Salakhutdinov & Tenenbaum 2015):
 * `…/SCRIPT/CHARACTER/NNNN_WRITER.png`. Each script is a place: a page shows one.
 *
 * @param copies of each training image: as it was written, and as other hands might have written it
 */
export async function loadCharacters(
  folder: string,
  { size, copies }: { readonly size: number; readonly copies: number },
  onProgress: (done: number, of: number) => void,
): Promise<Dataset> {
  const { classNames, places, parts } = await findCharacters(folder)
  let done = 0
  const total = parts.train.length * copies + parts.validation.length + parts.test.length
  const load = (part: CharacterFiles['parts']['train'], of: number): Promise<Split> =>
    decode(
      part.flatMap((image) => Array.from({ length: of }, (_, copy) => ({ ...image, copy }))),
      size,
      () => onProgress(++done, total),
    )
  const splits = {
    train: await load(parts.train, copies),
    validation: await load(parts.validation, 1),
    test: await load(parts.test, 1),
  }
  return {
    kind: 'folder',
    description: `Handwritten characters of ${places.length} scripts.`,
    classNames,
    digest: digestOfPixels(splits),
    size,
    places,
    ...splits,
  }
}
