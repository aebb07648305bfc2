import { readdir, writeFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { KeptFrame } from '../../core/places/kept-frame.ts'
import { temporaryFolder } from '../testing/bundle-folder.ts'
import { openKeptFrames, type KeptFrames } from './kept-frames.ts'

const frame = (atMs: number): KeptFrame => ({
  atMs,
  kind: 'miss',
  pixels: new Uint8Array(100),
  logits: new Float32Array(4),
  codeLogits: new Float32Array(2),
})
const frameBytes = 28 + 100 + 16 + 8
const limits = { mostFrames: 5, mostBytes: frameBytes * 8, mostAgeMs: 1000 }

async function open(): Promise<{ folder: string; kept: KeptFrames; again: () => Promise<KeptFrames> }> {
  const { folder, remove } = await temporaryFolder()
  onTestFinished(remove)
  const again = (): Promise<KeptFrames> => openKeptFrames(join(folder, 'frames'), limits)
  return { folder: join(folder, 'frames'), kept: await again(), again }
}

describe('kept frames', () => {
  it('are no more of a place than may be, and no more bytes of all; the oldest go first', async () => {
    const { kept, folder } = await open()
    for (let at = 0; at < 7; at++) await kept.add('place-1', frame(at))
    expect(kept.countOf('place-1')).toBe(5)
    expect(kept.countSince('place-1', 4)).toBe(2)
    for (let at = 0; at < 5; at++) await kept.add('place-2', frame(100 + at))
    expect(kept.bytesOf('place-1') + kept.bytesOf('place-2')).toBeLessThanOrEqual(limits.mostBytes)
    const files = await Promise.all(kept.places.map((place) => readdir(join(folder, place))))
    expect(files.flat()).toHaveLength(kept.countOf('place-1') + kept.countOf('place-2'))
  })

  it('are there after a restart, without what was half written', async () => {
    const { kept, folder, again } = await open()
    await kept.add('place-1', frame(1))
    await kept.add('place-1', frame(2))
    await writeFile(join(folder, 'place-1', 'x.frame.1.tmp'), 'half')
    await mkdir(join(folder, 'something else'))
    const reopened = await again()
    expect(reopened.places).toEqual(['place-1'])
    expect(reopened.pathsOf('place-1')).toEqual(kept.pathsOf('place-1'))
    expect(await readdir(join(folder, 'place-1'))).toHaveLength(2)
  })

  it('become another place’s, and are forgotten with their folder', async () => {
    const { kept, folder } = await open()
    await kept.add('place-1', frame(5))
    await kept.add('place-2', frame(1))
    await kept.move('place-1', 'place-2')
    expect(kept.places).toEqual(['place-2'])
    expect(kept.countSince('place-2', 0)).toBe(2)
    await kept.forget('place-2')
    expect(await readdir(folder)).toEqual([])
  })

  it('are deleted once they are too old', async () => {
    const { kept } = await open()
    await kept.add('place-1', frame(100))
    await kept.add('place-1', frame(900))
    await kept.tidy(1500)
    expect(kept.countOf('place-1')).toBe(1)
  })
})
