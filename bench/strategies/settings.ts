import { z } from 'zod'
import { flag, resolveFlags, text, wholeNumber } from '../harness/flags.ts'
import { sectionNames } from './scenarios.ts'

export const parts = [...sectionNames, 'kernels', 'policies'] as const
export type Part = (typeof parts)[number]

const listOf = <Item extends string>(items: readonly Item[]) =>
  z
    .string()
    .transform((list) => list.split(',').map((item) => item.trim()))
    .pipe(z.array(z.enum(items, `must be among ${items.join(', ')}`)).min(1))

const settingsSchema = z.object({
  data: text.optional(),
  only: listOf(parts).default([...parts]),
  match: text.optional(),
  rounds: wholeNumber(1, 100).default(5),
  frames: wholeNumber(20, 20_000).default(400),
  devices: listOf(['1', '4', '8'] as const).default(['1', '4', '8']).transform((devices) => devices.map(Number)),
  bundles: text.default('public/bundles'),
  page: text.optional(),
  out: text.default('bench/results/strategies.json'),
  resume: z.boolean().default(false),
  full: z.boolean().default(false),
  seed: wholeNumber(0, 2 ** 31).default(1),
})
export type StrategiesSettings = z.infer<typeof settingsSchema>

export const strategiesFlags = {
  data: flag('folder', 'CIFAR-10 images, one sub-folder a class, or a folder with train and test in it (needed for all but walkers)'),
  only: flag('parts', `Some of ${parts.join(',')} (all)`),
  match: flag('text', 'Only what is played under conditions whose name holds this, such as walkers or "1/8" (all)'),
  rounds: flag('number', 'How often the headline is measured, each time with another stream and another order of strategies (5)'),
  frames: flag('number', 'Frames of a stream; Device, which is the same for every frame, plays the first 100 (400)'),
  devices: flag('list', 'Slow-downs of the device: 1, 4 and 8 (1,4,8; slower ones need Linux, root and two CPUs)'),
  bundles: flag('folder', 'Where cifar10 and walkers are (public/bundles)'),
  page: flag('folder', 'Folder of a built page (built anew)'),
  out: flag('file', 'Where to write the numbers; parts that are not measured stay as they are there (bench/results/strategies.json)'),
  resume: { type: 'boolean', description: 'Skip runs that the file has already, measured at the same commit with the same frames' },
  full: { type: 'boolean', description: 'Every stream with every network, device and cache: hours' },
  seed: flag('number', 'The same seed gives the same streams (1)'),
} as const satisfies Record<keyof StrategiesSettings, unknown>

/** See `resolveFlags`. */
export const resolveStrategiesSettings = (args: readonly string[], given: Readonly<Record<string, unknown>>): StrategiesSettings => resolveFlags(settingsSchema, strategiesFlags, args, given)
