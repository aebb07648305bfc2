import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { placeIdPattern } from '../../core/wire/places.ts'
import { nothingRemembered, type PlacesMemory } from './places-memory.ts'
import { writeByRename } from './write-by-rename.ts'

const numbers = z.array(z.number())
const sight = z.object({ code: numbers, classes: numbers })
const id = z.string().regex(placeIdPattern)

const fileSchema = z.object({
  nextPlace: z.int().positive(),
  places: z.array(z.object({ id, sight, frames: z.int().positive() })).max(1000),
  /** Names that people gave. */
  names: z.record(id, z.string()),
  /** When each place was tried to be learned last, and what came of it. */
  tries: z.record(
    id,
    z.object({ atMs: z.number(), stage: z.enum(['learned', 'no-gain', 'failed']), message: z.string() }),
  ),
  /** What devices answered at places of which something was learned, checked; older edges wrote none. */
  checks: z
    .record(id, z.object({ answers: z.array(z.boolean()).readonly(), drifts: z.int().nonnegative() }))
    .default({}),
})

/** Nothing where the file is not there, or is none: what is kept is found again by its frames. */
export async function readPlaces(path: string): Promise<PlacesMemory> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return nothingRemembered
  try {
    const { nextPlace, places, names, tries, checks } = fileSchema.parse(JSON.parse(text))
    return {
      found: { nextPlace, places, visits: [] },
      names: new Map(Object.entries(names)),
      tries: new Map(Object.entries(tries)),
      checks: new Map(Object.entries(checks)),
    }
  } catch {
    return nothingRemembered
  }
}

export const writePlaces = (path: string, { found, names, tries, checks }: PlacesMemory): Promise<void> =>
  writeByRename(
    path,
    JSON.stringify({
      nextPlace: found.nextPlace,
      places: found.places,
      names: Object.fromEntries(names),
      tries: Object.fromEntries(tries),
      checks: Object.fromEntries(checks),
    }),
  )
