import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findCharacters, loadCharacters } from './characters.ts'
import { readFilePixels } from './read-file-pixels.ts'

const [writers, size] = [20, 16]

/** A character of 105 pixels, as Omniglot's: a black bar on white, at a place of its own for each writer. */
async function writeCharacter(folder: string, bar: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (let writer = 1; writer <= writers; writer++) {
    const picture = Buffer.alloc(105 * 105, 255)
    for (let row = 20; row < 80; row++)
      picture.fill(0, row * 105 + bar + writer, row * 105 + bar + writer + 6)
    await sharp(picture, { raw: { width: 105, height: 105, channels: 1 } })
      .png()
      .toFile(join(folder, `0001_${String(writer).padStart(2, '0')}.png`))
  }
}

describe('characters', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cachenet-characters-'))
    await writeCharacter(join(folder, 'small1', 'Old_Script', 'character01'), 20)
    await writeCharacter(join(folder, 'small1', 'Old_Script', 'character02'), 50)
    await writeCharacter(join(folder, 'small1', 'Runes', 'character01'), 35)
    await cp(join(folder, 'small1', 'Runes'), join(folder, 'small2', 'Runes'), { recursive: true })
  })

  afterAll(() => rm(folder, { recursive: true }))

  it('are found however deep they lie, a script that stands there twice once', async () => {
    const { classNames, places } = await findCharacters(folder)
    expect(classNames).toEqual(['Old Script 1', 'Old Script 2', 'Runes 1'])
    expect(places).toEqual([
      { name: 'Old Script', weights: { 'Old Script 1': 1, 'Old Script 2': 1 } },
      { name: 'Runes', weights: { 'Runes 1': 1 } },
    ])
  })

  it('are split by writer: nobody writes for training and for the test', async () => {
    const { parts } = await findCharacters(folder)
    const writersOf = (part: keyof typeof parts): Set<string> =>
      new Set(parts[part].map(({ path }) => path.slice(-6, -4)))
    expect([parts.train.length, parts.validation.length, parts.test.length]).toEqual([42, 9, 9])
    expect(
      [...writersOf('train')].filter(
        (writer) => writersOf('validation').has(writer) || writersOf('test').has(writer),
      ),
    ).toEqual([])
  })

  it('have the pixels that the product reads, and training copies of other hands', async () => {
    const { train, test } = await loadCharacters(folder, { size, copies: 3 }, () => undefined)
    const { parts } = await findCharacters(folder)
    const bytes = size * size * 3
    expect(train.labels.length).toBe(3 * 42)
    expect([...test.pixels.subarray(0, bytes)]).toEqual([
      ...(await readFilePixels(parts.test[0]?.path ?? '', size)),
    ])
    const [written, copy] = [train.pixels.subarray(0, bytes), train.pixels.subarray(bytes, 2 * bytes)]
    const difference =
      written.reduce((sum, value, index) => sum + Math.abs(value - (copy[index] ?? 0)), 0) / bytes
    expect(difference).toBeGreaterThan(1)
    expect(difference).toBeLessThan(60)
  })

  it('are the same images every time', async () => {
    const digests = await Promise.all(
      [1, 2].map(async () => (await loadCharacters(folder, { size, copies: 2 }, () => undefined)).digest),
    )
    expect(digests[0]).toBe(digests[1])
  })

  it('are refused by name where there are none', async () => {
    await mkdir(join(folder, 'empty'))
    await expect(findCharacters(join(folder, 'empty'))).rejects.toMatchObject({ code: 'dataset-invalid' })
  })
})
