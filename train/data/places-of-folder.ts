import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import type { Place } from '../../core/streams/place.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { ClassFile } from './class-files.ts'

const scenesSchema = z.strictObject({
  places: z
    .array(z.strictObject({ name: z.string().min(1), weights: z.record(z.string(), z.number().positive()) }))
    .min(2)
    .refine(
      (places) => places.every(({ weights }) => Object.keys(weights).length > 0),
      'a place shows at least one class',
    ),
})

/**
 * What a person wrote down of the places where classes are seen; undefined where there is no `scenes.json`.
 */
async function writtenPlaces(
  top: string,
  classNames: readonly string[],
): Promise<readonly Place[] | undefined> {
  const path = join(top, 'scenes.json')
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const refuse = (why: string): never => {
    throw new CacheNetError(
      'dataset-invalid',
      `${path} cannot be used: ${why}. It says what is seen together, as {"places": [{"name": "kitchen", "weights": {"cup": 3, "plate": 1}}, …]}. Mend it, or take it away.`,
      { path },
    )
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refuse('it is no JSON')
  }
  const parsed = scenesSchema.safeParse(value)
  if (!parsed.success)
    return refuse(
      parsed.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`).join('; '),
    )
  const unknown = parsed.data.places
    .flatMap(({ weights }) => Object.keys(weights))
    .filter((name) => !classNames.includes(name))
  if (unknown.length > 0) return refuse(`there is no class ${unknown.slice(0, 3).join(', ')}`)
  return parsed.data.places
}

/**
 * Places that the images themselves tell of: recordings, which are sub-folders of the class folders, that are
 * called alike in several classes were made at one place. Undefined where there are not two such.
 */
function recordedPlaces(
  files: readonly ClassFile[],
  classNames: readonly string[],
): readonly Place[] | undefined {
  const counts = new Map<string, Map<string, number>>()
  for (const { path, classIndex } of files) {
    const className = classNames[classIndex] ?? ''
    const recording = basename(dirname(path))
    if (recording.normalize('NFC') === className) continue
    const seen = counts.get(recording) ?? new Map<string, number>()
    seen.set(className, (seen.get(className) ?? 0) + 1)
    counts.set(recording, seen)
  }
  const shared = [...counts].filter(([, seen]) => seen.size > 1)
  return shared.length < 2
    ? undefined
    : shared.map(([name, seen]) => ({ name, weights: Object.fromEntries(seen) }))
}

/**
 * What a folder of images knows of places: what a person wrote down before what the recordings tell. Nothing
 * is invented.
 */
export const placesOfFolder = async (
  top: string,
  files: readonly ClassFile[],
  classNames: readonly string[],
): Promise<readonly Place[] | undefined> =>
  (await writtenPlaces(top, classNames)) ?? recordedPlaces(files, classNames)
