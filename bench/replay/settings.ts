import { z } from 'zod'
import { sceneKinds } from '../../core/streams/scene-kinds.ts'
import { flag, flagsResolver, text, wholeNumber } from '../harness/flags.ts'

export const orders = ['scenes', 'files'] as const
export const imageChoices = ['held-out', 'all'] as const

const settingsSchema = z.object({
  data: z.string('is needed: the folder of images, one sub-folder a class').min(1, 'must not be empty'),
  bundle: text.optional(),
  order: z.enum(orders, `must be one of ${orders.join(', ')}`).default('scenes'),
  images: z.enum(imageChoices, `must be one of ${imageChoices.join(', ')}`).default('held-out'),
  kind: z.enum(sceneKinds, `must be one of ${sceneKinds.join(', ')}`).default('places'),
  length: wholeNumber(1, 1_000_000).default(100),
  frames: wholeNumber(1, 1_000_000).optional(),
  cache: wholeNumber(1, 64).default(2),
  seed: wholeNumber(0, 2 ** 31).default(1),
  json: text.optional(),
  'limit-minutes': wholeNumber(1, 10_000).default(60),
  bundles: text.default('public/bundles'),
  page: text.default('dist'),
})
export type ReplaySettings = z.infer<typeof settingsSchema>

export const replayFlags = {
  data: flag('folder', 'Folder of images, one sub-folder a class (needed)'),
  bundle: flag('id', 'Bundle to replay with (the one that the page opens with)'),
  order: flag(
    orders.join('|'),
    'scenes: a seeded stream that is local in time; files: as the files are called (scenes)',
  ),
  images: flag(
    imageChoices.join('|'),
    'held-out: of a folder that a bundle was trained on only what training put aside; all: those that it was trained on too (held-out)',
  ),
  kind: flag(
    sceneKinds.join('|'),
    'What a scene holds: the classes of a place, of a place that no bundle knows, one class, two, or no scenes at all (places)',
  ),
  length: flag('frames', 'Mean length of a scene (100)'),
  frames: flag('number', 'Length of the stream (as many as there are images)'),
  cache: flag('partitions', 'How many partitions the phone may keep (2)'),
  seed: flag('number', 'The same seed gives the same stream (1)'),
  json: flag('file', 'Where to write all numbers and every frame'),
  'limit-minutes': flag('number', 'Gives up after this long (60)'),
  bundles: flag('folder', 'Folder of the bundles (public/bundles)'),
  page: flag('folder', 'Folder of the built page; built where it is missing (dist)'),
} satisfies Record<keyof ReplaySettings, unknown>

export const resolveReplaySettings = flagsResolver(settingsSchema, replayFlags)
