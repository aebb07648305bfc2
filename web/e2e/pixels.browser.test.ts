import { describe, expect, it } from 'vitest'
import { commands } from 'vitest/browser'
import type { ModelInput } from '../../core/bundle/model-input.ts'
import type { ZooEntry } from '../../test/pixel-zoo/command.ts'
import { FramePixels } from '../inference-worker/frame-pixels.ts'
import { createImagesSource } from '../page/sources/images.ts'

declare module 'vitest/browser' {
  interface BrowserCommands {
    pixelZoo: () => Promise<ZooEntry[]>
  }
}

const input: ModelInput = { width: 32, height: 32, channels: 3, mean: [0, 0, 0], std: [1, 1, 1] }

/**
 * Inks through a profile have no one answer: a browser and the trainer's library map the colours that no
 * screen has differently.
 */
const allowed = (name: string): number => (name === 'cmyk-with-profile.jpg' ? 6 : 1)

const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? NaN)), 0) / a.length

/** As a person's files are played: chosen, decoded, and brought to the model's input. */
async function play(entries: readonly ZooEntry[]): Promise<Map<string, Uint8Array>> {
  const files = entries.map(({ name, type, bytes }) => new File([bytesOf(bytes)], name, { type }))
  const source = createImagesSource(files, {
    kind: 'images',
    rate: () => 'max',
    onUnreadable: (message) => expect.unreachable(message),
    onLeftOut: (line) => expect.unreachable(line),
  })
  const pixels = new FramePixels(input, true)
  const played = new Map<string, Uint8Array>()
  for await (const { name, image } of source.frames(new AbortController().signal))
    played.set(name, pixels.read(image))
  return played
}

describe('the pixels of a file', () => {
  it(
    'are the same in trainer, edge and page, and those of the picture, to 1 of 255 on average',
    { timeout: 240_000 },
    async () => {
      const entries = await commands.pixelZoo()
      expect(entries.length).toBeGreaterThan(45)
      const played = await play(entries)
      const differences = entries.map(({ name, trainer, edge, expected }) => {
        const page = played.get(name) ?? new Uint8Array()
        return {
          name,
          page: difference(bytesOf(trainer), page),
          edge: edge === undefined ? 0 : difference(bytesOf(trainer), bytesOf(edge)),
          picture: expected === undefined ? 0 : difference(bytesOf(expected), page),
        }
      })
      const far = differences.filter(
        ({ name, page, edge, picture }) => !(Math.max(page, edge, picture) <= allowed(name)),
      )
      expect(far).toEqual([])
      // What has the model's size already is not touched by anybody.
      expect(differences.find(({ name }) => name === 'own-size.png')).toEqual({
        name: 'own-size.png',
        page: 0,
        edge: 0,
        picture: 0,
      })
      expect(differences.find(({ name }) => name === 'own-size.jpg')).toMatchObject({ edge: 0 })
    },
  )
})
