import { z } from 'zod'
import { flag, flagsResolver, text, wholeNumber } from '../harness/flags.ts'

const settingsSchema = z.object({
  bundles: text.default('public/bundles'),
  lights: wholeNumber(0, 12).default(3),
  cameras: wholeNumber(0, 12).default(1),
  frames: wholeNumber(100, 10_000).default(600),
  needed: wholeNumber(60, 10_000).default(200),
  out: text.default('bench/results/places.json'),
})
export type PlacesBenchSettings = z.infer<typeof settingsSchema>

export const placesBenchFlags = {
  bundles: flag('folder', 'Folder with the bundle people (public/bundles)'),
  lights: flag('number', 'Sites of the bundle in a light that training never saw (3)'),
  cameras: flag('number', 'Sites whose camera training never saw (1)'),
  frames: flag('number', 'Frames of a visit (600)'),
  needed: flag('number', 'New frames that the edge wants before it learns (200)'),
  out: flag('file', 'Where to write the numbers (bench/results/places.json)'),
} satisfies Record<keyof PlacesBenchSettings, unknown>

export const resolvePlacesBenchSettings = flagsResolver(settingsSchema, placesBenchFlags)
