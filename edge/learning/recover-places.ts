import { readFile } from 'node:fs/promises'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { softmax } from '../../core/gate/entropy.ts'
import { placeLimits, type Sight } from '../../core/places/find-places.ts'
import { decodeKeptFrame } from '../../core/places/kept-frame.ts'
import type { KeptFrames } from './kept-frames.ts'
import { withSight, withTry, type PlacesMemory } from './places-memory.ts'

/** So many of its latest frames tell what is seen at a place. */
const mostSeen = 100

const numberOf = (place: string): number => Number(place.slice('place-'.length))

/** The mean of what was said of some frames; undefined where none of them can be read. */
async function sightOf(paths: readonly string[], temperature: number): Promise<Sight | undefined> {
  const sums: { code: number[]; classes: number[] } = { code: [], classes: [] }
  let count = 0
  const add = (sum: number[], values: Float32Array): void => {
    for (const [at, value] of values.entries()) sum[at] = (sum[at] ?? 0) + value
  }
  for (const path of paths) {
    const bytes = await readFile(path).catch(() => undefined)
    if (bytes === undefined) continue
    const { logits, codeLogits } = decodeKeptFrame(bytes)
    add(sums.code, softmax(codeLogits))
    add(sums.classes, softmax(logits, temperature))
    count++
  }
  const mean = (sum: readonly number[]): number[] => sum.map((value) => value / count)
  return count === 0 ? undefined : { code: mean(sums.code), classes: mean(sums.classes) }
}

/**
 * What an edge that was killed had not written down yet, read from its frames and its bundle: numbers of
 * places that are taken, what is seen at places, and that a place was learned. So nothing is learned a second
 * time from the same frames, and no number stands for two places.
 */
export async function recoverPlaces(
  before: PlacesMemory,
  frames: Pick<KeptFrames, 'places' | 'pathsOf' | 'countOf'>,
  { partitions, full }: Pick<Manifest, 'partitions' | 'full'>,
): Promise<PlacesMemory> {
  let memory = before
  for (const { learned } of partitions) {
    if (learned === undefined) continue
    const { place } = learned
    const atMs = Date.parse(learned.at)
    if ((memory.tries.get(place)?.atMs ?? -Infinity) < atMs)
      memory = withTry(memory, place, { atMs, stage: 'learned', message: 'Learned.' })
  }
  const known = new Set(memory.found.places.map(({ id }) => id))
  for (const place of frames.places) {
    if (known.has(place) || memory.found.places.length >= placeLimits.mostPlaces) continue
    const sight = await sightOf(frames.pathsOf(place).slice(-mostSeen), full.temperature)
    if (sight !== undefined) memory = withSight(memory, place, sight, frames.countOf(place))
  }
  const taken = [
    ...frames.places,
    ...partitions.flatMap(({ learned }) => (learned === undefined ? [] : [learned.place])),
  ].map(numberOf)
  const nextPlace = Math.max(memory.found.nextPlace, ...taken.map((number) => number + 1))
  return { ...memory, found: { ...memory.found, nextPlace } }
}
