import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { encodeKeptFrame, type KeptFrame } from '../../core/places/kept-frame.ts'
import { placeIdPattern } from '../../core/wire/places.ts'
import { writeByRename } from './write-by-rename.ts'

export interface KeptLimits {
  /** Of one place; the oldest go first. */
  readonly mostFrames: number
  /** Of all places of a bundle. */
  readonly mostBytes: number
  readonly mostAgeMs: number
}

interface KeptFile {
  readonly name: string
  readonly atMs: number
  readonly bytes: number
}

/** Frames of a bundle's places on disk: a folder a place, a file a frame. */
export interface KeptFrames {
  readonly places: readonly string[]
  countOf(place: string): number
  bytesOf(place: string): number
  /** Frames that came after a moment. */
  countSince(place: string, atMs: number): number
  /** When each came, in milliseconds since 1970, the oldest first. */
  timesOf(place: string): number[]
  /** Paths, the oldest first. */
  pathsOf(place: string): string[]
  add(place: string, frame: KeptFrame): Promise<void>
  /** Takes a file that is a frame already, by renaming it; its name is one of `frameFileName`. */
  adopt(place: string, path: string): Promise<void>
  /** All frames of one place become another's. */
  move(from: string, to: string): Promise<void>
  forget(place: string): Promise<void>
  /** Deletes what is too old, or too much. */
  tidy(nowMs: number): Promise<void>
}

export const frameFilePattern = /^(\d{15})-(\d+)\.frame$/

/** @param number tells frames of one moment apart */
export const frameFileName = (atMs: number, number: number): string =>
  `${String(Math.round(atMs)).padStart(15, '0')}-${number}.frame`

const atMsOf = (name: string): number => Number(frameFilePattern.exec(name)?.[1] ?? NaN)

async function readPlace(folder: string): Promise<KeptFile[]> {
  const files: KeptFile[] = []
  for (const name of (await readdir(folder)).sort()) {
    const atMs = atMsOf(name)
    // What a process that was killed left behind has another name.
    if (Number.isNaN(atMs)) await rm(join(folder, name), { force: true })
    else files.push({ name, atMs, bytes: (await stat(join(folder, name))).size })
  }
  return files
}

/** Opens a folder, which may not be there yet, and reads what is kept. */
export async function openKeptFrames(
  folder: string,
  { mostFrames, mostBytes, mostAgeMs }: KeptLimits,
): Promise<KeptFrames> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const kept = new Map<string, KeptFile[]>()
  for (const place of await readdir(folder))
    if (placeIdPattern.test(place)) kept.set(place, await readPlace(join(folder, place)))
  let next = 0
  const filesOf = (place: string): KeptFile[] => kept.get(place) ?? []
  const sumOf = (files: readonly KeptFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0)

  /** Those of several edges do not come in the order in which they were answered. */
  const enter = (place: string, files: readonly KeptFile[]): void => {
    kept.set(
      place,
      [...filesOf(place), ...files].sort((a, b) => a.atMs - b.atMs),
    )
  }

  const drop = async (place: string, count: number): Promise<void> => {
    const files = filesOf(place)
    const dropped = files.slice(0, count)
    if (files.length === count) kept.delete(place)
    else kept.set(place, files.slice(count))
    for (const { name } of dropped) await rm(join(folder, place, name), { force: true })
    if (files.length === count) await rm(join(folder, place), { recursive: true, force: true })
  }

  const trim = async (): Promise<void> => {
    for (const [place, files] of kept)
      if (files.length > mostFrames) await drop(place, files.length - mostFrames)
    for (let bytes = sumOf([...kept.values()].flat()); bytes > mostBytes;) {
      const [place, files] = [...kept].reduce((most, one) => (sumOf(one[1]) > sumOf(most[1]) ? one : most))
      bytes -= files[0]?.bytes ?? bytes
      await drop(place, 1)
    }
  }

  return {
    get places() {
      return [...kept.keys()]
    },
    countOf: (place) => filesOf(place).length,
    bytesOf: (place) => sumOf(filesOf(place)),
    countSince: (place, atMs) => filesOf(place).filter((file) => file.atMs > atMs).length,
    timesOf: (place) => filesOf(place).map(({ atMs }) => atMs),
    pathsOf: (place) => filesOf(place).map(({ name }) => join(folder, place, name)),
    async add(place, frame) {
      const name = frameFileName(frame.atMs, next++)
      const content = encodeKeptFrame(frame)
      await writeByRename(join(folder, place, name), content)
      enter(place, [{ name, atMs: frame.atMs, bytes: content.byteLength }])
      await trim()
    },
    async adopt(place, path) {
      const name = basename(path)
      const bytes = (await stat(path)).size
      await mkdir(join(folder, place), { recursive: true, mode: 0o700 })
      await rename(path, join(folder, place, name))
      enter(place, [{ name, atMs: atMsOf(name), bytes }])
      await trim()
    },
    async move(from, to) {
      const moved = filesOf(from)
      await mkdir(join(folder, to), { recursive: true, mode: 0o700 })
      for (const { name } of moved) await rename(join(folder, from, name), join(folder, to, name))
      kept.delete(from)
      enter(to, moved)
      await rm(join(folder, from), { recursive: true, force: true })
    },
    async forget(place) {
      kept.delete(place)
      await rm(join(folder, place), { recursive: true, force: true })
    },
    async tidy(nowMs) {
      for (const [place, files] of kept) {
        const old = files.filter(({ atMs }) => nowMs - atMs > mostAgeMs).length
        if (old > 0) await drop(place, old)
      }
      await trim()
    },
  }
}
